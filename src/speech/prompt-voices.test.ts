import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeEngine } from '../../test/fixtures/speech/fake-engine.ts';
import { promptVoices } from './prompt-voices.ts';
import type { Voice } from './speech.ts';

const known: readonly Voice[] = [{ id: 'joe', name: 'Joe', language: 'en' }];

describe('promptVoices', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** An engine that answers when it is told to. */
  function hanging() {
    const engine = new FakeEngine('hanging');
    let answer: (voices: readonly Voice[]) => void = () => {};
    const voices = vi.fn(
      () =>
        new Promise<readonly Voice[]>((resolve) => {
          answer = resolve;
        }),
    );
    return { engine: Object.assign(engine, { voices }), answer: () => answer(known) };
  }
  async function elapsed<T>(work: Promise<T>): Promise<[T, number]> {
    const start = performance.now();
    const done = work.then((value): [T, number] => [value, performance.now() - start]);
    await vi.advanceTimersByTimeAsync(5000);
    return done;
  }

  it('waits two seconds, and for some time not at all', async () => {
    const { engine } = hanging();
    expect(await elapsed(promptVoices(engine))).toEqual([undefined, 2000]);
    expect(await elapsed(promptVoices(engine))).toEqual([undefined, 0]);
    expect(engine.voices).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await elapsed(promptVoices(engine))).toEqual([undefined, 2000]);
  });

  it('remembers a failure too', async () => {
    const engine = Object.assign(new FakeEngine('down'), { voices: vi.fn(() => Promise.reject(new Error('down'))) });
    for (let i = 0; i < 2; i++) expect(await elapsed(promptVoices(engine))).toEqual([undefined, 0]);
    expect(engine.voices).toHaveBeenCalledTimes(1);
  });

  it('has the voices of an engine that has fallen silent', async () => {
    const { engine, answer } = hanging();
    const first = elapsed(promptVoices(engine));
    answer();
    expect(await first).toEqual([known, 0]);
    expect(await elapsed(promptVoices(engine))).toEqual([known, 2000]);
    expect(await elapsed(promptVoices(engine))).toEqual([known, 0]);
  });

  it('asks again at once an engine that has answered late', async () => {
    const { engine, answer } = hanging();
    await elapsed(promptVoices(engine));
    answer();
    await vi.advanceTimersByTimeAsync(0);
    const again = elapsed(promptVoices(engine));
    answer();
    expect(await again).toEqual([known, 0]);
  });
});
