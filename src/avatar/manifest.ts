import type { Stats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { z } from 'zod';
import { BootError } from '../errors.ts';
import { isChosenId } from '../ids.ts';
import { AVATAR_CHARS, AVATAR_FILE, VOICE_GENDERS } from '../types.ts';

export const MANIFEST = 'avatar.json';
const PICTURES = ['.png', '.jpg', '.jpeg', '.webp'];
const VIDEOS = ['.mp4', '.mov', '.webm', '.mkv', '.gif'];
/** Of a video only the beginning is looked at; how large one may be that is uploaded `MAX_UPLOAD_BYTES` says. */
const MAX_BYTES = { picture: AVATAR_FILE.pictureBytes, video: Number.POSITIVE_INFINITY };

const fileName = z.string().regex(/^[^./\\\0][^/\\\0]*$/, 'must be the name of a file beside avatar.json');

/** `avatar.json`; a folder with nothing but one picture or one video needs none. */
const manifestSchema = z.strictObject({
  /** The folder's name when absent. */
  id: z.string().refine(isChosenId, 'must match ^[a-z0-9][a-z0-9_-]{0,63}$').optional(),
  name: z.string().min(1).max(AVATAR_CHARS.name),
  /** Picture or video of the avatar. */
  source: fileName,
  /** Still to show in its place; drawn from the video when absent. */
  poster: fileName.optional(),
  /**
   * `true`: the last frame leads into the first; "pingpong": to and fro; `false`: start over, cut; "best" (the default):
   * the stretch that can be repeated most smoothly is looked for.
   */
  loop: z.union([z.boolean(), z.literal('pingpong'), z.literal('best')]).default('best'),
  /** A picture breathes and blinks, or is still. */
  idle: z.enum(['alive', 'still']).default('alive'),
  /** A point on the face that is meant where there are several, pixels of the upright picture; else the largest. */
  face: z.strictObject({ x: z.number().nonnegative(), y: z.number().nonnegative() }).optional(),
  /** Of the voice that speaks where a request names none. */
  gender: z.enum(VOICE_GENDERS).optional(),
  /** SPDX identifier or a sentence. */
  licence: z.string().min(1).optional(),
  /** Who or what is shown and where it comes from. */
  origin: z.string().min(1).optional(),
  /** Came with the server, and is not to be deleted. */
  bundled: z.boolean().default(false),
  /** Of an avatar that was uploaded: whoever sent it said that the person shown agreed, and when. */
  consent: z.strictObject({ given: z.literal(true), at: z.iso.datetime() }).optional(),
});

type Manifest = z.output<typeof manifestSchema>;

export interface AvatarSource
  extends Pick<Manifest, 'name' | 'loop' | 'idle' | 'face' | 'gender' | 'licence' | 'origin' | 'bundled' | 'consent'> {
  id: string;
  kind: 'picture' | 'video';
  path: string;
  posterPath: string | undefined;
}

/**
 * What an avatar's folder holds, from its `avatar.json` or from its only picture or video. Throws `BootError` naming
 * the folder or file and what to mend.
 */
export async function readAvatarSource(dir: string): Promise<AvatarSource> {
  const names = await readdir(dir).catch((error) => {
    throw new BootError(`Avatar folder ${dir} cannot be read: ${String(error)}`, error);
  });
  const folder = basename(resolve(dir));
  const manifest = names.includes(MANIFEST) ? await readManifest(join(dir, MANIFEST)) : guessManifest(dir, names);
  const id = manifest.id ?? folder;
  if (!isChosenId(id)) {
    throw new BootError(
      `Avatar folder ${dir}: "${id}" cannot be an id; rename it to a-z, 0-9, "-" and "_" (at most 64 characters).`,
    );
  }
  const kind = PICTURES.includes(extension(manifest.source)) ? 'picture' : 'video';
  const path = await checkFile(dir, manifest.source, [...PICTURES, ...VIDEOS], MAX_BYTES[kind]);
  const posterPath = manifest.poster && (await checkFile(dir, manifest.poster, PICTURES, MAX_BYTES.picture));
  const { source: _source, poster: _poster, ...said } = manifest;
  return { ...said, id, kind, path, posterPath };
}

/** The avatars in a folder of avatars that could be used, by id: their names are ids, their folders hold what it takes. */
export async function usableIds(dir: string): Promise<string[]> {
  const ids = (await readdir(dir)).filter(isChosenId).sort();
  const sources = await Promise.all(ids.map((id) => readAvatarSource(join(dir, id)).catch(() => undefined)));
  return ids.filter((_, i) => sources[i] !== undefined);
}

async function readManifest(path: string): Promise<Manifest> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new BootError(`Avatar description ${path} is not usable: ${reason}`, error);
  }
}

/** One video (with one picture as its poster), or one picture. */
function guessManifest(dir: string, names: readonly string[]): Manifest {
  const visible = names.filter((name) => !name.startsWith('.')).sort();
  const videos = visible.filter((name) => VIDEOS.includes(extension(name)));
  const pictures = visible.filter((name) => PICTURES.includes(extension(name)));
  const candidates = videos.length > 0 ? videos : pictures;
  const [source] = candidates;
  if (!source) {
    throw new BootError(
      `Avatar folder ${dir} holds no picture or video: put one there (${[...PICTURES, ...VIDEOS].join(' ')}).`,
    );
  }
  if (candidates.length > 1) {
    throw new BootError(
      `Avatar folder ${dir} holds several candidates (${candidates.join(', ')}); ` +
        `keep one, or name it as "source" in ${MANIFEST}.`,
    );
  }
  const poster = videos.length > 0 && pictures.length === 1 ? pictures[0] : undefined;
  return manifestSchema.parse({ name: basename(resolve(dir)), source, poster });
}

async function checkFile(dir: string, name: string, allowed: readonly string[], maxBytes: number): Promise<string> {
  const path = join(dir, name);
  if (!allowed.includes(extension(name))) {
    throw new BootError(
      `Avatar file ${path} is of no kind that can be used here: convert it to one (${allowed.join(' ')}).`,
    );
  }
  let stats: Stats;
  try {
    stats = await stat(path);
  } catch (error) {
    throw new BootError(`Avatar file ${path} is missing: put it there or correct ${MANIFEST}.`, error);
  }
  if (!stats.isFile()) throw new BootError(`Avatar file ${path} is not a file.`);
  if (stats.size > maxBytes) {
    throw new BootError(`Avatar file ${path} is larger than ${maxBytes / 2 ** 20} MiB; make it smaller.`);
  }
  return path;
}

const extension = (name: string): string => extname(name).toLowerCase();
