import { onePiece, wholePcm } from '../audio/sound.ts';
import { BootError, SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import { untilAborted } from './expiring.ts';
import { hasVoice } from './find-voice.ts';
import { promptVoices } from './prompt-voices.ts';
import { RemoteFault } from './remote-fault.ts';
import { checkRequest, grant } from './request.ts';
import type {
  SpeechEngine,
  SpeechFacts,
  SpeechOrigin,
  SpeechRequest,
  SpeechShare,
  SpeechStream,
  SpeechWarning,
  SpokenText,
  Voice,
} from './speech.ts';
import { openStream } from './stream.ts';
import type { TextLeft } from './text-left.ts';
import { unbroken } from './unbroken.ts';

/** An engine's turn at a request, and what it costs the client to get to it. */
interface Step {
  engine: SpeechEngine;
  request: SpeechRequest;
  warnings: readonly SpeechWarning[];
  /** It speaks in the place of one that cannot be asked. */
  degraded?: boolean;
  /** Whether it has the wanted voice shows when it is asked; if not, the next one speaks. */
  doubtful?: boolean;
}

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

const TRY_AGAIN_MS = 60_000;
/** A server that asks for more is asked again all the same. */
const LONGEST_REST_MS = 10 * 60_000;

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
  readonly #pauseMs: number;
  /** Until when engines are not asked that were waited for in vain, by `performance.now`. */
  readonly #resting = new Map<SpeechEngine, number>();
  /** While engines that did not start are tried again. */
  #trying: NodeJS.Timeout | undefined;
  #closed = false;

  /** Engines in the order in which they are asked; at least one. */
  constructor(engines: readonly SpeechEngine[], { log, left, pauseMs = 10_000 }: ChainOptions) {
    this.#engines = engines;
    this.#log = log;
    this.#left = left;
    this.#pauseMs = pauseMs;
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

  async wanted(request: Omit<SpeechRequest, 'text'>): Promise<SpeechEngine | undefined> {
    return (await this.#choose(request)).engine;
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
        if (broken) this.#letRest(broken, error);
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

  async #begin(request: SpeechRequest, signal: AbortSignal): Promise<Way> {
    signal.throwIfAborted();
    checkRequest(request);
    return { request, signal, steps: await untilAborted(this.#plan(request), signal), wanted: true };
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
        if (steps.length > 0) this.#requireRested(engine);
        const last = steps.length === 0 && { last: true };
        const spoken = await ask(engine, { ...step.request, text: way.request.text, ...last });
        const ignored = grant(way.request, engine.facts).warnings;
        const warnings = new Set([...step.warnings, ...ignored, ...(spoken.warnings ?? [])]);
        return { ...spoken, engine: engine.id, degraded: !wanted || step.degraded === true, warnings: [...warnings] };
      } catch (error) {
        signal.throwIfAborted();
        if (wanted && !step.doubtful && !this.#canBeHelped(error)) throw error;
        way.failure ??= error;
        this.#letRest(engine, error);
        this.#failed(engine.id, error, 'the speech engine failed, the next one is asked');
      }
    }
    throw way.failure;
  }

  #failed(engine: string | undefined, error: unknown, what: string): void {
    this.#log.warn({ speech: engine, err: error }, what);
  }

  /** Every sentence would wait as long again for an engine that is silent, or asks for a pause. */
  #letRest(engine: SpeechEngine, error: unknown): void {
    if (!(error instanceof RemoteFault)) return;
    const askedMs = Math.min(LONGEST_REST_MS, error.retryAfterMs ?? 0);
    const restMs = Math.max(askedMs, isWaitInVain(error) ? this.#pauseMs : 0);
    if (restMs > 0) this.#resting.set(engine, performance.now() + restMs);
  }

  #requireRested(engine: SpeechEngine): void {
    if ((this.#resting.get(engine) ?? 0) <= performance.now()) return;
    throw new RemoteFault(`${engine.id} rests: it kept silent or asked for a pause`, { retryable: true });
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
    const { engine: wanted, owner } = await this.#choose(request);
    if (!wanted) throw new SoyleError('invalid_request', { detail: `no engine speaks ${language}` });
    const replaced: SpeechWarning[] = named !== undefined && wanted.id !== named ? ['engine_replaced'] : [];
    const others = this.#engines.filter((engine) => engine !== wanted && engine.facts.languages.includes(language));
    const { voice: _, ...anyVoice } = request;
    const otherVoice = { request: anyVoice, warnings: voice === undefined ? replaced : [...replaced, VOICE_REPLACED] };
    const first: Step =
      owner === 'silent'
        ? { engine: wanted, ...otherVoice, degraded: true }
        : {
            engine: wanted,
            request: replaced.length > 0 ? anyVoice : request,
            warnings: replaced,
            doubtful: owner === 'doubtful',
          };
    return [first, ...others.map((engine): Step => ({ engine, ...otherVoice }))];
  }

  /** Who is asked first: the named engine, or the one that has the named voice, or simply the first. */
  async #choose({ engine: named, voice, language }: Omit<SpeechRequest, 'text'>): Promise<Choice> {
    const able = this.#engines.filter(({ facts }) => facts.languages.includes(language));
    const own = able.find(({ id }) => id === named);
    if (own || voice === undefined) return { engine: own ?? able[0] };
    const lists = await Promise.all(able.map(promptVoices));
    const owner = able.find(({ facts }, i) => {
      const fitting = lists[i]?.filter((one) => one.language === language);
      return fitting && hasVoice(voice, fitting, facts);
    });
    if (owner || !lists.includes(undefined)) return { engine: owner ?? able[0] };
    return { engine: able[0], owner: lists[0] ? 'silent' : 'doubtful' };
  }
}

interface Choice {
  /** `undefined` when nobody speaks the language. */
  engine?: SpeechEngine | undefined;
  /**
   * Where nobody is known to have the voice, and not all say what they have: whether it can only be that of another
   * engine, which keeps `silent`, or may be the chosen one's.
   */
  owner?: 'silent' | 'doubtful';
}

const VOICE_REPLACED: SpeechWarning = 'voice_replaced';

/** A server that let its time pass: not a request that came to its turn too late. */
const isWaitInVain = (error: unknown): boolean =>
  error instanceof RemoteFault && error.code === 'speech_timeout' && !error.ofRequest;

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
