import { z } from 'zod';
import { isChosenId } from '../ids.ts';
import { LANGUAGES } from '../types.ts';

/** What a voice's folder says of itself. */
export const VOICE_FILE = 'voice.json';

export const voiceId = z.string().refine(isChosenId, 'must match ^[a-z0-9][a-z0-9_-]{0,63}$');
export const gender = z.enum(['female', 'male']);
/** One of the people in a network. */
export const speaker = z.strictObject({ id: voiceId, name: z.string().min(1), gender: gender.optional() });
/** Name of a file in the voice's own folder. */
const file = z.string().regex(/^[\w+-][\w.+-]*$/, 'must be the name of a file in this folder');

const common = {
  name: z.string().min(1),
  languages: z.array(z.enum(LANGUAGES)).min(1),
  /** Hz, as the network speaks. */
  sampleRate: z.int().min(8000).max(48_000),
  /** In the order of the network's numbers. */
  speakers: z.array(speaker).min(1),
  licence: z.string().min(1),
  /** Duration of every sound over what the network says by itself. */
  lengthScale: z.number().min(0.2).max(5).default(1),
};

/** Networks that sherpa-onnx runs, and the files of each. `espeak` says that text reaches it as espeak-ng's phonemes. */
export const voiceSchema = z.discriminatedUnion('kind', [
  /** VITS: Piper, MMS, Coqui, icefall. */
  z.strictObject({
    ...common,
    kind: z.literal('vits'),
    espeak: z.boolean(),
    files: z.strictObject({ model: file, tokens: file, lexicon: file.optional() }),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('matcha'),
    espeak: z.boolean(),
    files: z.strictObject({ acousticModel: file, vocoder: file, tokens: file, lexicon: file.optional() }),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('kokoro'),
    espeak: z.literal(true),
    files: z.strictObject({ model: file, voices: file, tokens: file, lexicon: file.optional() }),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('supertonic'),
    espeak: z.literal(false),
    files: z.strictObject({
      durationPredictor: file,
      textEncoder: file,
      vectorEstimator: file,
      vocoder: file,
      ttsJson: file,
      unicodeIndexer: file,
      voiceStyle: file,
    }),
  }),
]);

export type VoiceDescription = z.output<typeof voiceSchema>;
/** What is written into a folder; defaults may be left out. */
export type VoiceInput = z.input<typeof voiceSchema>;
