import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ReadAhead } from './read-ahead.ts';

const ticks = async () => {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
};

function reading({ pieces = 10, maxBytes = 1000, signal = new AbortController().signal } = {}) {
  const seen = { made: 0, left: 0 };
  async function* source() {
    for (let i = 0; i < pieces; i++) {
      seen.made++;
      yield Int16Array.of(i);
    }
  }
  const ahead = new ReadAhead(source(), { signal, leave: () => seen.left++, maxBytes });
  return { ahead, seen };
}

describe('ReadAhead', () => {
  it('reads everything before anybody listens, and gives it in order', async () => {
    const { ahead, seen } = reading();
    await ahead.made;
    expect(seen).toEqual({ made: 10, left: 0 });
    const heard: number[] = [];
    for await (const piece of ahead.pcm) heard.push(...piece);
    expect(heard).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(seen.left).toBe(1);
  });

  it('holds no more than so many bytes, and counts as made from then on', async () => {
    const { ahead, seen } = reading({ maxBytes: 6 });
    await ahead.made;
    await ticks();
    expect(seen.made).toBe(3);
    const heard: number[] = [];
    for await (const piece of ahead.pcm) heard.push(...piece);
    expect(heard).toHaveLength(10);
  });

  it('leaves nothing behind on a signal that outlives it', async () => {
    const { signal } = new AbortController();
    for await (const _ of reading({ signal }).ahead.pcm);
    for await (const _ of reading({ signal }).ahead.pcm) break;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('gives the sound up when its signal aborts, even while it waits for room', async () => {
    const leaving = new AbortController();
    const { ahead, seen } = reading({ maxBytes: 6, signal: leaving.signal });
    await ahead.made;
    leaving.abort(new Error('left'));
    await ticks();
    await expect(ahead.pcm[Symbol.asyncIterator]().next()).rejects.toThrow('left');
    expect(seen).toEqual({ made: 3, left: 1 });
  });
});
