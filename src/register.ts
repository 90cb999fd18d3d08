import { randomBytes } from 'node:crypto';
import { copyFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { z } from 'zod';
import { bodyTooLarge, SoyleError, toSoyleError } from './errors.ts';
import { isChosenId } from './ids.ts';
import { checkPicture, sniffFile } from './media/decode.ts';
import type { Media } from './media/ffmpeg.ts';
import { probe } from './media/probe.ts';
import type { Container, PictureFormat } from './media/sniff.ts';
import { AVATAR_CHARS, AVATAR_FILE, PLAIN_WORDS, VOICE_GENDERS } from './types.ts';

const PLAIN = 'must hold no control characters';
const words = z.string().min(1).max(AVATAR_CHARS.words).regex(PLAIN_WORDS, PLAIN);

/** What can be said of an avatar by who brings it, whichever way: nothing that `avatar.json` would not take. */
const saidSchema = z.strictObject({
  /** Made up when absent. */
  id: z
    .string()
    .refine(isChosenId, 'must be a-z, 0-9, "-" and "_", a letter or digit first, at most 64 characters')
    .optional(),
  /** For people; the id when absent. */
  name: z.string().min(1).max(AVATAR_CHARS.name).regex(PLAIN_WORDS, PLAIN).optional(),
  /** A point on the face that is meant, pixels of the upright picture. */
  face: z.strictObject({ x: z.number().nonnegative(), y: z.number().nonnegative() }).optional(),
  /** Whether a picture gets a life of its own. */
  idle: z.enum(['alive', 'still']).optional(),
  /** Of the voice that speaks where a request names none. */
  gender: z.enum(VOICE_GENDERS).optional(),
  licence: words.optional(),
  origin: words.optional(),
});
type Said = z.output<typeof saidSchema>;

/** A picture or video that someone sent to become an avatar. */
export interface Upload extends Said {
  /** Where it lies; taken over, and deleted when it is refused. */
  path: string;
  /** The person shown agreed. */
  consent: true;
}

/** What of the library is needed here. */
export interface Place<Facts> {
  draft(): Promise<string>;
  add(id: string, draft: string): Promise<Facts>;
}

/** Endings by what a file is: its own name is not looked at. */
const ENDINGS: Partial<Record<Container | PictureFormat, string>> = {
  ...{ png: 'png', jpeg: 'jpg', webp: 'webp', mov: 'mp4', matroska: 'mkv', gif: 'gif' },
};

/** Each may run a program for seconds, on a file of a stranger. */
const looks = new PQueue({ concurrency: 2 });
const MAX_WAITING = 16;

/**
 * Looks at an upload's beginning and makes an avatar's folder of it, which the library then prepares. Rejects with
 * `invalid_request`, `queue_full`, `file_empty`, `media_unsupported`, `media_damaged`, `media_no_picture`,
 * `picture_too_large`, `body_too_large`, `avatar_exists` or `storage_full`; then nothing of the upload is left.
 */
export async function registerAvatar<Facts>(upload: Upload, place: Place<Facts>, media: Media): Promise<Facts> {
  const { path, consent, ...unchecked } = upload;
  let draft: string | undefined;
  try {
    const { id = `avatar-${randomBytes(5).toString('hex')}`, name = id, ...said } = checked(unchecked);
    const source = `source.${await inTurn(() => endingOf(path, media))}`;
    draft = await place.draft();
    await move(path, join(draft, source));
    const manifest = { name, source, ...said, consent: { given: consent, at: new Date().toISOString() } };
    await writeFile(join(draft, 'avatar.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    return await place.add(id, draft);
  } catch (error) {
    throw toSoyleError(error);
  } finally {
    // What was registered is no longer there.
    await rm(path, { force: true });
    if (draft !== undefined) await rm(draft, { recursive: true, force: true });
  }
}

/** What is said of an upload, checked. Throws `invalid_request`. */
function checked(said: Said): Said {
  const { data, error } = saidSchema.safeParse(said);
  if (data) return data;
  const faults = error.issues.map(
    ({ path, message }) => `${path.map((key) => `"${String(key)}"`).join(' ')}: ${message}`,
  );
  throw new SoyleError('invalid_request', { detail: faults.join('; ') });
}

/** A few at a time, however many are sent at once. Rejects with `queue_full`. */
function inTurn<T>(look: () => Promise<T>): Promise<T> {
  if (looks.size >= MAX_WAITING) throw new SoyleError('queue_full');
  return looks.add(look);
}

/** What kind of file it really is, as the ending of its name. Cheap: only the beginning is looked at. */
async function endingOf(path: string, media: Media): Promise<string> {
  const { size } = await stat(path);
  if (size === 0) throw new SoyleError('file_empty');
  const found = await sniffFile(path);
  const ending = found && ENDINGS[found.kind === 'picture' ? found.format : found.container];
  if (!ending) throw new SoyleError('media_unsupported');
  if (found.kind === 'picture') {
    if (size > AVATAR_FILE.pictureBytes) throw bodyTooLarge(AVATAR_FILE.pictureBytes);
    await checkPicture(path);
  } else if (!(await probe(media, path, found.container)).video) {
    throw new SoyleError('media_no_picture');
  }
  return ending;
}

/** Renames, or copies where that is another file system. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyFile(from, to);
  }
}
