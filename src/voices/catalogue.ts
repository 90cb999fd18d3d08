import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { BootError } from '../errors.ts';
import { LANGUAGES } from '../types.ts';
import { gender, speaker, voiceId } from './voice.ts';

/** A file of the internet whose size and checksum a public page states: `stated` is that page. */
const remoteFile = z.strictObject({
  url: z.url(),
  /** Bytes. */
  size: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  stated: z.url(),
});

const common = {
  id: voiceId,
  name: z.string().min(1),
  language: z.enum(LANGUAGES),
  gender: gender.optional(),
  /** SPDX name or the maker's words; it allows commercial use. A voice whose licence nobody states has no entry. */
  licence: z
    .string()
    .min(1)
    .refine((licence) => !/^unknown$/i.test(licence), 'must be stated by the makers of the voice'),
  /** Where the licence is stated. */
  licencePage: z.url(),
  /** A sound file to listen to first. */
  sample: z.url().optional(),
  note: z.string().optional(),
};

const entrySchema = z.discriminatedUnion('kind', [
  /** A voice of the Piper collection as it lies there: the network and its configuration. */
  z.strictObject({
    ...common,
    kind: z.literal('piper'),
    files: z.strictObject({ model: remoteFile, config: remoteFile }),
    speakers: z.array(speaker).min(1).optional(),
  }),
  /** Files that sherpa-onnx reads as they are. */
  z.strictObject({
    ...common,
    kind: z.literal('kokoro'),
    files: z.strictObject({ model: remoteFile, voices: remoteFile, tokens: remoteFile }),
    sampleRate: z.int(),
    speakers: z.array(speaker).min(1),
  }),
]);

export type RemoteFile = z.output<typeof remoteFile>;
export type CatalogueEntry = z.output<typeof entrySchema>;

const catalogueSchema = z
  .strictObject({ voices: z.array(entrySchema) })
  .refine(({ voices }) => new Set(voices.map(({ id }) => id)).size === voices.length, 'two voices have the same id');

/** The voices that can be downloaded. Throws `BootError`. */
export async function readCatalogue(path: string): Promise<readonly CatalogueEntry[]> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new BootError(`The list of voices ${path} cannot be read: ${String(error)}`, error);
  }
  const parsed = catalogueSchema.safeParse(json);
  if (!parsed.success)
    throw new BootError(`The list of voices ${path} is not usable:\n${z.prettifyError(parsed.error)}`);
  return parsed.data.voices;
}

/** Bytes that a voice's download has. */
export const downloadSize = ({ files }: CatalogueEntry): number =>
  Object.values(files).reduce((sum, { size }) => sum + size, 0);
