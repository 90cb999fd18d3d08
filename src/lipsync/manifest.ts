import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { BootError } from '../errors.ts';
import { isChosenId } from '../ids.ts';

/**
 * The framing of the public Wav2Lip code: an S3FD face box with 10 pixels more below, squeezed into a square. An
 * estimate, not measured on those weights: the mean of six examples that documentation of detectors trained on WIDER
 * FACE, as S3FD is, prints with box and landmarks (eyes .40 ± .03, mouth .76 ± .04, aspect 1.36), and the 10 pixels on
 * a face 250 pixels high. The chin then lies at the crop's lower edge.
 */
const FACE_BOX = { eyes: 0.385, mouth: 0.735, aspect: 1.4 };

/** Where a face lies in the model's crop. */
const framingSchema = z
  .strictObject({
    /** v of the line through the eyes, 0 (top) … 1. */
    eyes: z.number().min(0).max(1),
    /** v of the line where the lips meet. */
    mouth: z.number().min(0).max(1),
    /** Height of the cut region over its width. */
    aspect: z.number().min(0.5).max(3),
  })
  .refine(({ eyes, mouth }) => mouth - eyes > 0.1, 'the mouth must lie well below the eyes');

/** What a lips model's ONNX file cannot say of itself. */
const entrySchema = z.strictObject({
  id: z.string().refine(isChosenId, 'must match ^[a-z0-9][a-z0-9_-]{0,63}$'),
  kind: z.enum(['wav2lip']),
  /** Path inside the models folder. */
  file: z.string().min(1),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Where the file can be had when it is not in the repository. */
  url: z.url().optional(),
  licence: z.string().min(1),
  /** Columns (12.5 ms) added to the start of the mel window of a video frame. */
  melOffset: z.int().min(-16).max(16).default(0),
  /** The crop's margins around the face; a face detector's box when absent. */
  framing: framingSchema.default(FACE_BOX),
  /** Side of the crop, pixels, for files whose own shape leaves it open. */
  size: z.int().min(32).max(1024).optional(),
  note: z.string().optional(),
});

export type LipsModelEntry = z.output<typeof entrySchema>;

const manifestSchema = z.strictObject({ models: z.array(entrySchema) });

/** Reads one entry of `models/manifest.json` and checks its file. Throws `BootError` naming what to mend. */
export async function readLipsModel(modelsDir: string, id: string): Promise<LipsModelEntry & { path: string }> {
  const manifestPath = join(modelsDir, 'manifest.json');
  const manifest = await readManifest(manifestPath);
  const found = manifest.models.find((entry) => entry.id === id);
  if (!found) {
    const known = manifest.models.map((entry) => entry.id).join(', ') || 'none';
    throw new BootError(
      `Lips model "${id}" is not in ${manifestPath} (there is: ${known}); set LIPS_MODEL to one of them.`,
    );
  }
  const path = resolve(modelsDir, found.file);
  if (!path.startsWith(resolve(modelsDir) + sep)) {
    throw new BootError(`${manifestPath}: file "${found.file}" lies outside the models folder.`);
  }
  await checkFile(path, found);
  return { ...found, path };
}

async function readManifest(path: string): Promise<z.output<typeof manifestSchema>> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new BootError(`Cannot read the list of lips models ${path}: ${reason}`, error);
  }
}

async function checkFile(path: string, entry: LipsModelEntry): Promise<void> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const cure = entry.url ? `Fetch it from ${entry.url}.` : 'Restore it from the repository.';
    throw new BootError(`Lips model "${entry.id}": cannot read ${path}. ${cure}`, error);
  }
  if (!entry.sha256) return;
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== entry.sha256) {
    throw new BootError(`Lips model "${entry.id}": ${path} is damaged or another version (sha256 ${actual}).`);
  }
}
