import { randomBytes } from 'node:crypto';
import { copyFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SoyleError, toSoyleError } from './errors.ts';
import { checkPicture, sniffFile } from './media/decode.ts';
import type { Media } from './media/ffmpeg.ts';
import { probe } from './media/probe.ts';
import type { Container, PictureFormat } from './media/sniff.ts';

/** A picture or video that someone sent to become an avatar. */
export interface Upload {
  /** Where it lies; taken over, and deleted when it is refused. */
  path: string;
  /** `^[a-z0-9][a-z0-9_-]{0,63}$`; made up when absent. */
  id?: string;
  /** For people; the id when absent. */
  name?: string;
  /** A point on the face that is meant, pixels of the upright picture. */
  face?: { x: number; y: number };
  /** Whether a picture gets a life of its own. */
  idle?: 'alive' | 'still';
  licence?: string;
  origin?: string;
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
const MEBIBYTE = 2 ** 20;
/** A larger picture file than any camera makes. */
const MAX_PICTURE_BYTES = 30 * MEBIBYTE;

/**
 * Looks at an upload's beginning and makes an avatar's folder of it, which the library then prepares. Rejects with
 * `media_unsupported`, `media_damaged`, `media_no_picture`, `picture_too_large`, `body_too_large`,
 * `avatar_exists` or `storage_full`; then nothing of the upload is left.
 */
export async function registerAvatar<Facts>(upload: Upload, place: Place<Facts>, media: Media): Promise<Facts> {
  const { path, id = `avatar-${randomBytes(5).toString('hex')}`, name = id, consent, ...said } = upload;
  let draft: string | undefined;
  try {
    const source = `source.${await endingOf(path, media)}`;
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

/** What kind of file it really is, as the ending of its name. Cheap: only the beginning is looked at. */
async function endingOf(path: string, media: Media): Promise<string> {
  const found = await sniffFile(path);
  const ending = found && ENDINGS[found.kind === 'picture' ? found.format : found.container];
  if (!ending) throw new SoyleError('media_unsupported');
  if (found.kind === 'picture') {
    const { size } = await stat(path);
    if (size > MAX_PICTURE_BYTES) throw new SoyleError('body_too_large', { limit: MAX_PICTURE_BYTES });
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
