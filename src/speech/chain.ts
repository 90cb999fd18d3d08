import { onePiece, wholePcm } from '../audio/sound.ts';
import { SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import { chooseEngine, planSteps, type Step } from './chain-plan.ts';
import { untilAborted } from './expiring.ts';
import { promptVoices } from './prompt-voices.ts';
import { checkRequest, grant } from './request.ts';
import { Rests } from './rests.ts';
import type {
  SpeechEngine,
  SpeechFacts,
  SpeechOrigin,
  SpeechRequest,
  SpeechShare,
  SpeechStream,
  SpokenText,
  Voice,
  WantedEngine,
} from './speech.ts';
import { Starts } from './starts.ts';
import { openStream } from './stream.ts';
import type { TextLeft } from './text-left.ts';
import { unbroken } from './unbroken.ts';

/** A request on its way from engine to engine. */
interface Way {
  request: SpeechRequest;
  signal: AbortSignal;
  /** Those whose turn has not come. */
  steps: Step[];
  /** Whether the engine that is asked is the wanted one. */
  wanted: boolean;
  /** What the first of them failed with. */
  failure?: unknown;
}

export interface ChainOptions {
  log: Log;
  /** Finds out where the next engine is to go on; without it a text that was cut is said again as a whole. */
  left?: TextLeft;
  /**
   * An engine that kept a listener waiting in vain is not asked for so long while there are others; one whose server asks
   * to be left alone, for as long as that asks.
   */
  pauseMs?: number;
}

/**
 * Several engines as one: each request goes to the first of those that speak its language, and when that fails to the
 * next, until one has spoken. A named engine, or the one that has the named voice, is asked first. The answer says who
 * spoke; `degraded` when it was not the wanted one. A stream that breaks off is spoken on by the next engine.
 */
export class SpeechChain implements SpeechEngine {
  readonly id = 'chain';
  readonly #engines: readonly SpeechEngine[];
  readonly #log: Log;
  readonly #left: TextLeft | undefined;
  readonly #starts: Starts;
  readonly #rests: Rests;
  #closed = false;

  /** Engines in the order in which they are asked; at least one. */
  constructor(engines: readonly SpeechEngine[], { log, left, pauseMs = 10_000 }: ChainOptions) {
    this.#engines = engines;
    this.#log = log;
    this.#left = left;
    this.#starts = new Starts(engines, log);
    this.#rests = new Rests(pauseMs);
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
  start(): Promise<void> {
    return this.#starts.start();
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

  async wanted(request: Omit<SpeechRequest, 'text'>): Promise<WantedEngine | undefined> {
    const { engine } = await chooseEngine(this.#engines, request);
    return engine && { id: engine.id, facts: engine.facts, voices: async () => (await promptVoices(engine)) ?? [] };
  }

  async speak(request: SpeechRequest, signal: AbortSignal): Promise<SpokenText> {
    const way = await this.#begin(request, signal);
    return this.#ask(way, (engine, step) => engine.speak(step, signal));
  }

  /**
   * An engine that breaks off is followed by the next one, which begins with the word that was cut. `shares` tells of
   * all of them, the stream's own origin of the first.
   */
  async stream(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
    const way = await this.#begin(request, signal);
    const first = await this.#open(way);
    const shares: SpeechShare[] = [];
    const pcm = unbroken(first, {
      heard: (stream, ms, complete) => {
        const { pcm: _, sampleRate: __, samples: ___, ...origin } = stream;
        shares.push({ ...origin, ms });
        if (complete) this.#left?.said(stream.engine ?? '', way.request, ms);
      },
      next: async ({ stream, heardMs, error }) => {
        signal.throwIfAborted();
        way.failure = error;
        const broken = this.#engines.find(({ id }) => id === stream.engine);
        if (broken) this.#rests.note(broken, error);
        if (way.steps.length === 0 || !this.#canBeHelped(error)) throw error;
        this.#failed(stream.engine, error, 'the speech engine broke off, the next one goes on');
        const wholeMs = stream.samples && (1000 * stream.samples) / stream.sampleRate;
        const cut = { engine: stream.engine ?? '', request: way.request, heardMs, wholeMs };
        way.request = { ...way.request, text: (await this.#left?.after(cut, signal)) ?? way.request.text };
        return this.#open(way);
      },
    });
    return { ...first, pcm, shares: () => shares };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#starts.stop();
    await Promise.all(this.#engines.map((engine) => engine.close()));
  }

  async #begin(request: SpeechRequest, signal: AbortSignal): Promise<Way> {
    signal.throwIfAborted();
    checkRequest(request);
    return { request, signal, steps: await untilAborted(planSteps(this.#engines, request), signal), wanted: true };
  }

  #open(way: Way): Promise<SpeechStream> {
    return this.#ask(way, async (engine, step) => {
      const stream = await openStream(engine, step, way.signal);
      return way.request.whole ? { ...stream, pcm: onePiece(await wholePcm(stream.pcm)) } : stream;
    });
  }

  /** Asks those whose turn has not come, one after another, until one has answered. */
  async #ask<T extends SpeechOrigin>(
    way: Way,
    ask: (engine: SpeechEngine, request: SpeechRequest) => Promise<T>,
  ): Promise<T> {
    const { signal, steps } = way;
    for (let step = steps.shift(); step; step = steps.shift()) {
      const { engine } = step;
      const { wanted } = way;
      way.wanted = false;
      try {
        if (steps.length > 0) this.#rests.requireRested(engine);
        const last = steps.length === 0 && { last: true };
        const spoken = await ask(engine, { ...step.request, text: way.request.text, ...last });
        const ignored = grant(way.request, engine.facts).warnings;
        const warnings = new Set([...step.warnings, ...ignored, ...(spoken.warnings ?? [])]);
        return { ...spoken, engine: engine.id, degraded: !wanted || step.degraded === true, warnings: [...warnings] };
      } catch (error) {
        signal.throwIfAborted();
        if (wanted && !step.doubtful && !this.#canBeHelped(error)) throw error;
        way.failure ??= error;
        this.#rests.note(engine, error);
        this.#failed(engine.id, error, 'the speech engine failed, the next one is asked');
      }
    }
    throw way.failure;
  }

  #failed(engine: string | undefined, error: unknown, what: string): void {
    this.#log.warn({ speech: engine, err: error }, what);
  }

  /** Whether the next engine may do what this one did not: anything but a request that is wrong in itself. */
  #canBeHelped(error: unknown): boolean {
    if (!(error instanceof SoyleError)) return true;
    return error.code === 'stopping' ? !this.#closed : error.code !== 'invalid_request';
  }
}
