import PQueue from 'p-queue';
import { Breaker, type BreakerOptions } from './breaker.ts';
import { type RetryOptions, retrying } from './retry.ts';
import type { SpeechEngine, SpeechFacts, SpeechRequest, SpeechStream, SpokenText, Voice } from './speech.ts';
import { openStream } from './stream.ts';

export interface GuardOptions extends Omit<BreakerOptions, 'name'>, Omit<RetryOptions, 'deadlineMs'> {
  /** Utterances under way at a time; others wait. */
  concurrency: number;
  /** For an utterance of up to 1,000 characters, retries included; longer ones get as much for every 1,000. */
  timeoutMs: number;
}

/** An engine with everything its failures ask for: a limit on how much it does at once, retries, and a breaker. */
export class GuardedEngine implements SpeechEngine {
  readonly id: string;
  readonly #engine: SpeechEngine;
  readonly #options: GuardOptions;
  readonly #turns: PQueue;
  readonly #breaker: Breaker;

  constructor(engine: SpeechEngine, options: GuardOptions) {
    this.id = engine.id;
    this.#engine = engine;
    this.#options = options;
    this.#turns = new PQueue({ concurrency: options.concurrency });
    this.#breaker = new Breaker({ ...options, name: engine.id });
  }

  get facts(): SpeechFacts {
    return this.#engine.facts;
  }

  start(): Promise<void> {
    return this.#engine.start();
  }

  voices(): Promise<readonly Voice[]> {
    return this.#breaker.run(() => this.#engine.voices());
  }

  speak(request: SpeechRequest, signal: AbortSignal): Promise<SpokenText> {
    const speak = (stop: AbortSignal) => this.#engine.speak(request, stop);
    return this.#turns.add(() => this.#attempt(speak, request, signal), { signal });
  }

  /** The turn lasts until the stream has been read to its end or left; the deadline until its first sound. */
  async stream(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
    return new Promise((resolve, reject) => {
      const turn = async (): Promise<void> => {
        const stream = await this.#attempt((stop) => openStream(this.#engine, request, stop), request, signal);
        await new Promise<void>((end) => {
          signal.addEventListener('abort', () => end(), { once: true });
          resolve({ ...stream, pcm: thenDo(end, stream.pcm) });
        });
      };
      this.#turns.add(turn, { signal }).catch(reject);
    });
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  #attempt<T>(work: (signal: AbortSignal) => Promise<T>, request: SpeechRequest, signal: AbortSignal): Promise<T> {
    const deadlineMs = this.#options.timeoutMs * Math.max(1, request.text.length / 1000);
    return retrying((stop) => this.#breaker.run(() => work(stop)), { ...this.#options, deadlineMs }, signal);
  }
}

async function* thenDo(done: () => void, pcm: AsyncIterable<Int16Array>): AsyncGenerator<Int16Array> {
  try {
    yield* pcm;
  } finally {
    done();
  }
}
