import { concatPcm } from '../audio/pcm.ts';
import { resample } from '../audio/resample.ts';
import { SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Media } from '../media/ffmpeg.ts';
import { SAMPLE_RATE } from '../types.ts';
import { unknownVoice } from './espeak-voices.ts';
import { Expiring } from './expiring.ts';
import { RemoteFault } from './remote-fault.ts';
import { type RemoteAnswer, type RemoteLimits, RemoteServer } from './remote-http.ts';
import { openSound, startingWith } from './remote-sound.ts';
import { hasSound, plainText } from './remote-text.ts';
import { checkRequest, type Granted, grant } from './request.ts';
import { isAudible, trimSilence } from './silence.ts';
import type { SpeechEngine, SpeechFacts, SpeechRequest, SpeechStream, SpokenText, Voice } from './speech.ts';

/** What a server says of itself. */
export interface Description {
  facts: SpeechFacts;
  /** The first one of a language is its default. */
  voices: readonly Voice[];
}

/** A request as a server gets it: plain text, a voice it has, nothing it cannot do. */
export interface Order extends Omit<Granted, 'warnings'> {
  text: string;
  language: Voice['language'];
  voice: Voice;
}

/** How one kind of speech server is talked to. */
export interface Protocol {
  readonly id: string;
  /** Until `describe` answers. */
  readonly facts: SpeechFacts;
  /** Hz of samples that come without a header. */
  readonly rawRate?: number;
  describe(server: RemoteServer, signal: AbortSignal): Promise<Description>;
  /** Asks for the sound of an order. */
  order(server: RemoteServer, order: Order, signal: AbortSignal): Promise<RemoteAnswer>;
  /** The voice a client's name stands for; by default the one of that id. */
  findVoice?(name: string, voices: readonly Voice[]): Voice | undefined;
}

/** What every remote engine needs besides its own settings. */
export interface RemoteTools extends RemoteLimits {
  media: Media;
  log: Log;
  /** Milliseconds, for the age of what is known about the server. */
  now?: () => number;
}

export interface RemoteOptions extends RemoteTools {
  url: string;
  headers?: Readonly<Record<string, string>>;
}

/** Voices and capabilities are asked for again after so long, and after every failure. */
const DESCRIPTION_TTL_MS = 5 * 60_000;

/**
 * A speech engine behind HTTP, whatever its protocol: knows what the server can do, gives it only that, reads whatever
 * sound comes back. A voice that the server lacks is refused, or replaced by its first one of the language.
 */
export class RemoteEngine implements SpeechEngine {
  readonly id: string;
  readonly #protocol: Protocol;
  readonly #server: RemoteServer;
  readonly #media: Media;
  readonly #log: Log;
  readonly #description: Expiring<Description>;
  readonly #closing = new AbortController();
  #facts: SpeechFacts;

  constructor(protocol: Protocol, { media, log, now, ...server }: RemoteOptions) {
    this.id = protocol.id;
    this.#protocol = protocol;
    this.#facts = protocol.facts;
    this.#media = media;
    this.#log = log.child({ speech: protocol.id });
    this.#server = new RemoteServer({ name: protocol.id, ...server });
    this.#description = new Expiring(() => this.#describe(), DESCRIPTION_TTL_MS, now);
  }

  get facts(): SpeechFacts {
    return this.#facts;
  }

  /** Rejects with `RemoteFault` while the server cannot be reached; it is asked again when somebody wants to speak. */
  async start(): Promise<void> {
    await this.#description.get();
  }

  async voices(): Promise<readonly Voice[]> {
    return (await this.#description.get()).voices;
  }

  async speak(request: SpeechRequest, signal: AbortSignal): Promise<SpokenText> {
    const { sampleRate, samples: _, pcm, ...origin } = await this.stream(request, signal);
    const pieces: Int16Array[] = [];
    try {
      for await (const piece of pcm) pieces.push(piece);
    } catch (error) {
      if (!signal.aborted) this.#description.clear();
      throw error;
    }
    const whole = resample(concatPcm(pieces), sampleRate, SAMPLE_RATE);
    return { pcm: trimSilence(whole, SAMPLE_RATE).pcm, ...origin };
  }

  async stream(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
    signal.throwIfAborted();
    if (this.#closing.signal.aborted) throw this.#closing.signal.reason;
    checkRequest(request);
    const text = plainText(request.text);
    if (!hasSound(text)) return { engine: this.id, sampleRate: SAMPLE_RATE, pcm: nothing() };
    const stop = AbortSignal.any([signal, this.#closing.signal]);
    try {
      return await this.#stream({ ...request, text }, stop);
    } catch (error) {
      if (!stop.aborted) this.#description.clear();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new SoyleError('stopping'));
    await this.#server.close();
  }

  async #stream(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
    const { facts, voices } = await this.#description.get(signal);
    const { text, language } = request;
    if (!facts.languages.includes(language)) {
      throw new RemoteFault(`${this.id} does not speak ${language}`, { retryable: false, ofRequest: true });
    }
    const limit = facts.maxCharacters ?? Number.POSITIVE_INFINITY;
    if (text.length > limit) throw new SoyleError('text_too_long', { limit });
    const { warnings, ...granted } = grant(request, facts);
    const own = voices.filter((voice) => voice.language === language);
    const wanted = request.voice === undefined ? own[0] : this.#findVoice(request.voice, own);
    const voice = wanted ?? own[0];
    if (!voice) {
      throw new RemoteFault(`${this.id} has no voice that speaks ${language}`, { retryable: false, ofRequest: true });
    }
    if (!wanted && !facts.replacesVoices) throw unknownVoice(request.voice ?? '');
    if (!wanted) warnings.push('voice_replaced');

    const answer = await this.#protocol.order(this.#server, { text, language, voice, ...granted }, signal);
    const { rawRate } = this.#protocol;
    const sound = await openSound(answer, { server: this.id, media: this.#media, rawRate }, signal);
    return { engine: this.id, voice: voice.id, warnings, ...sound, pcm: await this.#sounding(sound.pcm) };
  }

  /** The same, once something is heard of it: a server that says nothing where there is something to say has failed. */
  async #sounding(pcm: AsyncGenerator<Int16Array>): Promise<AsyncGenerator<Int16Array>> {
    const still: Int16Array[] = [];
    for (let next = await pcm.next(); !next.done; next = await pcm.next()) {
      still.push(next.value);
      if (next.value.some(isAudible)) return startingWith(still, pcm);
    }
    throw new RemoteFault(`${this.id} answered with silence`, { retryable: false });
  }

  #findVoice(name: string, voices: readonly Voice[]): Voice | undefined {
    return this.#protocol.findVoice?.(name, voices) ?? voices.find(({ id }) => id === name);
  }

  async #describe(): Promise<Description> {
    try {
      const { facts, voices } = await this.#protocol.describe(this.#server, this.#closing.signal);
      const languages = facts.languages.filter((language) => voices.some((voice) => voice.language === language));
      this.#facts = { ...facts, languages };
      return { facts: this.#facts, voices };
    } catch (error) {
      this.#log.warn({ err: error }, 'the speech server does not say what it can do');
      throw error;
    }
  }
}

async function* nothing(): AsyncGenerator<Int16Array> {}

/** Each voice once for every language it speaks. */
export const inLanguages = <T>(
  languages: readonly Voice['language'][],
  items: readonly T[],
  voice: (item: T) => Omit<Voice, 'language'>,
): Voice[] => languages.flatMap((language) => items.map((item) => ({ ...voice(item), language })));
