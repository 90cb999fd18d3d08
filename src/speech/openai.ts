import { z } from 'zod';
import { LANGUAGES, type Language } from '../types.ts';
import { type Description, inLanguages, type Order, type Protocol, RemoteEngine, type RemoteTools } from './remote.ts';
import { RemoteFault } from './remote-fault.ts';
import type { RemoteAnswer, RemoteServer } from './remote-http.ts';
import type { SpeechEngine, SpeechFacts, Voice } from './speech.ts';

export interface OpenaiOptions extends RemoteTools {
  /** With or without `/v1` at its end. */
  url: string;
  key?: string;
  model?: string;
  /** The default voice; the server's first one when absent. */
  voice?: string;
  languages?: readonly Language[];
}

/** OpenAI's own, which it does not list anywhere in its API. */
const OPENAI_VOICES = 'alloy ash ballad cedar coral echo fable marin nova onyx sage shimmer verse'.split(' ');
const MAX_CHARACTERS = 4096;
/** Rate of the `pcm` format. */
const PCM_RATE = 24_000;

const voicesSchema = z.object({
  voices: z.array(z.union([z.string(), z.object({ id: z.string(), name: z.string().optional() })])).min(1),
});

/**
 * `POST /v1/audio/speech` (https://developers.openai.com/api/reference, "Create speech") and the servers that speak like
 * it: Kokoro-FastAPI, openedai-speech, vLLM, … Voices come from their `/v1/audio/voices`; OpenAI itself has no such list.
 */
export function createOpenai(options: OpenaiOptions): SpeechEngine {
  const { url, key, model = 'gpt-4o-mini-tts', voice, languages = LANGUAGES, ...tools } = options;
  const base = url.replace(/\/+$/, '');
  return new RemoteEngine(new Openai(model, voice, languages), {
    ...tools,
    url: base.endsWith('/v1') ? base : `${base}/v1`,
    headers: key ? { authorization: `Bearer ${key}` } : {},
  });
}

class Openai implements Protocol {
  readonly id = 'openai';
  readonly rawRate = PCM_RATE;
  readonly facts: SpeechFacts;
  readonly #model: string;
  readonly #voice: string | undefined;

  constructor(model: string, voice: string | undefined, languages: readonly Language[]) {
    this.#model = model;
    this.#voice = voice;
    this.facts = {
      ...{ languages, wordTimings: false, rate: true, pitch: false, voiceAttributes: takesInstructions(model) },
      ...{ mixesLanguages: true, replacesVoices: true, maxCharacters: MAX_CHARACTERS, model },
    };
  }

  async describe(server: RemoteServer, signal: AbortSignal): Promise<Description> {
    const listed = await listVoices(server, signal);
    const voices = listed.filter(({ id }) => id !== this.#voice);
    const first = this.#voice && { id: this.#voice, name: this.#voice };
    const all = inLanguages(this.facts.languages, first ? [first, ...voices] : voices, (voice) => voice);
    return {
      facts: this.facts,
      voices: all.filter(({ id, language }) => (kokoroLanguage(id) ?? language) === language),
    };
  }

  order(
    server: RemoteServer,
    { text, voice, rate, voiceAttributes }: Order,
    signal: AbortSignal,
  ): Promise<RemoteAnswer> {
    const json = {
      ...{ model: this.#model, input: text, voice: voice.id, response_format: 'wav', speed: rate },
      instructions: voiceAttributes && instructionsFor(voiceAttributes),
    };
    return server.open({ method: 'POST', path: '/audio/speech', json }, signal);
  }
}

async function listVoices(server: RemoteServer, signal: AbortSignal): Promise<Omit<Voice, 'language'>[]> {
  try {
    const { voices } = await server.json({ path: '/audio/voices' }, voicesSchema, signal);
    return voices.map((voice) =>
      typeof voice === 'string' ? { id: voice, name: voice } : { name: voice.id, ...voice },
    );
  } catch (error) {
    // Only a server that cannot be reached at all is a reason not to speak.
    const answered = error instanceof RemoteFault && !error.unreachable;
    if (answered && !error.retryable) return OPENAI_VOICES.map((id) => ({ id, name: id }));
    throw error;
  }
}

/** Kokoro's names begin with language and gender; those of other languages than English are not ours. */
function kokoroLanguage(id: string): string | undefined {
  const prefix = /^([a-z])[fm]_/.exec(id)?.[1];
  return prefix && (prefix === 'a' || prefix === 'b' ? 'en' : 'other');
}

const takesInstructions = (model: string): boolean => model.startsWith('gpt-');

function instructionsFor({ gender, age, emotion }: NonNullable<Order['voiceAttributes']>): string {
  const who = [age && `${age}-year-old`, gender !== 'neutral' && gender, 'person'].filter(Boolean).join(' ');
  return `Speak like a ${who}${emotion ? `, in a ${emotion} voice` : ''}.`;
}
