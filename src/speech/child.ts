import PQueue from 'p-queue';
import { BootError, SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import { ChildGone, ChildLate, ChildLife } from './child-life.ts';
import { untilAborted } from './expiring.ts';

export interface SupervisedChildOptions {
  /** Named in errors and in the log. */
  name: string;
  /** The child's module; it calls `serveParent`. */
  module: URL;
  log: Log;
  /** How long loading may take. */
  startTimeoutMs?: number;
}

const START_TIMEOUT_MS = 20_000;
const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 30_000;

/**
 * A speech engine's child process that is there when it is needed: started once, asked one thing at a time, killed when
 * it exceeds a deadline, started again by the next request after it died. A child that keeps dying while it loads is
 * left alone for a while, twice as long each time; requests fail at once until then.
 */
export class SupervisedChild<Request extends object, Answer, Ready> {
  readonly #options: SupervisedChildOptions;
  readonly #log: Log;
  readonly #turns = new PQueue({ concurrency: 1 });
  readonly #lives = new Set<ChildLife<Request, Answer, Ready>>();
  #life: ChildLife<Request, Answer, Ready> | undefined;
  #failedStarts = 0;
  #lastFailure: { at: number; error: unknown } | undefined;
  #closed = false;

  constructor(options: SupervisedChildOptions) {
    this.#options = options;
    this.#log = options.log.child({ child: options.name });
  }

  /** Id of the running process, if there is one. */
  get pid(): number | undefined {
    return this.#life?.gone ? undefined : this.#life?.pid;
  }

  /** Starts the child unless it runs, and answers what it said when it was ready. Throws `BootError`. */
  async start(): Promise<Ready> {
    try {
      return await this.#running().ready;
    } catch (error) {
      if (error instanceof SoyleError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new BootError(`Speech engine "${this.#options.name}" does not start: ${why}`, error);
    }
  }

  /**
   * Asks the child, after those who asked before. `timeoutMs` counts from when the child gets the request. Throws
   * `SoyleError` (`speech_timeout`, `speech_failed`, `stopping`) or, at once, the signal's reason; the child cannot be
   * interrupted, so what it still says to an aborted request is dropped.
   */
  async ask(request: Request, timeoutMs: number, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    const answer = this.#turns.add(() => {
      signal.throwIfAborted();
      return this.#exchange(request, timeoutMs, signal);
    });
    return untilAborted(answer, signal);
  }

  /** Kills the child and waits until it is gone; requests under way and later ones reject with `stopping`. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const life of this.#lives) life.kill();
    await Promise.all(Array.from(this.#lives, (life) => life.exited));
  }

  /** One transparent retry: a child that was killed from outside (out of memory, an operator) costs nobody a request. */
  async #exchange(request: Request, timeoutMs: number, signal: AbortSignal): Promise<Answer> {
    for (let retried = false; ; retried = true) {
      let loaded = false;
      try {
        const life = this.#running();
        await life.ready;
        loaded = true;
        return await life.ask(request, timeoutMs);
      } catch (error) {
        if (error instanceof SoyleError) throw error;
        if (error instanceof ChildLate) throw new SoyleError('speech_timeout', {}, error);
        signal.throwIfAborted();
        if (this.#closed) throw new SoyleError('stopping', {}, error);
        if (!loaded || retried) throw new SoyleError('speech_failed', {}, error);
      }
    }
  }

  #running(): ChildLife<Request, Answer, Ready> {
    if (this.#closed) throw new SoyleError('stopping');
    if (this.#life === undefined || this.#life.gone) {
      this.#refuseWhileBackingOff();
      this.#life = this.#launch();
    }
    return this.#life;
  }

  #launch(): ChildLife<Request, Answer, Ready> {
    const { module, startTimeoutMs = START_TIMEOUT_MS } = this.#options;
    const life = new ChildLife<Request, Answer, Ready>(module, startTimeoutMs, this.#log);
    this.#lives.add(life);
    life.ready.then(
      () => {
        this.#failedStarts = 0;
        this.#log.debug({ pid: life.pid }, 'child process ready');
      },
      (error) => {
        this.#failedStarts++;
        this.#lastFailure = { at: performance.now(), error };
      },
    );
    life.exited.then(() => {
      this.#lives.delete(life);
      if (!this.#closed) this.#log.warn({ pid: life.pid, why: life.gone?.message }, 'child process ended');
    });
    return life;
  }

  #refuseWhileBackingOff(): void {
    if (this.#failedStarts < 2 || this.#lastFailure === undefined) return;
    const pause = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (this.#failedStarts - 2));
    if (performance.now() - this.#lastFailure.at >= pause) return;
    const { error } = this.#lastFailure;
    const why = error instanceof Error ? error.message : String(error);
    throw new ChildGone(`failed to start ${this.#failedStarts} times, last: ${why}`, { cause: error });
  }
}
