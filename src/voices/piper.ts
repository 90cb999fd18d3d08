import { z } from 'zod';
import type { Language } from '../types.ts';
import { writeTokens } from './tokens.ts';
import type { VoiceInput } from './voice.ts';

/** The part of a Piper voice's `.onnx.json` that speaking needs. */
const configSchema = z.object({
  audio: z.object({ sample_rate: z.int() }),
  espeak: z.object({ voice: z.string().min(1) }),
  inference: z.object({ length_scale: z.number().positive() }).default({ length_scale: 1 }),
  /** Voices that take letters instead of phonemes are none that sherpa-onnx's Piper front end reads. */
  phoneme_type: z.literal('espeak').default('espeak'),
  phoneme_id_map: z.record(z.string(), z.array(z.int().min(0)).min(1)),
  num_speakers: z.int().min(1),
  speaker_id_map: z.record(z.string(), z.int().min(0)).default({}),
});

/** What is known of a voice beside its files. */
export interface PiperFacts {
  name: string;
  language: Language;
  licence: string;
  gender?: 'female' | 'male';
  /** Names of the speakers, where the voice's own are not to be shown. */
  speakers?: VoiceInput['speakers'];
}

export interface PiperConversion {
  voice: VoiceInput;
  tokens: string;
  /** What the network's file itself has to say. */
  metadata: Record<string, string>;
}

/** Names of the files in the voice's folder. */
export const PIPER_FILES = { model: 'model.onnx', tokens: 'tokens.txt' } as const;

/**
 * What sherpa-onnx needs and a raw Piper voice lacks: tokens.txt and the network's metadata, both from the voice's own
 * configuration, as sherpa-onnx's `scripts/piper` makes them. Throws `z.ZodError`.
 */
export function convertPiper(json: unknown, facts: PiperFacts): PiperConversion {
  const config = configSchema.parse(json);
  const speakers = facts.speakers ?? namedSpeakers(config.speaker_id_map, config.num_speakers, facts);
  return {
    voice: {
      kind: 'vits',
      name: facts.name,
      languages: [facts.language],
      sampleRate: config.audio.sample_rate,
      speakers,
      licence: facts.licence,
      lengthScale: config.inference.length_scale,
      espeak: true,
      files: PIPER_FILES,
    },
    tokens: writeTokens(config.phoneme_id_map),
    metadata: {
      model_type: 'vits',
      comment: 'piper',
      language: facts.language,
      voice: config.espeak.voice,
      has_espeak: '1',
      add_blank: '1',
      n_speakers: String(config.num_speakers),
      sample_rate: String(config.audio.sample_rate),
    },
  };
}

function namedSpeakers(ids: Record<string, number>, count: number, facts: PiperFacts): VoiceInput['speakers'] {
  if (count === 1) return [{ id: 'default', name: facts.name, gender: facts.gender }];
  const names = new Map(Object.entries(ids).map(([name, number]) => [number, name]));
  return Array.from({ length: count }, (_, number) => {
    const name = names.get(number) ?? `speaker ${number}`;
    return { id: `s${number}`, name: `${facts.name} ${name}` };
  });
}
