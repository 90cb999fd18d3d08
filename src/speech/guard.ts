import PQueue from 'p-queue';
import { SoyleError } from '../errors.ts';
import { Breaker, type BreakerOptions } from './breaker.ts';
import { ReadAhead } from './read-ahead.ts';
import { RemoteFault } from './remote-fault.ts';
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
    const speak = (stop: AbortSignal) => this.#during(() => this.#engine.speak(request, stop), stop);
    return this.#attempt(speak, request, signal);
  }

  /**
   * The turn lasts until the engine has finished, however slowly the sound is read; the deadline until its first sound.
   * A sound that breaks off is a failure of the engine as one that does not begin.
   */
  stream(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
    const open = (stop: AbortSignal): Promise<SpeechStream> =>
      new Promise((resolve, reject) => {
        const leaving = new AbortController();
        const left = AbortSignal.any([stop, leaving.signal]);
        const utterance = async (): Promise<void> => {
          const stream = await openStream(this.#engine, request, left);
          const leave = () => leaving.abort();
          const { pcm, made } = new ReadAhead(this.#blamed(stream.pcm, left), { signal: stop, leave });
          resolve({ ...stream, pcm });
          await made.catch((error) => {
            if (error !== leaving.signal.reason) throw error;
          });
        };
        this.#during(utterance, stop).catch(reject);
      });
    return this.#attempt(open, request, signal);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  /** All attempts together, the waiting for turns and the pauses between them included, end at the deadline. */
  #attempt<T>(work: (signal: AbortSignal) => Promise<T>, request: SpeechRequest, signal: AbortSignal): Promise<T> {
    const deadlineMs = this.#options.timeoutMs * Math.max(1, request.text.length / 1000);
    return retrying(work, { ...this.#options, deadlineMs }, signal);
  }

  /** One attempt, when its turn has come. */
  #during<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const attempt = async (): Promise<T> => {
      const began = performance.now();
      try {
        return await work();
      } catch (error) {
        if (signal.aborted && performance.now() - began < this.#options.timeoutMs / 2) throw hurried(signal.reason);
        this.#blame(error, signal);
      }
    };
    return this.#turns.add(() => this.#breaker.run(attempt), { signal });
  }

  async *#blamed(pcm: AsyncIterable<Int16Array>, signal: AbortSignal): AsyncGenerator<Int16Array> {
    try {
      yield* pcm;
    } catch (error) {
      this.#blame(error, signal);
    }
  }

  /** What an engine throws that is in no catalogue is its failure all the same, and another one may do better. */
  #blame(error: unknown, signal: AbortSignal): never {
    signal.throwIfAborted();
    if (error instanceof SoyleError) throw error;
    throw new RemoteFault(`${this.id} failed unexpectedly`, { retryable: false, cause: error });
  }
}

/** What waited for its turn until little of its time was left says nothing of the engine. */
const hurried = (reason: unknown): unknown =>
  reason instanceof SoyleError && reason.code === 'speech_timeout'
    ? new RemoteFault('its turn came too late', { code: reason.code, retryable: false, ofRequest: true, cause: reason })
    : reason;
