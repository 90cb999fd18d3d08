import { SoyleError } from '../errors.ts';
import type { SaidStream } from './job.ts';

export interface SayLineOptions {
  /** How many may speak or wait to at once; one more is `queue_full`. Asked anew for each. */
  places(): number;
}

/** A bound on speech without a face, which no `JobQueue` sees. */
export interface SayLine {
  /**
   * Takes a place at once, or throws `queue_full`, or `stopping` after `close`. It is given back when `begin` fails, when
   * the sound has been read to its end or left, and when `signal` aborts.
   */
  say(begin: (signal: AbortSignal) => Promise<SaidStream>, signal: AbortSignal): Promise<SaidStream>;
  /** Refuses new requests and ends running ones with `stopping`. */
  close(): void;
}

export function createSayLine({ places }: SayLineOptions): SayLine {
  const closing = new AbortController();
  let taken = 0;
  return {
    async say(begin, signal) {
      if (closing.signal.aborted) throw new SoyleError('stopping');
      if (taken >= places()) throw new SoyleError('queue_full');
      taken++;
      const stop = AbortSignal.any([signal, closing.signal]);
      const leave = once(() => {
        taken--;
        stop.removeEventListener('abort', leave);
      });
      try {
        const said = await begin(stop);
        stop.throwIfAborted();
        stop.addEventListener('abort', leave, { once: true });
        return { ...said, pcm: heard(said.pcm, stop, leave) };
      } catch (error) {
        leave();
        throw error;
      }
    },
    close: () => closing.abort(new SoyleError('stopping')),
  };
}

async function* heard(pcm: AsyncIterable<Int16Array>, stop: AbortSignal, done: () => void): AsyncGenerator<Int16Array> {
  try {
    for await (const piece of pcm) {
      yield piece;
      stop.throwIfAborted();
    }
  } finally {
    done();
  }
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}
