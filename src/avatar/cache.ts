import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Log } from '../log.ts';
import { type FaceLandmarks, LANDMARKS } from './mesh.ts';

/** To be raised when decoding, a network, the loop, a judgement or a layout changes: older caches are then ignored. */
export const CACHE_VERSION = 3;
const DIGEST_BYTES = 32;
/** Score, then the points; a score of 0 stands for "no face in this frame". */
const FLOATS = 1 + LANDMARKS * 3;

/** Names what a cached result depends on: the bytes of the media and what was done with them. */
export async function cacheKey(path: string, recipe: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256').update(`${CACHE_VERSION}:${recipe}:`);
  await pipeline(createReadStream(path), hash, { signal });
  return hash.digest('hex').slice(0, 32);
}

/** Landmarks of every frame as they were stored; `undefined` when there are none, or none that can be trusted. */
export async function readLandmarks(
  path: string,
  frames: number,
  log: Log,
): Promise<(FaceLandmarks | undefined)[] | undefined> {
  let file: Buffer;
  try {
    file = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log.warn({ path, err: error }, 'avatar cache not readable');
    return undefined;
  }
  const body = file.subarray(DIGEST_BYTES);
  if (body.length !== frames * FLOATS * 4 || !file.subarray(0, DIGEST_BYTES).equals(digest(body))) {
    log.warn({ path }, 'avatar cache is damaged; finding the face anew');
    return undefined;
  }
  const floats = new Float32Array(new Uint8Array(body).buffer);
  return Array.from({ length: frames }, (_, frame) => {
    const at = frame * FLOATS;
    const score = floats[at]!;
    return score > 0 ? { score, points: floats.slice(at + 1, at + FLOATS) } : undefined;
  });
}

/** Stores what `readLandmarks` reads, atomically. Failing to is a warning: the next boot is slower, nothing more. */
export async function writeLandmarks(
  path: string,
  faces: readonly (FaceLandmarks | undefined)[],
  log: Log,
): Promise<void> {
  const floats = new Float32Array(faces.length * FLOATS);
  faces.forEach((face, frame) => {
    if (!face) return;
    floats[frame * FLOATS] = face.score;
    floats.set(face.points, frame * FLOATS + 1);
  });
  const body = new Uint8Array(floats.buffer);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeWhole(path, (target) => writeFile(target, Buffer.concat([digest(body), body])));
  } catch (error) {
    log.warn({ path, err: error }, 'avatar cache not writable; the face will be looked for at every boot');
  }
}

/** Makes that folder, or a new temporary one where nothing can be written; answers which. */
export async function openFolder(dir: string, log: Log): Promise<string> {
  try {
    await mkdir(dir, { recursive: true });
    await access(dir, constants.W_OK);
    return dir;
  } catch (error) {
    const temporary = await mkdtemp(join(tmpdir(), 'soyle-avatar-'));
    log.warn({ dir, temporary, err: error }, 'avatar cache not writable; what belongs there is made at every boot');
    return temporary;
  }
}

/** Has a file written under a temporary name with the same ending, and renames it: it is there whole or not at all. */
export async function writeWhole(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(path), `${randomUUID()}.tmp-${basename(path)}`);
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

const digest = (data: Uint8Array): Buffer => createHash('sha256').update(data).digest();
