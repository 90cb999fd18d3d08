import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AheadOptions, aheadOf, Room } from './ahead.ts';

const STALL_MS = 1000;
const PIECE = 100;

/** Pieces of 100 bytes, each filled with its number; `gate` is awaited before each. */
function source(pieces: number, gate: (index: number) => Promise<void> | void = () => undefined) {
  const state = { made: 0, done: false };
  async function* bytes(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    try {
      for (let index = 0; index < pieces; index++) {
        await gate(index);
        state.made++;
        yield new Uint8Array(PIECE).fill(index);
      }
    } finally {
      state.done = true;
    }
  }
  return { state, bytes: bytes() };
}

const options = (more: Partial<AheadOptions> = {}) => {
  const end = vi.fn<() => void>(more.end);
  return { room: new Room(1e6), window: 1000, stallMs: STALL_MS, ...more, end };
};
const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('aheadOf', () => {
  it('hands every byte over in order, big pieces in slices', async () => {
    const big = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
    async function* bytes() {
      yield big.subarray(0, 5);
      yield big.subarray(5);
    }
    const slices = [];
    for await (const slice of aheadOf(bytes(), options())) slices.push(slice);
    expect(slices.length).toBeGreaterThan(3);
    expect(Buffer.concat(slices).equals(big)).toBe(true);
  });

  it('lets a source end whose rest fits, and keeps that for a reader who pauses for long', async () => {
    const { state, bytes } = source(8);
    const how = options();
    const read = aheadOf(bytes, how);
    await read.next();
    await vi.advanceTimersByTimeAsync(100 * STALL_MS);
    expect(state).toEqual({ made: 8, done: true });
    expect(how.end).not.toHaveBeenCalled();
    const rest = [];
    for await (const [first] of read) rest.push(first);
    expect(rest).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('makes no more ahead than the window, and goes on as it is read', async () => {
    const { state, bytes } = source(100);
    const read = aheadOf(bytes, options({ window: 3 * PIECE }));
    await read.next();
    await settled();
    expect(state.made).toBe(4);
    await read.next();
    await settled();
    expect(state.made).toBe(5);
    await read.return(undefined);
    expect(state.done).toBe(true);
  });

  it('ends for a reader who takes nothing while the source is held up', async () => {
    const { state, bytes } = source(100);
    const how = options({ window: 3 * PIECE });
    const read = aheadOf(bytes, how);
    await read.next();
    await vi.advanceTimersByTimeAsync(STALL_MS - 1);
    expect([state.done, how.end.mock.calls.length]).toEqual([false, 0]);
    await vi.advanceTimersByTimeAsync(1);
    expect([state.done, how.end.mock.calls.length]).toEqual([true, 1]);
    await expect(read.next()).rejects.toMatchObject({ code: 'aborted' });
  });

  it('does not end while it is the source that is slow', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { bytes } = source(3, (index) => (index === 1 ? gate : undefined));
    const how = options();
    const read = aheadOf(bytes, how);
    await read.next();
    await vi.advanceTimersByTimeAsync(10 * STALL_MS);
    expect(how.end).not.toHaveBeenCalled();
    open();
    expect((await read.next()).value).toEqual(new Uint8Array(PIECE).fill(1));
    await read.return(undefined);
  });

  it('shares its room, goes from hand to mouth without, and gives it back', async () => {
    const room = new Room(2 * PIECE);
    const first = source(100);
    const reading = aheadOf(first.bytes, options({ room }));
    await reading.next();
    await settled();
    expect([first.state.made, room.isFull]).toEqual([3, true]);
    const second = source(3);
    const read = [];
    for await (const [byte] of aheadOf(second.bytes, options({ room }))) read.push(byte);
    expect(read).toEqual([0, 1, 2]);
    await reading.return(undefined);
    expect(room.isFull).toBe(false);
  });

  it('hands over what was made before a failure, then fails', async () => {
    const failure = new Error('broken');
    const { bytes } = source(3, (index) => {
      if (index === 2) throw failure;
    });
    const read = aheadOf(bytes, options());
    await read.next();
    await read.next();
    await expect(read.next()).rejects.toBe(failure);
  });

  it('ends a source that waits when its reader leaves', async () => {
    const leaving = new AbortController();
    const { state, bytes } = source(3, async (index) => {
      if (index === 1) await new Promise((_, reject) => leaving.signal.addEventListener('abort', reject));
    });
    const read = aheadOf(bytes, options({ end: () => leaving.abort() }));
    await read.next();
    await read.return(undefined);
    expect(state).toEqual({ made: 1, done: true });
  });
});
