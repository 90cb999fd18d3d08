import PQueue from 'p-queue';
import { onePiece, wholePcm } from '../audio/sound.ts';
import { SoyleError } from '../errors.ts';
import { Breaker, type BreakerOptions } from './breaker.ts';
import { inTime } from './pace.ts';
import { ReadAhead } from './read-ahead.ts';
import { RemoteFault } from './remote-fault.ts';
import { type RetryOptions, retrying } from './retry.ts';
import type { SpeechEngine, SpeechFacts, SpeechRequest, SpeechStream, SpokenText, Voice } from './speech.ts';
import { openStream } from './stream.ts';

export interface GuardOptions
  extends Omit<BreakerOptions, 'name'>,
    Omit<RetryOptions, 'deadlineMs' | 'patienceMs' | 'late'> {
  /** Utterances under way at a time; others wait. */
  concurrency: number;
  /** For an utterance of up to 1,000 characters, retries included; longer ones get as much for every 1,000. */
  timeoutMs: number;
}

/** While others could speak, a server that asks for a longer pause is not waited for. */
const PATIENCE_MS = 1000;

/** An attempt. */
interface Turn {
  signal: AbortSignal;
  /** When the engine set to work, by `performance.now`. */
  began?: number;
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

  /** Past the breaker: a server that lists its voices need not be able to speak, nor the other way round. */
  voices(): Promise<readonly Voice[]> {
    return this.#engine.voices();
  }

  speak(request: SpeechRequest, signal: AbortSignal): Promise<SpokenText> {
    const speak = (turn: Turn) => this.#during(() => this.#engine.speak(request, turn.signal), turn);
    return this.#attempt(speak, request, signal);
  }

  /**
   * The turn lasts until the engine has finished, however slowly the sound is read. The deadline lasts until the first
   * sound, and from then on as long again unless the sound keeps ahead of whoever listens; a whole one is made within
   * it. A sound that breaks off is a failure of the engine as one that does not begin.
   */
  stream(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
    const work = (turn: Turn) => (request.whole ? this.#whole(request, turn) : this.#begun(request, turn));
    return this.#attempt(work, request, signal);
  }

  #whole(request: SpeechRequest, turn: Turn): Promise<SpeechStream> {
    return this.#during(async () => {
      const stream = await openStream(this.#engine, request, turn.signal);
      return { ...stream, pcm: onePiece(await wholePcm(stream.pcm)) };
    }, turn);
  }

  #begun(request: SpeechRequest, turn: Turn): Promise<SpeechStream> {
    const { signal } = turn;
    return new Promise((resolve, reject) => {
      const leaving = new AbortController();
      const left = AbortSignal.any([signal, leaving.signal]);
      const utterance = async (): Promise<void> => {
        const stream = await openStream(this.#engine, request, left);
        const late = () => leaving.abort(tooLate(`${this.id} speaks too slowly`));
        const paced = inTime(stream, { graceMs: this.#deadlineMs(request), late, signal: left });
        const leave = () => leaving.abort(new SoyleError('aborted'));
        const { pcm, made } = new ReadAhead(this.#blamed(paced, left), { signal, leave });
        resolve({ ...stream, pcm });
        await made.catch((error) => {
          if (error !== leaving.signal.reason || error instanceof RemoteFault) throw error;
        });
      };
      this.#during(utterance, turn).catch(reject);
    });
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  /** All attempts together, the waiting for turns and the pauses between them included, end at the deadline. */
  #attempt<T>(work: (turn: Turn) => Promise<T>, request: SpeechRequest, signal: AbortSignal): Promise<T> {
    let turn: Turn | undefined;
    const late = () => {
      const atWorkMs = turn?.began === undefined ? 0 : performance.now() - turn.began;
      // What waited for its turn until little of its time was left says nothing of the engine.
      const ofRequest = atWorkMs < this.#options.timeoutMs / 2;
      return tooLate(ofRequest ? `the turn of a request to ${this.id} came too late` : `${this.id} takes too long`, {
        ofRequest,
      });
    };
    const patienceMs = request.last ? undefined : PATIENCE_MS;
    const options = { ...this.#options, deadlineMs: this.#deadlineMs(request), patienceMs, late };
    const take = (stop: AbortSignal) => {
      turn = { signal: stop };
      return work(turn);
    };
    return retrying(take, options, signal);
  }

  #deadlineMs({ text }: SpeechRequest): number {
    return this.#options.timeoutMs * Math.max(1, text.length / 1000);
  }

  /** One attempt, when its turn has come. */
  #during<T>(work: () => Promise<T>, turn: Turn): Promise<T> {
    const { signal } = turn;
    const attempt = async (): Promise<T> => {
      turn.began = performance.now();
      try {
        return await work();
      } catch (error) {
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

const tooLate = (why: string, { ofRequest = false } = {}): RemoteFault =>
  new RemoteFault(why, { code: 'speech_timeout', retryable: true, ofRequest });
