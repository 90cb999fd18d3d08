import { join } from 'node:path';
import { concatPcm } from '../audio/pcm.ts';
import { BootError, SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type Language, SAMPLE_RATE } from '../types.ts';
import { Expiring } from './expiring.ts';
import { checkRequest, type Granted, grant } from './request.ts';
import { espeakData } from './sherpa-data.ts';
import { SherpaPool } from './sherpa-pool.ts';
import { splitForSherpa } from './sherpa-text.ts';
import { type Chosen, SherpaVoices } from './sherpa-voices.ts';
import { trimSilence } from './silence.ts';
import type { SpeechEngine, SpeechFacts, SpeechRequest, SpeechStream, SpokenText, Voice } from './speech.ts';

export interface SherpaOptions {
  log: Log;
  /** Folder whose folders are voices; see `src/voices/`. */
  voicesDir: string;
  /** How long a sentence may take, apart from loading its voice. */
  timeoutMs?: number;
  /** Threads of one voice. */
  threads?: number;
  /** Memory that the loaded voices may take together. */
  memoryBytes?: number;
  /** Ids of the voices to take where a request names none; else the first by name. */
  defaults?: Partial<Record<Language, string>>;
}

const TIMEOUT_MS = 30_000;
const MEMORY_BYTES = 2 ** 30;
const FOR_EVER = Number.POSITIVE_INFINITY;

/**
 * Natural voices on this machine: networks that sherpa-onnx runs (Piper, MMS, Kokoro, Matcha, Supertonic), each in a
 * process of its own. A voice that dies or is broken costs its own requests and nothing else.
 */
export class SherpaEngine implements SpeechEngine {
  readonly id = 'sherpa';
  readonly #voices: SherpaVoices;
  readonly #pool: SherpaPool;
  readonly #data: Expiring<string>;
  readonly #timeoutMs: number;
  readonly #threads: number;
  readonly #log: Log;
  readonly #closed = new AbortController();

  constructor({ log, voicesDir, defaults = {}, timeoutMs, threads, memoryBytes }: SherpaOptions) {
    this.#log = log;
    this.#timeoutMs = timeoutMs ?? TIMEOUT_MS;
    this.#threads = threads ?? 1;
    this.#voices = new SherpaVoices(voicesDir, defaults, log);
    this.#pool = new SherpaPool({ log, memoryBytes: memoryBytes ?? MEMORY_BYTES });
    const cacheDir = join(voicesDir, '.cache');
    this.#data = new Expiring(() => espeakData(cacheDir, log, this.#closed.signal), FOR_EVER);
  }

  get facts(): SpeechFacts {
    const { languages, fingerprint: model } = this.#voices;
    return { languages, wordTimings: false, rate: true, pitch: false, model };
  }

  /** Voices that have a process, the least recently used first, and the process's id while it runs. */
  get loaded(): ReadonlyMap<string, number | undefined> {
    return this.#pool.loaded;
  }

  /** Looks for voices and loads that of the first language; the others are loaded when they are asked for. */
  async start(): Promise<void> {
    try {
      import.meta.resolve('sherpa-onnx-node');
    } catch (error) {
      throw new BootError(
        'Speech engine "sherpa" needs a package that is not there: npm install sherpa-onnx-node',
        error,
      );
    }
    await this.#voices.scan();
    const [language] = this.#voices.languages;
    if (!language) {
      const faults = Array.from(this.#voices.broken.values(), ({ message }) => `\n  ${message}`).join('');
      throw new BootError(`Speech engine "sherpa" has no voice. Add one: npm run voices -- list${faults}`);
    }
    const { signal } = this.#closed;
    const chosen = await this.#voices.choose(undefined, language);
    await this.#ask(chosen, language, '', {}, signal).catch((error) => {
      this.#log.warn({ voice: chosen.id, err: error }, 'voice does not load');
    });
  }

  async voices(): Promise<readonly Voice[]> {
    await this.#voices.refresh();
    return this.#voices.list();
  }

  async speak(request: SpeechRequest, signal: AbortSignal): Promise<SpokenText> {
    const { chosen, granted, pieces } = await this.#prepare(request, signal);
    const spoken: Int16Array[] = [];
    for (const piece of pieces) {
      spoken.push(await this.#ask(chosen, request.language, piece, granted, signal, SAMPLE_RATE));
    }
    const { pcm } = trimSilence(concatPcm(spoken), SAMPLE_RATE);
    return { pcm, ...this.#origin(chosen, granted) };
  }

  async stream(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
    const { chosen, granted, pieces } = await this.#prepare(request, signal);
    const say = (piece: string) => this.#ask(chosen, request.language, piece, granted, signal);
    const [first, ...rest] = pieces;
    const head = first === undefined ? undefined : await say(first);
    async function* pcm() {
      if (head) yield head;
      for (const piece of rest) yield await say(piece);
    }
    return { sampleRate: chosen.voice.sampleRate, pcm: pcm(), ...this.#origin(chosen, granted) };
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#pool.close();
  }

  async #prepare(request: SpeechRequest, signal: AbortSignal) {
    signal.throwIfAborted();
    if (this.#closed.signal.aborted) throw new SoyleError('stopping');
    checkRequest(request);
    const chosen = await this.#voices.choose(request.voice, request.language);
    return { chosen, granted: grant(request, this.facts), pieces: splitForSherpa(request.text) };
  }

  #origin({ id: voice }: Chosen, { warnings }: Granted) {
    return { engine: this.id, voice, warnings };
  }

  async #ask(
    { voice, speaker }: Chosen,
    language: Language,
    text: string,
    { rate = 1 }: Pick<SpeechRequest, 'rate'>,
    signal: AbortSignal,
    sampleRate?: number,
  ): Promise<Int16Array> {
    const dataDir = voice.espeak ? await this.#data.get(signal) : '';
    const request = { voice, dataDir, threads: this.#threads, text, language, speaker, rate, sampleRate };
    const { pcm } = await this.#pool.ask(request, this.#timeoutMs, signal).catch((error) => {
      if (error instanceof SoyleError && error.code === 'speech_failed') this.#voices.note(voice, false);
      throw error;
    });
    this.#voices.note(voice, true);
    // The array that came through the pipe is a view of the whole message; the caller gets one of its own.
    return pcm.slice();
  }
}
