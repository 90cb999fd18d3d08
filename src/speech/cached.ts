import { createHash } from 'node:crypto';
import { concatPcm } from '../audio/pcm.ts';
import { onePiece } from '../audio/sound.ts';
import { SAMPLE_RATE } from '../types.ts';
import type { SpeechCache } from './cache.ts';
import type { KeptSpeech } from './cache-disk.ts';
import { untilAborted } from './expiring.ts';
import { promptVoices } from './prompt-voices.ts';
import { SharedWork } from './shared-work.ts';
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
  readonly #speaking = new SharedWork<SpokenText>();

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
    const key = await this.#key('speak', request, signal);
    if (key === undefined) return this.#engine.speak(request, signal);
    const kept = await this.#cache.get(key);
    signal.throwIfAborted();
    if (kept) {
      const { sampleRate: _, ...spoken } = kept;
      return copied(spoken);
    }
    const speak = async (stop: AbortSignal) => {
      const spoken = await this.#engine.speak(request, stop);
      this.#keep(key, { ...copied(spoken), sampleRate: SAMPLE_RATE });
      return spoken;
    };
    return copied(await this.#speaking.run(key, speak, signal));
  }

  async stream(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
    signal.throwIfAborted();
    const key = await this.#key('stream', request, signal);
    const kept = key === undefined ? undefined : await this.#cache.get(key);
    signal.throwIfAborted();
    if (kept) {
      const { pcm, words: _, ...origin } = kept;
      return { ...origin, pcm: onePiece(pcm.slice()) };
    }
    const { pcm, ...origin } = await openStream(this.#engine, request, signal);
    return { ...origin, pcm: key === undefined ? pcm : this.#keeping(key, origin, pcm) };
  }

  async close(): Promise<void> {
    await this.#engine.close();
    await this.#cache.flush();
  }

  /** A replaced voice is not: the wanted one may be there next time. */
  #keep(key: string, speech: KeptSpeech): void {
    if (speech.pcm.length === 0 || speech.warnings?.includes('voice_replaced')) return;
    this.#cache.set(key, speech);
  }

  /** Only what was spoken to its end is kept. */
  async *#keeping(
    key: string,
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

  /**
   * Everything that shapes the sound, as one name; `undefined` for what is to sound different each time, and while it is
   * not known whose voice it will be: a server's default is the one it marks or the first one of its list.
   */
  async #key(how: 'speak' | 'stream', request: SpeechRequest, signal: AbortSignal): Promise<string | undefined> {
    const { text, language, rate = 1, pitch = 1, temperature, voiceAttributes: attributes } = request;
    if (request.voice === RANDOM_VOICE) return undefined;
    const voices = request.voice === undefined ? await untilAborted(promptVoices(this), signal) : [];
    if (!voices) return undefined;
    const speaking = voices.filter((one) => one.language === language);
    const voice = request.voice ?? (speaking.find((one) => one.default) ?? speaking[0])?.id;
    const manner = [rate, pitch, temperature, attributes?.gender, attributes?.age, attributes?.emotion];
    const whose = [this.id, this.facts.model, this.#settings];
    const shape = JSON.stringify([how, whose, voice, language, manner, text]);
    return createHash('sha256').update(shape).digest('hex');
  }
}

/** Whoever gets it may hand its memory on to a worker. */
const copied = (spoken: SpokenText): SpokenText => ({
  ...spoken,
  pcm: spoken.pcm.slice(),
  words: spoken.words?.map((word) => ({ ...word })),
});
