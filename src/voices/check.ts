import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OnnxFileError, readOnnxMetadata } from './onnx-metadata.ts';
import { faultInTokens } from './tokens.ts';
import type { VoiceDescription } from './voice.ts';

/** Metadata without which sherpa-onnx ends the process, by the file that needs it. */
const METADATA: Record<VoiceDescription['kind'], Readonly<Record<string, readonly string[]>>> = {
  vits: { model: ['sample_rate', 'n_speakers', 'language', 'comment'] },
  matcha: { acousticModel: ['sample_rate', 'n_speakers'], vocoder: [] },
  kokoro: { model: ['sample_rate', 'n_speakers', 'has_espeak', 'style_dim'] },
  supertonic: { durationPredictor: [], textEncoder: [], vectorEstimator: [], vocoder: [] },
};
const NUMBERS = new Set(['sample_rate', 'n_speakers', 'has_espeak']);
/** Padding, beginning and end, which Piper's phonemes are put between. */
const PIPER_TOKENS = ['_', '^', '$'];
const BYTES_PER_FLOAT = 4;

/** The first thing that is wrong with a voice's files: sherpa-onnx answers most of them with `exit(-1)`. */
export async function faultInFiles(dir: string, voice: VoiceDescription): Promise<string | undefined> {
  const files: Readonly<Record<string, string | undefined>> = voice.files;
  for (const name of Object.values(files)) {
    if (name === undefined) continue;
    const found = await stat(join(dir, name)).catch(() => undefined);
    if (!found?.isFile()) return `${name} is missing`;
    if (found.size === 0) return `${name} is empty`;
  }
  let comment = '';
  for (const [role, keys] of Object.entries(METADATA[voice.kind])) {
    const name = files[role]!;
    try {
      const metadata = await readOnnxMetadata(join(dir, name));
      const fault = faultInMetadata(metadata, keys, voice) ?? (await faultInStyles(dir, voice, metadata));
      if (fault) return `${name}: ${fault}`;
      comment += metadata.get('comment') ?? '';
      if (voice.kind === 'vits' && !voice.espeak && !voice.files.lexicon && metadata.get('frontend') !== 'characters') {
        return `${name} needs espeak-ng or a lexicon`;
      }
    } catch (error) {
      if (error instanceof OnnxFileError) return `${name} is not usable: ${error.message}`;
      throw error;
    }
  }
  if (voice.kind === 'supertonic') return undefined;
  const fault = faultInTokens(await readFile(join(dir, voice.files.tokens), 'utf8'), {
    characters: voice.files.lexicon === undefined,
    required: comment.includes('piper') ? PIPER_TOKENS : [],
  });
  return fault && `${voice.files.tokens} is not usable: ${fault}`;
}

function faultInMetadata(
  metadata: ReadonlyMap<string, string>,
  keys: readonly string[],
  voice: VoiceDescription,
): string | undefined {
  for (const key of keys) {
    const value = metadata.get(key);
    if (value === undefined) return `its metadata lack "${key}"`;
    if (NUMBERS.has(key) && !/^\d+$/.test(value)) return `its metadata say ${key}="${value}", which is no number`;
  }
  const rate = metadata.get('sample_rate');
  if (rate !== undefined && Number(rate) !== voice.sampleRate)
    return `it speaks at ${rate} Hz, not ${voice.sampleRate}`;
  // MMS and old icefall exports say 0 where they mean one.
  const speakers = metadata.get('n_speakers');
  if (speakers !== undefined && Math.max(1, Number(speakers)) < voice.speakers.length) {
    return `it has ${speakers} speakers, not ${voice.speakers.length}`;
  }
  return undefined;
}

/** Kokoro's speakers lie in a file of their own, whose size follows from the network's metadata. */
async function faultInStyles(
  dir: string,
  voice: VoiceDescription,
  metadata: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  if (voice.kind !== 'kokoro') return undefined;
  const shape = (metadata.get('style_dim') ?? '').split(',').map(Number);
  if (shape.length !== 3 || shape[1] !== 1) return `its metadata say style_dim="${metadata.get('style_dim')}"`;
  const expected = shape[0]! * shape[2]! * Number(metadata.get('n_speakers')) * BYTES_PER_FLOAT;
  const { size } = await stat(join(dir, voice.files.voices));
  return size === expected ? undefined : `${voice.files.voices} has ${size} bytes instead of ${expected}`;
}
