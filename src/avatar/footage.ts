import { join } from 'node:path';
import { BootError } from '../errors.ts';
import type { Log } from '../log.ts';
import { FPS, type Frame } from '../types.ts';
import { readLandmarks } from './cache.ts';
import { MAX_PIXELS, MAX_SIDE, type MediaDecoder } from './decode.ts';
import type { AvatarSource } from './manifest.ts';
import type { FaceLandmarks } from './mesh.ts';
import type { Prepared } from './prepared.ts';

/** An avatar's frames and the face in each: what all its framings have in common. */
export interface Footage {
  frames: readonly Frame[];
  faces: readonly (FaceLandmarks | undefined)[];
}

/** What belongs together once an avatar has been prepared. */
export interface PreparedAvatar {
  source: AvatarSource;
  prepared: Prepared;
  cacheDir: string;
}

/** Decodes a prepared avatar's loop. Throws `BootError` when that is no longer what was prepared. */
export async function openFootage(
  { source, prepared, cacheDir }: PreparedAvatar,
  { decode, log, signal }: { decode: MediaDecoder; log: Log; signal?: AbortSignal },
): Promise<Footage> {
  const { width, height, loop } = prepared;
  const pictures = loop
    ? await decode.decodeFrames(
        loop === 'source' ? source.path : join(cacheDir, loop),
        { fps: FPS, maxSide: Math.max(width, height), maxFrames: prepared.frames, same: prepared.same },
        signal,
      )
    : await stillOf(source, prepared, decode);
  const faces = await readLandmarks(join(cacheDir, prepared.faces), prepared.frames, log);
  const asPrepared =
    pictures.width === width && pictures.height === height && pictures.frames.length === prepared.frames;
  if (!faces || !asPrepared) {
    throw new BootError(`What was prepared of avatar ${source.id} is damaged: delete ${cacheDir}, it is made anew.`);
  }
  const frames = pictures.frames.map((data): Frame => ({ width, height, data }));
  // Frames that show the same are one object, as they were when the loop was made.
  return { frames: prepared.same?.map((index) => frames[index]!) ?? frames, faces };
}

async function stillOf({ kind, path }: AvatarSource, prepared: Prepared, decode: MediaDecoder) {
  if (kind === 'video') {
    const { still = 0 } = prepared;
    const maxSide = Math.max(prepared.width, prepared.height);
    // Those before it are decoded on the way, and none of them is kept but the first.
    const same = Array.from({ length: still + 1 }, (_, i) => (i < still ? 0 : i));
    const { frames, ...size } = await decode.decodeFrames(path, { fps: FPS, maxSide, maxFrames: still + 1, same });
    return { ...size, frames: frames.slice(still) };
  }
  const limits = { maxSide: MAX_SIDE, maxPixels: MAX_PIXELS.still };
  const { width, height, i420 } = await decode.decodePicture(path, limits);
  return { width, height, frames: [i420] };
}

export const posterPath = ({ source, prepared, cacheDir }: PreparedAvatar): string =>
  source.posterPath ?? join(cacheDir, prepared.poster);

/** The loop as an MP4; absent for a still picture. */
export const idlePath = ({ source, prepared: { loop }, cacheDir }: PreparedAvatar): string | undefined =>
  loop && (loop === 'source' ? source.path : join(cacheDir, loop));
