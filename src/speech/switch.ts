import type { SpeechHouse } from './compose.ts';
import type { SpeechEngine, SpeechFacts, SpeechRequest, SpeechStream, SpokenText, Voice } from './speech.ts';
import { openStream } from './stream.ts';

/** Voices and how many utterances they are busy with. */
interface Shift {
  house: SpeechHouse;
  users: number;
  over: boolean;
}

/** Voices that can be exchanged while they speak: what has begun is spoken to its end by those that began it. */
export class SpeechSwitch implements SpeechEngine {
  readonly id = 'voices';
  #shift: Shift;

  constructor(house: SpeechHouse) {
    this.#shift = { house, users: 0, over: false };
  }

  get facts(): SpeechFacts {
    return this.#shift.house.chain.facts;
  }

  /** The engines behind it, in the order in which they are asked. */
  get engines(): readonly SpeechEngine[] {
    return this.#shift.house.engines;
  }

  /** Gives what comes to other voices, which have started; those before them are closed once they have finished. */
  async exchange(house: SpeechHouse): Promise<void> {
    const before = this.#shift;
    this.#shift = { house, users: 0, over: false };
    before.over = true;
    if (before.users === 0) await before.house.chain.close();
  }

  start(): Promise<void> {
    return this.#shift.house.chain.start();
  }

  voices(): Promise<readonly Voice[]> {
    return this.#during(({ chain }) => chain.voices());
  }

  speak(request: SpeechRequest, signal: AbortSignal): Promise<SpokenText> {
    return this.#during(({ chain }) => chain.speak(request, signal));
  }

  async stream(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
    const end = this.#begin();
    const { chain } = this.#shift.house;
    try {
      const stream = await openStream(chain, request, signal);
      signal.addEventListener('abort', end, { once: true });
      return { ...stream, pcm: thenDo(end, stream.pcm) };
    } catch (error) {
      end();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#shift.house.chain.close();
  }

  async #during<T>(work: (house: SpeechHouse) => Promise<T>): Promise<T> {
    const end = this.#begin();
    try {
      return await work(this.#shift.house);
    } finally {
      end();
    }
  }

  /** Counts a user of the voices of now; the answer is called when it has finished, once or more often. */
  #begin(): () => void {
    const shift = this.#shift;
    let ended = false;
    shift.users++;
    return () => {
      if (ended) return;
      ended = true;
      shift.users--;
      if (shift.over && shift.users === 0) void shift.house.chain.close();
    };
  }
}

async function* thenDo(end: () => void, pcm: AsyncIterable<Int16Array>): AsyncGenerator<Int16Array> {
  try {
    yield* pcm;
  } finally {
    end();
  }
}
