import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import { RemoteFault } from './remote-fault.ts';

export interface BreakerOptions {
  /** Named in errors and in the log. */
  name: string;
  log: Log;
  /** So many failures in a row and it opens. */
  failures?: number;
  /** How long it stays open before one request is let through to try. */
  pauseMs?: number;
}

/** Leaves an engine alone that fails again and again: requests fail at once then, and another engine can speak. */
export class Breaker {
  readonly #name: string;
  readonly #policy: ReturnType<typeof circuitBreaker>;

  constructor({ name, log, failures = 5, pauseMs = 10_000 }: BreakerOptions) {
    this.#name = name;
    this.#policy = circuitBreaker(handleWhen(isEngineFault), {
      halfOpenAfter: pauseMs,
      breaker: new ConsecutiveBreaker(failures),
    });
    this.#policy.onBreak(() =>
      log.warn({ speech: name, pauseMs }, 'the speech engine fails repeatedly and is left alone'),
    );
    this.#policy.onReset(() => log.info({ speech: name }, 'the speech engine works again'));
  }

  /** Does the work, or rejects with `speech_failed` while the breaker is open. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#policy.execute(work);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new RemoteFault(`${this.#name} failed repeatedly and is left alone`, { retryable: false, cause: error });
    }
  }
}

/** Whether it says something of the engine's health: not what one request asked too much. */
const isEngineFault = (error: unknown): boolean =>
  error instanceof SoyleError &&
  (error.code === 'speech_failed' || error.code === 'speech_timeout') &&
  !(error instanceof RemoteFault && error.ofRequest);
