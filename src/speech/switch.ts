import { SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { SpeechHouse } from './compose.ts';
import type {
  SpeechEngine,
  SpeechFacts,
  SpeechRequest,
  SpeechStream,
  SpokenText,
  Voice,
  WantedEngine,
} from './speech.ts';
import { openStream } from './stream.ts';

/** Voices that a request has to itself until it has finished, whatever comes in their place meanwhile. */
export interface HeldVoices {
  engine: SpeechEngine;
  /** To be called when the request has finished, once or more often. */
  release(): void;
}

/** Voices, and how many requests they are busy with. */
interface Shift {
  house: SpeechHouse;
  users: number;
  /** Others have taken their place. */
  over: boolean;
  closing?: Promise<void>;
}

/** Voices that can be exchanged while they speak: what has begun is spoken to its end by those that began it. */
export class SpeechSwitch implements SpeechEngine {
  readonly id = 'voices';
  readonly #log: Log;
  /** All that are not closed: those of now, those still busy, those about to start. */
  readonly #open = new Set<Shift>();
  #now: Shift;
  #closed = false;

  constructor(house: SpeechHouse, log: Log) {
    this.#log = log;
    this.#now = this.#opened(house);
  }

  get facts(): SpeechFacts {
    return this.#now.house.chain.facts;
  }

  /** The engines behind it, in the order in which they are asked. */
  get engines(): readonly SpeechEngine[] {
    return this.#now.house.engines;
  }

  /**
   * Starts other voices and gives them what comes from then on; those before them are closed once they have finished.
   * Rejects when the new ones do not start, or with `stopping` after `close`: they are closed then, and the old ones go on.
   */
  async exchange(house: SpeechHouse): Promise<void> {
    const next = this.#opened(house);
    try {
      if (this.#closed) throw new SoyleError('stopping');
      await house.chain.start();
      if (this.#closed) throw new SoyleError('stopping');
    } catch (error) {
      await this.#end(next);
      throw error;
    }
    const before = this.#now;
    this.#now = next;
    before.over = true;
    if (before.users === 0) await this.#end(before);
  }

  /** The voices of now, for a request of several utterances. They are not closed until it has released them. */
  hold(): HeldVoices {
    const shift = this.#now;
    let held = true;
    shift.users++;
    const release = () => {
      if (!held) return;
      held = false;
      shift.users--;
      if (shift.over && shift.users === 0) void this.#end(shift);
    };
    return { engine: shift.house.chain, release };
  }

  start(): Promise<void> {
    return this.#now.house.chain.start();
  }

  voices(): Promise<readonly Voice[]> {
    return this.#during((chain) => chain.voices());
  }

  wanted(request: Omit<SpeechRequest, 'text'>): Promise<WantedEngine | undefined> {
    return this.#during(async (chain) => (chain.wanted ? chain.wanted(request) : chain));
  }

  speak(request: SpeechRequest, signal: AbortSignal): Promise<SpokenText> {
    return this.#during((chain) => chain.speak(request, signal));
  }

  async stream(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
    const { engine, release } = this.hold();
    try {
      const stream = await openStream(engine, request, signal);
      return { ...stream, pcm: untilHeard(stream.pcm, signal, release) };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Closes all of them, busy or not, and those that are being started. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(Array.from(this.#open, (shift) => this.#end(shift)));
  }

  async #during<T>(work: (chain: SpeechEngine) => Promise<T>): Promise<T> {
    const { engine, release } = this.hold();
    try {
      return await work(engine);
    } finally {
      release();
    }
  }

  #opened(house: SpeechHouse): Shift {
    const shift = { house, users: 0, over: false };
    this.#open.add(shift);
    return shift;
  }

  /** Closes them, once; what goes wrong there is nobody's request any more. */
  #end(shift: Shift): Promise<void> {
    shift.closing ??= shift.house.chain
      .close()
      .catch((error) => this.#log.warn({ err: error }, 'voices that are no longer needed cannot be closed'))
      .finally(() => this.#open.delete(shift));
    return shift.closing;
  }
}

/** The same sound. `end` is called once: when it has been heard or left, has broken off, or `signal` has aborted. */
export function untilHeard(
  pcm: AsyncIterable<Int16Array>,
  signal: AbortSignal,
  end: () => void,
): AsyncIterableIterator<Int16Array> {
  const source = pcm[Symbol.asyncIterator]();
  const over = (): void => {
    signal.removeEventListener('abort', over);
    end();
  };
  if (signal.aborted) over();
  else signal.addEventListener('abort', over, { once: true });
  // A generator that is left before its first piece would not run, and never come to an end of its own.
  return {
    async next() {
      try {
        const next = await source.next();
        if (next.done) over();
        return next;
      } catch (error) {
        over();
        throw error;
      }
    },
    async return() {
      try {
        await source.return?.();
      } finally {
        over();
      }
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
