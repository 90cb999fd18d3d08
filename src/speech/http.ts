import { LANGUAGES, type Language } from '../types.ts';
import { type Description, inLanguages, type Order, type Protocol, RemoteEngine, type RemoteTools } from './remote.ts';
import type { RemoteAnswer, RemoteServer } from './remote-http.ts';
import type { SpeechEngine, SpeechFacts } from './speech.ts';

/** What the server calls the parts of a request. A part without a name is not sent. */
export interface HttpFields {
  text: string;
  lang: string;
  voice?: string;
  rate?: string;
  pitch?: string;
  temperature?: string;
}

export interface HttpOptions extends RemoteTools {
  /** The whole address that is posted to. */
  url: string;
  fields?: Partial<HttpFields>;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>;
  /** Sent in the body of every request, beside the fields. */
  body?: Readonly<Record<string, unknown>>;
  /** Names the server knows; the first one is the default. */
  voices?: readonly string[];
  languages?: readonly Language[];
  /** Hz of 16-bit mono samples, if that is what the server sends. */
  rawRate?: number;
}

/** The voice of a server that has but one. */
const ONLY_VOICE = 'default';

/** Any server that takes `POST {text, lang}` and answers with WAV, MP3, OGG, FLAC or raw samples. */
export function createHttp(options: HttpOptions): SpeechEngine {
  const { fields, body = {}, voices = [ONLY_VOICE], languages = LANGUAGES, rawRate, ...rest } = options;
  const names: HttpFields = { text: 'text', lang: 'lang', ...fields };
  return new RemoteEngine(new Http(names, body, voices, languages, rawRate), rest);
}

class Http implements Protocol {
  readonly id = 'http';
  readonly facts: SpeechFacts;
  readonly rawRate: number | undefined;
  readonly #fields: HttpFields;
  readonly #body: Readonly<Record<string, unknown>>;
  readonly #voices: readonly string[];

  constructor(
    fields: HttpFields,
    body: Readonly<Record<string, unknown>>,
    voices: readonly string[],
    languages: readonly Language[],
    rawRate: number | undefined,
  ) {
    this.#fields = fields;
    this.#body = body;
    this.#voices = voices;
    this.rawRate = rawRate;
    this.facts = {
      ...{ languages, wordTimings: false, rate: fields.rate !== undefined, pitch: fields.pitch !== undefined },
      ...{ temperature: fields.temperature !== undefined, replacesVoices: true },
    };
  }

  async describe(): Promise<Description> {
    return { facts: this.facts, voices: inLanguages(this.facts.languages, this.#voices, (id) => ({ id, name: id })) };
  }

  order(server: RemoteServer, order: Order, signal: AbortSignal): Promise<RemoteAnswer> {
    const { text, language: lang, voice, rate, pitch, temperature } = order;
    const values: Readonly<Record<keyof HttpFields, unknown>> = {
      ...{ text, lang, rate, pitch, temperature },
      voice: voice.id === ONLY_VOICE ? undefined : voice.id,
    };
    const named = Object.entries(this.#fields).map(([part, name]) => [name, values[part as keyof HttpFields]]);
    return server.open({ method: 'POST', path: '', json: { ...this.#body, ...Object.fromEntries(named) } }, signal);
  }
}
