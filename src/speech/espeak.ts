import { onePiece } from '../audio/sound.ts';
import { SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import { LANGUAGES, SAMPLE_RATE, type Speech } from '../types.ts';
import { SupervisedChild } from './child.ts';
import type { EspeakAnswer, EspeakReady, EspeakRequest } from './espeak-protocol.ts';
import { DEFAULT_VOICES, listVoices, parseVoice, unknownVoice } from './espeak-voices.ts';
import type { SpeechEngine, SpeechFacts, SpeechRequest, SpeechStream, Voice } from './speech.ts';

export interface EspeakOptions {
  log: Log;
  /** How long the synthesis of a text of up to 1,000 characters may take; longer texts get as much for every 1,000. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;

/** The embedded voice: espeak-ng in a child process. Small, quick, robotic; ru, kk and en without any download. */
export class EspeakEngine implements SpeechEngine {
  readonly id = 'espeak';
  readonly facts: SpeechFacts = { languages: LANGUAGES, wordTimings: true, rate: true, pitch: true };
  readonly #child: SupervisedChild<EspeakRequest, EspeakAnswer, EspeakReady>;
  readonly #timeoutMs: number;

  constructor({ log, timeoutMs = TIMEOUT_MS }: EspeakOptions) {
    this.#timeoutMs = timeoutMs;
    this.#child = new SupervisedChild({ name: this.id, module: new URL('./espeak-child.ts', import.meta.url), log });
  }

  /** Id of the child process while one runs. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  async start(): Promise<void> {
    await this.#child.start();
  }

  async voices(): Promise<readonly Voice[]> {
    return listVoices((await this.#child.start()).variants);
  }

  async speak(request: SpeechRequest, signal: AbortSignal): Promise<Speech> {
    const { pcm, words } = await this.#ask(request, signal, SAMPLE_RATE);
    return { pcm, words };
  }

  /** All of it at once: espeak takes some milliseconds for a sentence. */
  async stream(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
    const { pcm, sampleRate } = await this.#ask(request, signal);
    return { sampleRate, pcm: onePiece(pcm) };
  }

  close(): Promise<void> {
    return this.#child.close();
  }

  async #ask(request: SpeechRequest, signal: AbortSignal, rateOfAnswer?: number) {
    const { text, language, voice = DEFAULT_VOICES[language], rate = 1, pitch = 1 } = request;
    requireFactor('rate', rate);
    requireFactor('pitch', pitch);
    const timeoutMs = this.#timeoutMs * Math.max(1, text.length / 1000);
    const asked = { text, ...parseVoice(voice, language), rate, pitch, sampleRate: rateOfAnswer };
    const answer = await this.#child.ask(asked, timeoutMs, signal);
    if ('unknownVariant' in answer) throw unknownVoice(voice);
    const { speech, sampleRate } = answer;
    // The array that came through the pipe is a view of the whole message; the caller gets one of its own.
    return { pcm: speech.pcm.slice(), words: speech.words, sampleRate };
  }
}

function requireFactor(name: string, value: number): void {
  if (value >= 0.5 && value <= 2) return;
  throw new SoyleError('invalid_request', { detail: `${name} must be between 0.5 and 2` });
}
