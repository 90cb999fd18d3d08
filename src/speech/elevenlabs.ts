import { z } from 'zod';
import { LANGUAGES, type Language } from '../types.ts';
import { findVoice } from './find-voice.ts';
import { type Description, inLanguages, type Order, type Protocol, RemoteEngine, type RemoteTools } from './remote.ts';
import type { RemoteAnswer, RemoteServer } from './remote-http.ts';
import { RANDOM_VOICE, type SpeechEngine, type SpeechFacts, type Voice } from './speech.ts';

export interface ElevenlabsOptions extends RemoteTools {
  key: string;
  model?: string;
  /** Name or id of the default voice; the account's first one when absent. */
  voice?: string;
  /** Another address than ElevenLabs' own. */
  url?: string;
  /** For the voice called `random`; 0 … 1. */
  random?: () => number;
}

const API = 'https://api.elevenlabs.io';
const PAGE_SIZE = '100';
const MAX_PAGES = 20;
/** The richest format that every plan has. */
const PCM_RATE = 24_000;
/** The range of `voice_settings.speed`. */
const RATES = [0.7, 1.2] as const;
const KAZAKH_MODEL = 'eleven_v3';
/** Every model takes so many; some take more. */
const MAX_CHARACTERS = 3000;

/** What the models of that page speak of ours (https://elevenlabs.io/docs/overview/models); newer ones speak all three. */
const MODEL_LANGUAGES: Readonly<Record<string, readonly Language[]>> = {
  eleven_multilingual_v2: ['ru', 'en'],
  eleven_flash_v2_5: ['ru', 'en'],
  eleven_turbo_v2_5: ['ru', 'en'],
  eleven_flash_v2: ['en'],
  eleven_turbo_v2: ['en'],
  eleven_monolingual_v1: ['en'],
};
const spokenBy = (model: string): readonly Language[] => MODEL_LANGUAGES[model] ?? LANGUAGES;
/** These find the language out by themselves. */
const WITHOUT_LANGUAGE_CODE = /^eleven_(multilingual|monolingual|flash_v2$|turbo_v2$)/;

const pageSchema = z.object({
  voices: z.array(
    z.object({ voice_id: z.string(), name: z.string(), labels: z.record(z.string(), z.string()).nullish() }),
  ),
  has_more: z.boolean().default(false),
  next_page_token: z.string().nullish(),
});

/**
 * ElevenLabs (https://elevenlabs.io/docs/api-reference: "Stream speech", "List voices"). Voices are called by name or
 * id, or `random`. A language that the chosen model lacks is spoken by `eleven_v3`.
 */
export function createElevenlabs({ key, url = API, ...options }: ElevenlabsOptions): SpeechEngine {
  const { model = 'eleven_multilingual_v2', voice, random = Math.random, ...tools } = options;
  const headers = { 'xi-api-key': key };
  return new RemoteEngine(new Elevenlabs(model, voice, random), { ...tools, url, headers });
}

class Elevenlabs implements Protocol {
  readonly id = 'elevenlabs';
  readonly rawRate = PCM_RATE;
  readonly facts: SpeechFacts;
  readonly #model: string;
  readonly #voice: string | undefined;
  readonly #random: () => number;

  constructor(model: string, voice: string | undefined, random: () => number) {
    this.#model = model;
    this.#voice = voice;
    this.#random = random;
    this.facts = {
      ...{ languages: LANGUAGES, wordTimings: false, rate: true, rateRange: RATES, pitch: false },
      ...{ voicesByName: true, randomVoice: true, maxCharacters: MAX_CHARACTERS, model },
      mixesLanguages: spokenBy(model).length > 1,
    };
  }

  async describe(server: RemoteServer, signal: AbortSignal): Promise<Description> {
    const listed: z.output<typeof pageSchema>['voices'] = [];
    let next: string | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const query = { page_size: PAGE_SIZE, ...(next && { next_page_token: next }) };
      const { voices, has_more, next_page_token } = await server.json(
        { path: '/v2/voices', query },
        pageSchema,
        signal,
      );
      listed.push(...voices);
      next = next_page_token ?? undefined;
      if (!has_more || !next) break;
    }
    const voices = inLanguages(LANGUAGES, listed, ({ voice_id: id, name, labels }) => ({
      ...{ id, name },
      gender: labels?.gender === 'female' || labels?.gender === 'male' ? labels.gender : undefined,
    }));
    const chosen = this.#voice === undefined ? undefined : this.findVoice(this.#voice, voices)?.id;
    voices.sort((a, b) => Number(b.id === chosen) - Number(a.id === chosen));
    const marked = voices.map((one): Voice => (one.id === chosen ? { ...one, default: 'chosen' } : one));
    return { facts: this.facts, voices: marked };
  }

  findVoice(name: string, voices: readonly Voice[]): Voice | undefined {
    if (name === RANDOM_VOICE) return voices[Math.floor(this.#random() * voices.length)];
    return findVoice(name, voices, this.facts);
  }

  order(server: RemoteServer, { text, language, voice, rate }: Order, signal: AbortSignal): Promise<RemoteAnswer> {
    const model = spokenBy(this.#model).includes(language) ? this.#model : KAZAKH_MODEL;
    const json = {
      ...{ text, model_id: model },
      language_code: WITHOUT_LANGUAGE_CODE.test(model) ? undefined : language,
      voice_settings: rate === undefined ? undefined : { speed: rate },
    };
    const path = `/v1/text-to-speech/${encodeURIComponent(voice.id)}/stream`;
    return server.open({ method: 'POST', path, query: { output_format: `pcm_${PCM_RATE}` }, json }, signal);
  }
}
