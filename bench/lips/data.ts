import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { z } from 'zod';
import { melSpectrogram } from '../../src/audio/mel.ts';
import { parseWav } from '../../src/audio/wav.ts';
import { BootError } from '../../src/errors.ts';
import { LANGUAGES, type Mel } from '../../src/types.ts';
import { PARAMETERS } from './contract.ts';
import { readNpy } from './npy.ts';

export const FOLDER = 'training/runs/evaluation';

const utteranceSchema = z.object({
  id: z.string(),
  voice: z.string(),
  language: z.enum(LANGUAGES),
  sentence: z.string(),
  text: z.string(),
  frames: z.int().positive(),
  /** Start and end in seconds, IPA, viseme. */
  phones: z.array(z.tuple([z.number(), z.number(), z.string(), z.string()])),
});
const parameters = z.array(z.number()).length(PARAMETERS);
const facts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const speechSchema = z.object({ vowels: z.array(z.string()), utterances: z.array(utteranceSchema) });
const headsSchema = z.object({
  size: z.int(),
  /** Held-out heads: picture 0 at rest, then one for each of `poses`. */
  heads: z.array(
    z.object({ seed: z.int(), facts, poses: z.array(z.object({ name: z.string(), params: parameters })) }),
  ),
  /** Heads saying a whole utterance: picture 0 at rest, then one for each video frame. */
  sequences: z.array(z.object({ seed: z.int(), facts, utterance: z.string() })),
});

export type Utterance = z.output<typeof utteranceSchema>;
export type Head = z.output<typeof headsSchema>['heads'][number];
export type Sequence = z.output<typeof headsSchema>['sequences'][number];

/** What `python3 -m training.evaluation.prepare` made. */
export interface EvaluationData {
  vowels: ReadonlySet<string>;
  utterances: Utterance[];
  /** Side of the heads' pictures, pixels. */
  size: number;
  heads: Head[];
  sequences: Sequence[];
}

/** Opens the prepared data; what is not there yet is prepared first. Throws `BootError` naming what that needs. */
export async function openData(python: string): Promise<EvaluationData> {
  if (!existsSync(join(FOLDER, 'speech.json')) || !existsSync(join(FOLDER, 'heads.json'))) prepare(python);
  const speech = speechSchema.parse(JSON.parse(await readFile(join(FOLDER, 'speech.json'), 'utf8')));
  const heads = headsSchema.parse(JSON.parse(await readFile(join(FOLDER, 'heads.json'), 'utf8')));
  return { ...heads, vowels: new Set(speech.vowels), utterances: speech.utterances };
}

function prepare(python: string): void {
  const { status, error } = spawnSync(python, ['-m', 'training.evaluation.prepare'], { stdio: 'inherit' });
  if (status === 0) return;
  throw new BootError(
    `The evaluation's data could not be prepared${error ? ` (${error.message})` : ''}: see the message above. It needs ` +
      'python3-numpy, python3-scipy, python3-opencv, python3-onnx, gcc, libespeak-ng1, flite, festival, festvox-ru and ' +
      'festvox-us-slt-hts (Debian), and MAKEHUMAN_DIR, the folder of MakeHuman’s CC0 mesh (training/README.md).',
  );
}

/** 16 kHz sound of an utterance and its mel. */
export async function soundOf({ id }: Utterance): Promise<{ pcm: Int16Array; mel: Mel }> {
  const { pcm } = parseWav(await readFile(join(FOLDER, 'speech', `${id}.wav`)));
  return { pcm, mel: melSpectrogram(pcm) };
}

/** The true parameters of each video frame, seven in a row. */
export async function truthOf({ id }: Utterance): Promise<Float32Array> {
  const { data } = await readNpy(join(FOLDER, 'speech', `${id}.npy`));
  return Float32Array.from(data);
}

/** Pictures one above the other in a PNG, as separate buffers of `size`×`size` pixels. */
export async function readStrip(path: string, size: number): Promise<Uint8Array[]> {
  const { data, info } = await sharp(join(FOLDER, path), { limitInputPixels: false })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const bytes = size * size * info.channels;
  return Array.from(
    { length: info.height / size },
    (_, i) => new Uint8Array(data.subarray(i * bytes, (i + 1) * bytes)),
  );
}
