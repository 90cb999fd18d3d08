import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../log.ts';
import type { Framing } from './align.ts';
import { CACHE_VERSION, cacheKey, readLandmarks } from './cache.ts';
import type { AvatarSource } from './manifest.ts';
import { reportSchema } from './report.ts';

const FILE = 'prepared.json';

const fileName = z.string().regex(/^[0-9a-f]{32}[a-z0-9.-]*$/);

/** What is kept of an avatar once it has been looked at; file names are of its cache folder. */
const preparedSchema = z.object({
  /** The source as it was: another size or time means that it may have changed, another key that it has. */
  stamp: z.string(),
  key: z.string(),
  width: z.int(),
  height: z.int(),
  /** Played, one round. */
  frames: z.int().min(1),
  /** For each frame of the loop the first that shows the same: those are in memory once. Absent when all differ. */
  same: z.array(z.int()).optional(),
  /** The last frame leads into the first. */
  circular: z.boolean(),
  /** The loop as an MP4, or `source` where the file itself is that; absent for a picture that stays still. */
  loop: fileName.or(z.literal('source')).optional(),
  /** The frame of a video that it is, where it stays still; else the first. */
  still: z.int().optional(),
  faces: fileName,
  poster: fileName,
  preview: fileName,
  report: reportSchema,
  /** What the report was made for, besides the media; another lips model has to judge anew. */
  viewer: z.string().optional(),
});

export type Prepared = z.output<typeof preparedSchema>;

/** The lips model that a report is about: how it wants to see a face, and the side it works at, pixels. */
export interface Viewer {
  framing: Framing;
  modelSize: number;
}

/** As it is stored. Pads are of one request, and no matter of the report. */
export const viewerStamp = ({ framing, modelSize }: Viewer): string =>
  JSON.stringify([framing.eyes, framing.mouth, framing.aspect, framing.centre, framing.window, modelSize]);

/** What the result depends on besides the media's bytes. */
const recipe = ({ kind, loop, idle, face }: AvatarSource): string =>
  JSON.stringify({ VERSION: CACHE_VERSION, kind, loop, idle, face });

/** Names of files made from this source as it is now. */
export const sourceKey = (source: AvatarSource, signal?: AbortSignal): Promise<string> =>
  cacheKey(source.path, recipe(source), signal);

/** Size and time of the source and how it is to be prepared: cheap to compare. */
export async function sourceStamp(source: AvatarSource): Promise<string> {
  const { size, mtimeMs } = await stat(source.path);
  return `${basename(source.path)} ${size} ${Math.floor(mtimeMs)} ${recipe(source)}`;
}

/**
 * What was kept, if it is about the source as it is and its report, where a viewer is named, about that; `undefined` when
 * it has to be prepared.
 */
export async function readPrepared(
  source: AvatarSource,
  cacheDir: string,
  { viewer, log, signal }: { viewer?: Viewer; log: Log; signal?: AbortSignal },
): Promise<Prepared | undefined> {
  const text = await readFile(join(cacheDir, FILE), 'utf8').catch(() => '');
  if (!text) return undefined;
  const stored = preparedSchema.safeParse(jsonOf(text));
  if (!stored.success || !(await filesThere(stored.data, cacheDir))) return undefined;
  if (viewer && stored.data.viewer !== viewerStamp(viewer)) return undefined;
  if (!(await readLandmarks(join(cacheDir, stored.data.faces), stored.data.frames, log))) return undefined;
  const stamp = await sourceStamp(source);
  if (stored.data.stamp === stamp) return stored.data;
  if (stored.data.key !== (await sourceKey(source, signal))) return undefined;
  return { ...stored.data, stamp };
}

/** Stores what `readPrepared` reads, atomically. */
export async function writePrepared(prepared: Prepared, cacheDir: string): Promise<void> {
  const path = join(cacheDir, FILE);
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, JSON.stringify(prepared));
  await rename(temporary, path);
}

/** Has an avatar prepared anew when that is asked next. */
export const forgetPrepared = (cacheDir: string): Promise<void> => rm(join(cacheDir, FILE), { force: true });

async function filesThere({ loop, faces, poster, preview }: Prepared, cacheDir: string): Promise<boolean> {
  const names = [faces, poster, preview, ...(loop && loop !== 'source' ? [loop] : [])];
  const found = await Promise.all(names.map((name) => stat(join(cacheDir, name)).catch(() => undefined)));
  return found.every((one) => one?.isFile());
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
