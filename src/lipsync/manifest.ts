import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BootError } from '../errors.ts';
import { isChosenId } from '../ids.ts';
import { checkedPath } from './model-file.ts';

/**
 * The framing of the public Wav2Lip code: an S3FD face box with 10 pixels more below, squeezed into a square. An
 * estimate, not measured on those weights: the mean of six examples that documentation of detectors trained on WIDER
 * FACE, as S3FD is, prints with box and landmarks (eyes .40 ± .03, mouth .76 ± .04, aspect 1.36), and the 10 pixels on
 * a face 250 pixels high. The chin then lies at the crop's lower edge.
 */
const FACE_BOX = { eyes: 0.385, mouth: 0.735, aspect: 1.4 };
/** Where a `wav2lip` model draws: what such models hide in their input is the lower half; ours begins a little higher. */
const LOWER_FACE = { left: 0.0625, top: 0.36, right: 0.9375, bottom: 1 };
/** Where a `soyle` model draws: rows 64 … 256 and columns 32 … 224 of 256. */
const MOUTH_WINDOW = { left: 0.125, top: 0.25, right: 0.875, bottom: 1 };

const share = z.number().min(0).max(1);

/** Where a face lies in the model's crop, and where the model draws in it. */
const framingWith = (window: typeof LOWER_FACE) =>
  z
    .strictObject({
      /** v of the line through the eyes, 0 (top) … 1. */
      eyes: share,
      /** v of the line where the lips meet. */
      mouth: share,
      /** Height of the cut region over its width. */
      aspect: z.number().min(0.5).max(3),
      /** What lies in the middle between left and right; a turned head's mouth is not in the middle of its face. */
      centre: z.enum(['face', 'mouth']).default('face'),
      /** The model changes pixels only between these shares of the crop. */
      window: z
        .strictObject({ left: share, top: share, right: share, bottom: share })
        .refine(({ left, right, top, bottom }) => left < right && top < bottom, 'the window is empty')
        .default(window),
    })
    .refine(({ eyes, mouth }) => mouth - eyes > 0.1, 'the mouth must lie well below the eyes');

const id = z.string().refine(isChosenId, 'must match ^[a-z0-9][a-z0-9_-]{0,63}$');
const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .optional();
/** Path inside the models folder. */
const file = z.string().min(1);

/** What every model's files cannot say of themselves. */
const common = {
  id,
  /** Where the files can be had when they are not in the repository. */
  url: z.url().optional(),
  licence: z.string().min(1),
  note: z.string().optional(),
};

/** One file with the Wav2Lip contract. */
const wav2lipSchema = z.strictObject({
  ...common,
  kind: z.literal('wav2lip'),
  file,
  sha256,
  /** Columns (12.5 ms) added to the start of the mel window of a video frame. */
  melOffset: z.int().min(-16).max(16).default(0),
  /** The crop's margins around the face; a face detector's box when absent. */
  framing: framingWith(LOWER_FACE).default({ ...FACE_BOX, centre: 'face', window: LOWER_FACE }),
  /** Side of the crop, pixels, for files whose own shape leaves it open. */
  size: z.int().min(32).max(1024).optional(),
});

/** Two networks, sound → mouth parameters and face + parameters → face. */
const soyleSchema = z.strictObject({
  ...common,
  kind: z.literal('soyle'),
  face: file,
  mouth: file,
  /** The mouth network again, with at most 120 ms of look-ahead. */
  mouthStream: file.optional(),
  sha256: z.strictObject({ face: sha256, mouth: sha256, mouthStream: sha256 }).default({}),
  framing: framingWith(MOUTH_WINDOW),
});

const entrySchema = z.discriminatedUnion('kind', [wav2lipSchema, soyleSchema]);
/** A model as the manifest describes it. */
export type ModelEntry = z.output<typeof entrySchema>;

/** An entry of the manifest with the places of its files, which have been checked. */
export type Wav2LipModel = z.output<typeof wav2lipSchema> & { path: string };
export type SoyleModel = z.output<typeof soyleSchema> & {
  paths: { face: string; mouth: string; mouthStream: string | undefined };
};
export type LipsModel = Wav2LipModel | SoyleModel;

const manifestSchema = z.strictObject({
  models: z
    .array(entrySchema)
    .refine((models) => new Set(models.map(({ id }) => id)).size === models.length, 'two models have the same id'),
});

/** Every entry of `models/manifest.json`; their files are not looked at. Throws `BootError` naming what to mend. */
export async function readManifest(modelsDir: string): Promise<ModelEntry[]> {
  const path = manifestPath(modelsDir);
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8'))).models;
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new BootError(`Cannot read the list of lips models ${path}: ${reason}`, error);
  }
}

/** Reads one entry of `models/manifest.json` and checks its files. Throws `BootError` naming what to mend. */
export const readLipsModel = async (modelsDir: string, id: string): Promise<LipsModel> =>
  checkModel(await readManifest(modelsDir), modelsDir, id);

/** The entry of that id, its files checked. Throws `BootError` naming what to mend. */
export async function checkModel(entries: readonly ModelEntry[], modelsDir: string, id: string): Promise<LipsModel> {
  const entry = entries.find((one) => one.id === id);
  if (!entry) {
    const known = entries.map((one) => one.id).join(', ') || 'none';
    throw new BootError(
      `Lips model "${id}" is not in ${manifestPath(modelsDir)} (there is: ${known}); set LIPS_MODEL to one of them.`,
    );
  }
  const check = (name: string, digest?: string): Promise<string> => checkedPath(modelsDir, name, digest, entry);
  if (entry.kind === 'wav2lip') return { ...entry, path: await check(entry.file, entry.sha256) };
  const { face, mouth, mouthStream, sha256 } = entry;
  const paths = {
    face: await check(face, sha256.face),
    mouth: await check(mouth, sha256.mouth),
    mouthStream: mouthStream && (await check(mouthStream, sha256.mouthStream)),
  };
  return { ...entry, paths };
}

/** Where the files that a model is loaded from should be. */
export const filesOf = (entry: ModelEntry, modelsDir: string): string[] =>
  (entry.kind === 'wav2lip' ? [entry.file] : [entry.face, entry.mouth]).map((name) => join(modelsDir, name));

/**
 * Tells a model's files, and how they are fed, from others under the same id, in eight characters: by their digests, or
 * where the manifest has none by size and time.
 */
export async function weightsStamp(model: LipsModel): Promise<string> {
  const files: [string, string | undefined][] =
    model.kind === 'wav2lip'
      ? [[model.path, model.sha256]]
      : [
          [model.paths.face, model.sha256.face],
          [model.paths.mouth, model.sha256.mouth],
        ];
  const stamps = files.map(async ([path, digest]) => {
    if (digest) return digest;
    const { size, mtimeMs } = await stat(path);
    return [size, mtimeMs];
  });
  const said = JSON.stringify([model.framing, await Promise.all(stamps)]);
  return createHash('sha256').update(said).digest('hex').slice(0, 8);
}

const manifestPath = (modelsDir: string): string => join(modelsDir, 'manifest.json');
