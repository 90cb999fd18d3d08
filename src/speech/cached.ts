import { createHash } from 'node:crypto';
import { concatPcm } from '../audio/pcm.ts';
import { onePiece } from '../audio/sound.ts';
import { SAMPLE_RATE } from '../types.ts';
import type { SpeechCache } from './cache.ts';
import type { KeptSpeech } from './cache-disk.ts';
import {
  RANDOM_VOICE,
  type SpeechEngine,
  type SpeechFacts,
  type SpeechRequest,
  type SpeechStream,
  type SpokenText,
  type Voice,
} from './speech.ts';
import { openStream } from './stream.ts';

/** An engine that says a thing once: the same request is answered from the cache, without the engine. */
export class CachedEngine implements SpeechEngine {
  readonly id: string;
  readonly #engine: SpeechEngine;
  readonly #cache: SpeechCache;
  readonly #settings: unknown;

  /** `settings` of the engine, whatever they are: with others the same request may sound different. Never kept as they are. */
  constructor(engine: SpeechEngine, cache: SpeechCache, settings?: unknown) {
    this.id = engine.id;
    this.#engine = engine;
    this.#cache = cache;
    this.#settings = settings;
  }

  get facts(): SpeechFacts {
    return this.#engine.facts;
  }

  start(): Promise<void> {
    return this.#engine.start();
  }

  voices(): Promise<readonly Voice[]> {
    return this.#engine.voices();
  }

  async speak(request: SpeechRequest, signal: AbortSignal): Promise<SpokenText> {
    signal.throwIfAborted();
    const key = this.#key('speak', request);
    const kept = await this.#kept(key);
    if (kept) {
      signal.throwIfAborted();
      const { sampleRate: _, pcm, words, ...origin } = kept;
      // Whoever gets it may hand its memory on to a worker.
      return { pcm: pcm.slice(), words: words?.map((word) => ({ ...word })), ...origin };
    }
    const spoken = await this.#engine.speak(request, signal);
    this.#keep(key, { ...spoken, pcm: spoken.pcm.slice(), sampleRate: SAMPLE_RATE });
    return spoken;
  }

  async stream(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
    signal.throwIfAborted();
    const key = this.#key('stream', request);
    const kept = await this.#kept(key);
    if (kept) {
      signal.throwIfAborted();
      const { pcm, words: _, ...origin } = kept;
      return { ...origin, pcm: onePiece(pcm.slice()) };
    }
    const { pcm, ...origin } = await openStream(this.#engine, request, signal);
    return { ...origin, pcm: this.#keeping(key, origin, pcm) };
  }

  async close(): Promise<void> {
    await this.#engine.close();
    await this.#cache.flush();
  }

  async #kept(key: string | undefined): Promise<KeptSpeech | undefined> {
    return key === undefined ? undefined : this.#cache.get(key);
  }

  /** A replaced voice is not: the wanted one may be there next time. */
  #keep(key: string | undefined, speech: KeptSpeech): void {
    if (key === undefined || speech.pcm.length === 0 || speech.warnings?.includes('voice_replaced')) return;
    this.#cache.set(key, speech);
  }

  /** Only what was spoken to its end is kept. */
  async *#keeping(
    key: string | undefined,
    origin: Omit<SpeechStream, 'pcm'>,
    pcm: AsyncIterable<Int16Array>,
  ): AsyncGenerator<Int16Array> {
    const pieces: Int16Array[] = [];
    for await (const piece of pcm) {
      pieces.push(piece.slice());
      yield piece;
    }
    this.#keep(key, { ...origin, pcm: concatPcm(pieces) });
  }

  /** Everything that shapes the sound, as one name; `undefined` for what is to sound different each time. */
  #key(how: 'speak' | 'stream', request: SpeechRequest): string | undefined {
    const { text, language, voice, rate = 1, pitch = 1, temperature, voiceAttributes: attributes } = request;
    if (voice === RANDOM_VOICE) return undefined;
    const manner = [rate, pitch, temperature, attributes?.gender, attributes?.age, attributes?.emotion];
    const whose = [this.id, this.facts.model, this.#settings];
    const shape = JSON.stringify([how, whose, voice, language, manner, text]);
    return createHash('sha256').update(shape).digest('hex');
  }
}
