import { SoyleError } from '../errors.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Memory that several answers share, bytes. */
export class Room {
  readonly #bytes: number;
  #taken = 0;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  get isFull(): boolean {
    return this.#taken >= this.#bytes;
  }

  /** Less than nothing gives some back. */
  take(bytes: number): void {
    this.#taken += bytes;
  }
}

export interface AheadOptions {
  room: Room;
  /** So many bytes are made before they are asked for, as long as there is room. */
  window: number;
  /** A reader who takes nothing for so long, while something waits to be made, has left. */
  stallMs: number;
  /** Ends the source; called when the reader leaves or stalls, and at the end. */
  end(): void;
}

/** So much is handed over at once: who takes a big piece slowly is seen to take something. */
const SLICE_BYTES = 64 * 1024;

/**
 * The same bytes, made ahead of their reader: a source whose rest fits into the window is done with however slowly that
 * is read, and holds nothing up. One that does not fit waits for its reader, but not for one who takes nothing at all:
 * the iteration then rejects with `aborted`.
 */
export async function* aheadOf(
  source: AsyncIterable<Bytes>,
  { room, window, stallMs, end }: AheadOptions,
): AsyncGenerator<Bytes> {
  const waiting: Bytes[] = [];
  const [more, less] = [createBell(), createBell()];
  let held = 0;
  let left = false;
  let isHeldUp = false;
  let over: { error?: unknown } | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function fill(): Promise<void> {
    try {
      for await (const piece of source) {
        if (left) return;
        waiting.push(piece);
        hold(piece.length);
        more.ring();
        // With nothing at hand the next piece is made, room or not: speech goes on, if only from hand to mouth.
        while (!left && waiting.length > 0 && (held >= window || room.isFull)) {
          isHeldUp = true;
          await less.rung();
        }
        isHeldUp = false;
      }
      over ??= {};
    } catch (error) {
      over ??= { error };
    } finally {
      more.ring();
    }
  }

  function hold(bytes: number): void {
    held += bytes;
    room.take(bytes);
  }

  function leave(): void {
    left = true;
    clearTimeout(timer);
    waiting.length = 0;
    hold(-held);
    end();
    less.ring();
  }

  function watch(): void {
    timer = setTimeout(() => {
      if (over) return;
      if (!isHeldUp) return watch();
      over = { error: new SoyleError('aborted') };
      leave();
    }, stallMs).unref();
  }

  const filling = fill();
  try {
    for (;;) {
      const piece = waiting.shift();
      if (piece) {
        hold(-piece.length);
        less.ring();
        for (let at = 0; at < piece.length && !left; at += SLICE_BYTES) {
          watch();
          yield piece.subarray(at, at + SLICE_BYTES);
          clearTimeout(timer);
        }
      } else if (!over) {
        await more.rung();
      } else if ('error' in over) {
        throw over.error;
      } else {
        return;
      }
    }
  } finally {
    leave();
    await filling;
  }
}

/** Wakes those who wait for it at that moment. */
function createBell(): { ring(): void; rung(): Promise<void> } {
  let wake = (): void => undefined;
  let next = new Promise<void>((resolve) => {
    wake = resolve;
  });
  return {
    ring() {
      wake();
      next = new Promise((resolve) => {
        wake = resolve;
      });
    },
    rung: () => next,
  };
}
