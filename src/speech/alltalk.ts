import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Language } from '../types.ts';
import { type Description, inLanguages, type Order, type Protocol, RemoteEngine, type RemoteTools } from './remote.ts';
import { RemoteFault } from './remote-fault.ts';
import type { RemoteAnswer, RemoteServer } from './remote-http.ts';
import type { SpeechEngine, SpeechFacts, Voice } from './speech.ts';

export interface AlltalkOptions extends RemoteTools {
  /** Such as `http://127.0.0.1:7851`. */
  url: string;
  /** What the loaded model speaks; XTTS, the usual one, knows no Kazakh. */
  languages?: readonly Language[];
}

/** `api_max_characters`, as AllTalk comes. */
const MAX_CHARACTERS = 2000;
const MAX_SEMITONES = 10;

/** `GET /api/currentsettings`. v1 has none of these but the model's name: it is XTTS, which streams in many languages. */
const settingsSchema = z.object({
  current_engine_loaded: z.string().optional(),
  current_model_loaded: z.string().optional(),
  streaming_capable: z.boolean().default(true),
  generationspeed_capable: z.boolean().default(false),
  pitch_capable: z.boolean().default(false),
  temperature_capable: z.boolean().default(false),
});
const voicesSchema = z.object({ voices: z.array(z.string()) });
const generatedSchema = z.object({ status: z.string(), output_file_url: z.string().optional() });

/**
 * AllTalk TTS, v1 and v2 (https://github.com/erew123/alltalk_tts, its wiki's API pages and tts_server.py). Speech is
 * streamed by GET, which takes no rate, pitch or temperature; where one is asked for, or the loaded model does not
 * stream, the form-encoded POST makes a file that is fetched afterwards.
 */
export function createAlltalk({ languages = ['ru', 'en'], ...options }: AlltalkOptions): SpeechEngine {
  return new RemoteEngine(new Alltalk(languages), options);
}

class Alltalk implements Protocol {
  readonly id = 'alltalk';
  readonly facts: SpeechFacts;
  #streams = true;

  constructor(languages: readonly Language[]) {
    this.facts = {
      ...{ languages, wordTimings: false, rate: false, pitch: false, temperature: false },
      ...{ pitchRange: [2 ** (-MAX_SEMITONES / 12), 2 ** (MAX_SEMITONES / 12)], temperatureRange: [0.1, 1] },
      ...{ replacesVoices: true, maxCharacters: MAX_CHARACTERS },
    };
  }

  async describe(server: RemoteServer, signal: AbortSignal): Promise<Description> {
    const state = await server.text({ path: '/api/ready' }, signal);
    if (state.replaceAll('"', '').trim() !== 'Ready') {
      throw new RemoteFault('alltalk is still loading its model', { retryable: true });
    }
    const settings = await server.json({ path: '/api/currentsettings' }, settingsSchema, signal);
    const { voices } = await server.json({ path: '/api/voices' }, voicesSchema, signal);
    this.#streams = settings.streaming_capable;
    return {
      facts: {
        ...this.facts,
        rate: settings.generationspeed_capable,
        pitch: settings.pitch_capable,
        temperature: settings.temperature_capable,
        model: `${settings.current_engine_loaded ?? ''} ${settings.current_model_loaded ?? ''}`.trim(),
      },
      voices: inLanguages(this.facts.languages, voices, (id) => ({ id, name: id.replace(/\.\w+$/, '') })).filter(
        speaks,
      ),
    };
  }

  async order(server: RemoteServer, order: Order, signal: AbortSignal): Promise<RemoteAnswer> {
    const { text, voice, language, rate, pitch, temperature } = order;
    const file = `soyle_${randomBytes(8).toString('hex')}`;
    if (this.#streams && rate === undefined && pitch === undefined && temperature === undefined) {
      const query = { text, voice: voice.id, language, output_file: `${file}.wav` };
      return server.open({ path: '/api/tts-generate-streaming', query }, signal);
    }
    const form = {
      ...{ text_input: text, text_filtering: 'none', character_voice_gen: voice.id },
      // The form knows XTTS's languages alone; a Piper voice speaks its own whatever stands here.
      language: language === 'kk' ? 'auto' : language,
      // v1 takes no request that leaves one of these out.
      ...{ narrator_enabled: 'false', narrator_voice_gen: voice.id, text_not_inside: 'character' },
      ...{ output_file_name: file, output_file_timestamp: 'false', autoplay: 'false', autoplay_volume: '0.1' },
      ...(rate !== undefined && { speed: `${rate}` }),
      ...(pitch !== undefined && { pitch: `${semitones(pitch)}` }),
      ...(temperature !== undefined && { temperature: `${temperature}` }),
    };
    const made = await server.json({ method: 'POST', path: '/api/tts-generate', form }, generatedSchema, signal);
    if (made.status !== 'generate-success' || made.output_file_url === undefined) {
      throw new RemoteFault('alltalk could not generate', { retryable: true });
    }
    // v1 names itself by the address it knows of, which need not be the one that leads to it.
    const { pathname } = new URL(made.output_file_url, 'http://alltalk');
    return server.open({ path: pathname }, signal);
  }
}

/** AllTalk's pitch is a whole number. */
const semitones = (factor: number): number => Math.round(12 * Math.log2(factor));

/** Piper's and VITS's voices have one language, which stands in their names: `ru_RU-irina-medium.onnx`. */
function speaks({ id, language }: Voice): boolean {
  const own = /^([a-z]{2})_[A-Z]{2}-/.exec(id)?.[1] ?? /^tts_models--([a-z]{2})--/.exec(id)?.[1];
  return own === undefined || own === language;
}
