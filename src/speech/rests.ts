import { RemoteFault } from './remote-fault.ts';
import type { SpeechEngine } from './speech.ts';

/** A server that asks for more is asked again all the same. */
const LONGEST_REST_MS = 10 * 60_000;

/**
 * Which engines are not asked for a while: every sentence would wait as long again for one that is silent, or asks for a
 * pause.
 */
export class Rests {
  readonly #pauseMs: number;
  /** Until when, by `performance.now`. */
  readonly #resting = new Map<SpeechEngine, number>();

  /** `pauseMs`: how long one rests that kept a listener waiting in vain. */
  constructor(pauseMs: number) {
    this.#pauseMs = pauseMs;
  }

  /** Lets an engine rest that failed so, if that is any use. */
  note(engine: SpeechEngine, error: unknown): void {
    if (!(error instanceof RemoteFault)) return;
    const askedMs = Math.min(LONGEST_REST_MS, error.retryAfterMs ?? 0);
    const restMs = Math.max(askedMs, isWaitInVain(error) ? this.#pauseMs : 0);
    if (restMs > 0) this.#resting.set(engine, performance.now() + restMs);
  }

  /** Throws `RemoteFault` while the engine rests. */
  requireRested(engine: SpeechEngine): void {
    if ((this.#resting.get(engine) ?? 0) <= performance.now()) return;
    throw new RemoteFault(`${engine.id} rests: it kept silent or asked for a pause`, { retryable: true });
  }
}

/** A server that let its time pass: not a request that came to its turn too late. */
const isWaitInVain = (error: RemoteFault): boolean => error.code === 'speech_timeout' && !error.ofRequest;
