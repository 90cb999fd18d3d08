import { BootError, SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import { isEngineFault } from './breaker.ts';
import { untilAborted } from './expiring.ts';
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

  /** Rejects with `BootError` when not one engine starts; those that do not are tried again every minute. */
  async start(): Promise<void> {
    clearInterval(this.#trying);
    const started = await Promise.allSettled(this.#engines.map((engine) => engine.start()));
    const faults = started.flatMap((result, i) =>
      result.status === 'rejected' ? [{ id: this.#engines[i]!.id, err: result.reason }] : [],
    );
    for (const { id, err } of faults) this.#log.warn({ speech: id, err }, 'the speech engine does not start');
    if (faults.length < this.#engines.length) {
      const late = new Set(this.#engines.filter(({ id }) => faults.some((fault) => fault.id === id)));
      if (late.size > 0) this.#trying = setInterval(() => this.#startLate(late), TRY_AGAIN_MS).unref();
      return;
    }
    const named = faults.map(({ id, err }) => `${id}: ${err?.cause?.message ?? err?.message ?? err}`).join('; ');
    throw new BootError(`No speech engine starts (${named})`, faults[0]?.err);
  }

  /** The voices of all engines that answer. */
  async voices(): Promise<readonly Voice[]> {
    const lists = await Promise.allSettled(
      this.#engines.map(async (engine) => (await engine.voices()).map((voice) => ({ ...voice, engine: engine.id }))),
    );
    return lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
  }

  speak(request: SpeechRequest, signal: AbortSignal): Promise<SpokenText> {
    return this.#ask(request, signal, (engine, step) => engine.speak(step, signal));
  }

  /** Another engine can take over until the first sound; what breaks later stays broken. */
  stream(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
    return this.#ask(request, signal, (engine, step) => openStream(engine, step, signal));
  }

  async close(): Promise<void> {
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
        if (index === 0 && !canBeHelped(error)) throw error;
        failure ??= error;
        this.#log.warn({ speech: step.engine.id, err: error }, 'the speech engine failed, the next one is asked');
      }
    }
    throw failure;
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
    for (const engine of engines) {
      const voices = await engine.voices().catch((): readonly Voice[] => []);
      if (voices.some(({ id, language: own }) => id === voice && own === language)) return engine;
    }
    return undefined;
  }
}

/** Whether the next engine may do what this one did not: anything but a request that is wrong in itself. */
const canBeHelped = (error: unknown): boolean =>
  isEngineFault(error) || (error instanceof SoyleError && error.code === 'text_too_long');
