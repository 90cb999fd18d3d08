import { BootError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { SpeechEngine } from './speech.ts';

const TRY_AGAIN_MS = 60_000;

/** Starts several engines, of which one is enough to begin with. */
export class Starts {
  readonly #engines: readonly SpeechEngine[];
  readonly #log: Log;
  /** While engines that did not start are tried again. */
  #trying: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(engines: readonly SpeechEngine[], log: Log) {
    this.#engines = engines;
    this.#log = log;
  }

  /**
   * Resolves once an engine has started; the others go on starting, and those that fail are tried again every minute.
   * Rejects with `BootError` when not one starts.
   */
  async start(): Promise<void> {
    clearInterval(this.#trying);
    const faults = new Map<SpeechEngine, unknown>();
    const starting = this.#engines.map(async (engine) => {
      try {
        await engine.start();
      } catch (error) {
        this.#log.warn({ speech: engine.id, err: error }, 'the speech engine does not start');
        faults.set(engine, error);
        throw error;
      }
    });
    try {
      await Promise.any(starting);
    } catch {
      throw noneStarts(faults);
    }
    void Promise.allSettled(starting).then(() => {
      const late = new Set(faults.keys());
      if (late.size === 0 || this.#stopped) return;
      this.#trying = setInterval(() => this.#startLate(late), TRY_AGAIN_MS).unref();
    });
  }

  /** Tries no more. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#trying);
  }

  async #startLate(late: Set<SpeechEngine>): Promise<void> {
    for (const engine of late) {
      try {
        await engine.start();
        late.delete(engine);
        this.#log.info({ speech: engine.id }, 'the speech engine has started');
      } catch (error) {
        this.#log.debug({ speech: engine.id, err: error }, 'the speech engine still does not start');
      }
    }
    if (late.size === 0) clearInterval(this.#trying);
  }
}

/** The error of a house without a voice, in the order of the engines' failures. */
function noneStarts(faults: ReadonlyMap<SpeechEngine, unknown>): BootError {
  const named = Array.from(faults, ([{ id }, fault]) => `${id}: ${reason(fault)}`).join('; ');
  return new BootError(`No speech engine starts (${named})`, [...faults.values()][0]);
}

/** What stands in a catalogue error's cause says more than its text for clients. */
function reason(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  return fault.cause instanceof Error ? fault.cause.message : fault.message;
}
