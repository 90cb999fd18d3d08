import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inTime } from './pace.ts';

const RATE = 1000;

describe('inTime', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  /** Pieces of so many ms of sound, each made in so many ms; a reader that takes its time with each. */
  async function heard(pieces: readonly (readonly [soundMs: number, madeInMs: number])[], reads = 0) {
    const leaving = new AbortController();
    const seen = { left: false };
    async function* pcm() {
      try {
        for (const [soundMs, madeInMs] of pieces) {
          await pause(madeInMs);
          yield new Int16Array(soundMs);
        }
      } finally {
        seen.left = true;
      }
    }
    const late = () => leaving.abort(new Error('late'));
    const sound = inTime({ pcm: pcm(), sampleRate: RATE }, { graceMs: 1000, late, signal: leaving.signal });
    const began = performance.now();
    const listening = async () => {
      let ms = 0;
      try {
        for await (const piece of sound) {
          ms += piece.length;
          await pause(reads);
        }
        return { ms };
      } catch (error) {
        return { ms, why: (error as Error).message, at: performance.now() - began };
      }
    };
    const done = listening();
    await vi.runAllTimersAsync();
    return { ...(await done), ...seen };
  }

  it('lets slow sound pass that is soon over', async () => {
    expect(await heard(new Array(9).fill([10, 100]))).toEqual({ ms: 90, left: true });
  });

  it('lets long sound pass that keeps ahead of its listener', async () => {
    expect(await heard([[900, 500], ...new Array(20).fill([100, 100])])).toMatchObject({ ms: 2900, left: true });
  });

  it('gives up what only drips, when the grace is over', async () => {
    const pieces = new Array(20).fill([1, 300]);
    expect(await heard(pieces)).toMatchObject({ ms: 3, why: 'late', at: 1000, left: true });
  });

  it('gives up what falls silent, when the listener has run dry', async () => {
    const pieces = [[5000, 100] as const, [1, 1e6] as const];
    expect(await heard(pieces)).toMatchObject({ ms: 5000, why: 'late', at: 5000 });
  });

  it('does not take a slow reader for a slow engine', async () => {
    expect(await heard(new Array(20).fill([10, 10]), 10_000)).toEqual({ ms: 200, left: true });
  });
});
