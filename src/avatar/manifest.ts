import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { z } from 'zod';
import { BootError } from '../errors.ts';
import { isChosenId } from '../ids.ts';
import { AVATAR_CHARS, AVATAR_FILE, FACE_POINT, facePoint, PLAIN_WORDS, VOICE_GENDERS } from '../types.ts';
import {
  emptyFile,
  MANIFEST,
  misdescribed,
  missingFile,
  noFile,
  notAnId,
  nothingToShow,
  otherKind,
  PICTURES,
  pictureTooHeavy,
  severalCandidates,
  unreadable,
  VIDEOS,
} from './manifest-faults.ts';

/** Of a video only the beginning is looked at; how large one may be that is uploaded `MAX_UPLOAD_BYTES` says. */
const MAX_BYTES = { picture: AVATAR_FILE.pictureBytes, video: Number.POSITIVE_INFINITY };

/** Of a file beside avatar.json. */
const fileName = z.string().regex(/^[^./\\\0][^/\\\0]*$/);

/** `avatar.json`, in which every key can be left out; a folder with nothing but one picture or one video needs none. */
const manifestSchema = z.strictObject({
  /** The folder's name when absent. */
  id: z.string().refine(isChosenId).optional(),
  /** For people; the folder's name when absent. */
  name: z.string().min(1).max(AVATAR_CHARS.name).regex(PLAIN_WORDS).optional(),
  /** Picture or video of the avatar; the folder's only one when absent. */
  source: fileName.optional(),
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
  face: z
    .strictObject({ x: z.number().nonnegative(), y: z.number().nonnegative() })
    .or(z.string().regex(FACE_POINT).transform(facePoint))
    .optional(),
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
  extends Pick<Manifest, 'loop' | 'idle' | 'face' | 'gender' | 'licence' | 'origin' | 'bundled' | 'consent'> {
  id: string;
  name: string;
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
  const {
    source,
    poster,
    id = folder,
    name = folder,
    ...said
  } = names.includes(MANIFEST) ? await readManifest(join(dir, MANIFEST)) : manifestSchema.parse({});
  if (!isChosenId(id)) throw notAnId(dir, id);
  const shown = source === undefined ? onlyCandidate(dir, names, poster) : { source, poster };
  const kind = PICTURES.includes(extension(shown.source)) ? 'picture' : 'video';
  const path = await checkFile(dir, shown.source, [...PICTURES, ...VIDEOS], MAX_BYTES[kind]);
  const posterPath = shown.poster && (await checkFile(dir, shown.poster, PICTURES, MAX_BYTES.picture));
  return { ...said, id, name, kind, path, posterPath };
}

/** The avatars in a folder of avatars that could be used, by id: their names are ids, their folders hold what it takes. */
export async function usableIds(dir: string): Promise<string[]> {
  const ids = (await readdir(dir)).filter(isChosenId).sort();
  const sources = await Promise.all(ids.map((id) => readAvatarSource(join(dir, id)).catch(() => undefined)));
  return ids.filter((_, i) => sources[i] !== undefined);
}

async function readManifest(path: string): Promise<Manifest> {
  const parsed = manifestSchema.safeParse(await readJson(path));
  if (!parsed.success) throw misdescribed(path, parsed.error);
  return parsed.data;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** One video, with its poster or the one picture beside it as that; or one picture. */
function onlyCandidate(
  dir: string,
  names: readonly string[],
  poster: string | undefined,
): { source: string; poster: string | undefined } {
  const visible = names.filter((name) => !name.startsWith('.') && name !== poster).sort();
  const videos = visible.filter((name) => VIDEOS.includes(extension(name)));
  const pictures = visible.filter((name) => PICTURES.includes(extension(name)));
  const candidates = videos.length > 0 ? videos : pictures;
  const [source] = candidates;
  if (!source) throw nothingToShow(dir);
  if (candidates.length > 1) throw severalCandidates(dir, candidates);
  const beside = videos.length > 0 && pictures.length === 1 ? pictures[0] : undefined;
  return { source, poster: poster ?? beside };
}

async function checkFile(dir: string, name: string, allowed: readonly string[], maxBytes: number): Promise<string> {
  const path = join(dir, name);
  if (!allowed.includes(extension(name))) throw otherKind(path, allowed);
  const stats = await stat(path).catch((error) => {
    throw missingFile(path, error);
  });
  if (!stats.isFile()) throw noFile(path);
  if (stats.size === 0) throw emptyFile(path);
  if (stats.size > maxBytes) throw pictureTooHeavy(path);
  return path;
}

const extension = (name: string): string => extname(name).toLowerCase();
