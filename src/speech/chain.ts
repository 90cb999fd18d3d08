import { BootError, SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import { untilAborted } from './expiring.ts';
import { promptVoices } from './prompt-voices.ts';
import { checkRequest, grant } from './request.ts';
import type {
  SpeechEngine,
  SpeechFacts,
  SpeechOrigin,
  SpeechRequest,
  SpeechStream,
  SpeechWarning,
  SpokenText,
  Voice,
} from './speech.ts';
import { openStream } from './stream.ts';

/** An engine's turn at a request, and what it costs the client to get to it. */
interface Step {
  engine: SpeechEngine;
  request: SpeechRequest;
  warnings: readonly SpeechWarning[];
}

const TRY_AGAIN_MS = 60_000;

/**
 * Several engines as one: each request goes to the first of those that speak its language, and when that fails to the
 * next, until one has spoken. A named engine, or the one that has the named voice, is asked first. The answer says who
 * spoke; `degraded` when it was not the first to be asked.
 */
export class SpeechChain implements SpeechEngine {
  readonly id = 'chain';
  readonly #engines: readonly SpeechEngine[];
  readonly #log: Log;
  /** While engines that did not start are tried again. */
  #trying: NodeJS.Timeout | undefined;
  #closed = false;

  /** Engines in the order in which they are asked; at least one. */
  constructor(engines: readonly SpeechEngine[], log: Log) {
    this.#engines = engines;
    this.#log = log;
  }

  /** The first engine's, but for what all of them together can say. */
  get facts(): SpeechFacts {
    const all = this.#engines.map(({ facts }) => facts);
    const limits = all.map(({ maxCharacters = Number.POSITIVE_INFINITY }) => maxCharacters);
    const longest = Math.max(...limits);
    return {
      ...all[0]!,
      languages: [...new Set(all.flatMap(({ languages }) => languages))],
      wordTimings: all.every(({ wordTimings }) => wordTimings),
      maxCharacters: Number.isFinite(longest) ? longest : undefined,
    };
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
      if (late.size === 0 || this.#closed) return;
      this.#trying = setInterval(() => this.#startLate(late), TRY_AGAIN_MS).unref();
    });
  }

  /** The voices of all engines that answer soon. */
  async voices(): Promise<readonly Voice[]> {
    const lists = await Promise.all(
      this.#engines.map(async (engine) =>
        (await promptVoices(engine))?.map((voice) => ({ ...voice, engine: engine.id })),
      ),
    );
    return lists.flatMap((list) => list ?? []);
  }

  speak(request: SpeechRequest, signal: AbortSignal): Promise<SpokenText> {
    return this.#ask(request, signal, (engine, step) => engine.speak(step, signal));
  }

  /** Another engine can take over until the first sound; what breaks later stays broken. */
  stream(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
    return this.#ask(request, signal, (engine, step) => openStream(engine, step, signal));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#trying);
    await Promise.all(this.#engines.map((engine) => engine.close()));
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

  async #ask<T extends SpeechOrigin>(
    request: SpeechRequest,
    signal: AbortSignal,
    ask: (engine: SpeechEngine, request: SpeechRequest) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    checkRequest(request);
    let failure: unknown;
    const plan = await untilAborted(this.#plan(request), signal);
    for (const [index, step] of plan.entries()) {
      try {
        const spoken = await ask(step.engine, step.request);
        const ignored = grant(request, step.engine.facts).warnings;
        const warnings = new Set([...step.warnings, ...ignored, ...(spoken.warnings ?? [])]);
        return { ...spoken, engine: step.engine.id, degraded: index > 0, warnings: [...warnings] };
      } catch (error) {
        signal.throwIfAborted();
        if (index === 0 && !this.#canBeHelped(error)) throw error;
        failure ??= error;
        this.#log.warn({ speech: step.engine.id, err: error }, 'the speech engine failed, the next one is asked');
      }
    }
    throw failure;
  }

  /** Whether the next engine may do what this one did not: anything but a request that is wrong in itself. */
  #canBeHelped(error: unknown): boolean {
    if (!(error instanceof SoyleError)) return true;
    return error.code === 'stopping' ? !this.#closed : error.code !== 'invalid_request';
  }

  async #plan(request: SpeechRequest): Promise<Step[]> {
    const { engine: named, voice, language } = request;
    if (named !== undefined && !this.#engines.some(({ id }) => id === named)) {
      throw new SoyleError('invalid_request', { detail: `unknown engine "${named.slice(0, 100)}"` });
    }
    const able = this.#engines.filter(({ facts }) => facts.languages.includes(language));
    const wanted = able.find(({ id }) => id === named) ?? (await this.#engineOf(voice, language, able)) ?? able[0];
    if (!wanted) throw new SoyleError('invalid_request', { detail: `no engine speaks ${language}` });
    const replaced: SpeechWarning[] = named !== undefined && wanted.id !== named ? ['engine_replaced'] : [];
    const others = able.filter((engine) => engine !== wanted);
    const { voice: _, ...anyVoice } = request;
    return [
      { engine: wanted, request: replaced.length > 0 ? anyVoice : request, warnings: replaced },
      ...others.map((engine): Step => {
        return {
          engine,
          request: anyVoice,
          warnings: voice === undefined ? replaced : [...replaced, 'voice_replaced'],
        };
      }),
    ];
  }

  async #engineOf(
    voice: string | undefined,
    language: Voice['language'],
    engines: readonly SpeechEngine[],
  ): Promise<SpeechEngine | undefined> {
    if (voice === undefined) return undefined;
    const lists = await Promise.all(engines.map(promptVoices));
    return engines.find((_, i) => lists[i]?.some(({ id, language: own }) => id === voice && own === language));
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
