import type { WordTiming } from '../types.ts';
import type { SpeechEngine, SpeechRequest } from './speech.ts';

/** What was heard of a text until its engine broke off. */
export interface CutSpeech {
  /** The engine that broke off. */
  engine: string;
  request: SpeechRequest;
  heardMs: number;
  /** How long all of it was to be, where the engine said so. */
  wholeMs?: number;
}

type Manner = Pick<SpeechRequest, 'language' | 'voice' | 'rate'>;

/** What is estimated lies this far beside the truth at most, ms … */
const MARGIN_MS = 300;
/** … and where the length is an estimate itself, so much of what was heard in addition. */
const PACE_MARGIN = 0.15;
/** The slowest voice next to the guide. */
const SLOWEST = 1.5;
/** A shorter utterance does not tell how fast a voice speaks, ms. */
const SHORTEST_MS = 2000;
/** Voices whose pace is kept. */
const MOST_VOICES = 200;
const SENTENCE_START = /[.!?…]["'»”’)]*\s+(?=[\p{Lu}\p{N}"«“(—–-])/gu;

/**
 * Which part of a text is still to be said after an engine broke off in the middle of it. The words lie where those of
 * a guide lie that speaks the same text, at the pace at which the voice spoke before. Whatever is not certain is said
 * again: at least the word that was cut; from the start of its sentence where nothing tells how fast the voice speaks.
 */
export class TextLeft {
  readonly #guide: SpeechEngine;
  /** The last whole utterance of every voice. */
  readonly #said = new Map<string, { request: SpeechRequest; ms: number }>();

  /** `guide` times words and speaks quickly; it is started and closed by whoever made it. */
  constructor(guide: SpeechEngine) {
    this.#guide = guide;
  }

  /** Notes how long an engine took for a whole text. */
  said(engine: string, request: SpeechRequest, ms: number): void {
    if (ms < SHORTEST_MS) return;
    const whose = nameOf(engine, request);
    this.#said.delete(whose);
    this.#said.set(whose, { request, ms });
    const [oldest] = this.#said.keys();
    if (oldest !== undefined && this.#said.size > MOST_VOICES) this.#said.delete(oldest);
  }

  /** An end of the request's text that begins at a word; all of it when the guide fails. */
  async after({ engine, request, heardMs, wholeMs }: CutSpeech, signal: AbortSignal): Promise<string> {
    const { text, rate = 1 } = request;
    if (heardMs <= 0) return text;
    try {
      const words = await this.#words(request, signal);
      const guideMs = words.at(-1)?.endMs ?? 0;
      const pace = wholeMs === undefined ? await this.#pace(engine, request, signal) : undefined;
      const expectedMs = wholeMs ?? guideMs * (pace ?? SLOWEST / Math.min(1, rate));
      const reached = guideMs * Math.min(1, heardMs / expectedMs);
      const margin = MARGIN_MS + (wholeMs === undefined ? PACE_MARGIN * reached : 0);
      const cut = words.findLast(({ startMs }) => startMs <= reached - margin)?.textOffset ?? 0;
      return text.slice((wholeMs ?? pace) === undefined ? sentenceStart(text, cut) : cut);
    } catch {
      signal.throwIfAborted();
      return text;
    }
  }

  /** How long the engine's voice takes for what takes the guide 1 ms; `undefined` before it has said something whole. */
  async #pace(engine: string, request: SpeechRequest, signal: AbortSignal): Promise<number | undefined> {
    const said = this.#said.get(nameOf(engine, request));
    const guideMs = said && (await this.#words(said.request, signal)).at(-1)?.endMs;
    return guideMs ? said.ms / guideMs : undefined;
  }

  async #words({ text, language }: SpeechRequest, signal: AbortSignal): Promise<readonly WordTiming[]> {
    return (await this.#guide.speak({ text, language }, signal)).words ?? [];
  }
}

const nameOf = (engine: string, { language, voice, rate }: Manner): string =>
  JSON.stringify([engine, language, voice, rate]);

/** Where the sentence begins that has the character at `offset`. */
function sentenceStart(text: string, offset: number): number {
  let start = 0;
  for (const { 0: end, index } of text.matchAll(SENTENCE_START)) {
    if (index + end.length <= offset) start = index + end.length;
  }
  return start;
}
