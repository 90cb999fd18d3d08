import type { Language } from '../types.ts';
import { type Description, inLanguages, type Order, type Protocol, RemoteEngine, type RemoteTools } from './remote.ts';
import type { RemoteAnswer, RemoteServer } from './remote-http.ts';
import type { SpeechEngine, SpeechFacts } from './speech.ts';

export interface QwenOptions extends RemoteTools {
  /** Such as `http://127.0.0.1:8188`. */
  url: string;
  /** Qwen3-TTS speaks ten languages, Kazakh is none of them. */
  languages?: readonly Language[];
}

/** The service has no voices of its own but genders. */
const VOICES = ['female', 'male'] as const;
/** Rate of the model, should samples come without a header. */
const MODEL_RATE = 24_000;

/** The Qwen-TTS streaming service: `/health` and `/stream-tts`, the voice described by gender, age and emotion. */
export function createQwen({ languages = ['ru', 'en'], ...options }: QwenOptions): SpeechEngine {
  return new RemoteEngine(new Qwen(languages), options);
}

class Qwen implements Protocol {
  readonly id = 'qwen';
  readonly rawRate = MODEL_RATE;
  readonly facts: SpeechFacts;

  constructor(languages: readonly Language[]) {
    this.facts = {
      ...{ languages, wordTimings: false, rate: false, pitch: false },
      ...{ temperature: true, voiceAttributes: true, replacesVoices: true, mixesLanguages: true },
    };
  }

  async describe(server: RemoteServer, signal: AbortSignal): Promise<Description> {
    await server.text({ path: '/health' }, signal);
    const voices = inLanguages(this.facts.languages, VOICES, (id) => ({ id, name: `Qwen, ${id}`, gender: id }));
    return { facts: this.facts, voices };
  }

  order(
    server: RemoteServer,
    { text, voice, temperature, voiceAttributes }: Order,
    signal: AbortSignal,
  ): Promise<RemoteAnswer> {
    const json = {
      text,
      temperature,
      voice_attributes: { ...voiceAttributes, gender: voiceAttributes?.gender ?? voice.gender },
    };
    return server.open({ method: 'POST', path: '/stream-tts', json }, signal);
  }
}
