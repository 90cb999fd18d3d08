import { extname, join } from 'node:path';
import { BootError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type FaceCrop, FPS, type Frame } from '../types.ts';
import { cropPoses, poseMatrix, smoothPoses } from './align.ts';
import type { Avatar } from './avatar.ts';
import { cacheKey } from './cache.ts';
import { cropFrame } from './crop.ts';
import type { FaceFinder } from './face.ts';
import { type AvatarSource, readAvatarSource } from './manifest.ts';
import { drawMask, type PlacedFace } from './mask.ts';
import { posterOf } from './poster.ts';
import { sequence } from './sequence.ts';
import { trackFace } from './track.ts';

/** Longer side of an avatar, pixels; larger media are scaled down. */
const MAX_SIDE = 1080;
/** Longest video, frames (15 s): all of them stay in memory, 0.8 MB each at 720×720. */
const MAX_FRAMES = 15 * FPS;

/** What of media/decode.ts is needed here. Frames are I420 with even sides, at most `maxSide` long. */
export interface MediaDecoder {
  decodeFrames(
    path: string,
    options: { fps: number; maxSide: number; maxFrames: number },
    signal?: AbortSignal,
  ): Promise<{ width: number; height: number; frames: Uint8Array[] }>;
  decodePicture(
    path: string,
    options: { maxSide: number },
  ): Promise<{ width: number; height: number; i420: Uint8Array }>;
}

export interface LoadOptions {
  finder: FaceFinder;
  decode: MediaDecoder;
  /** Where landmarks found once are kept; `.cache` in the avatar's folder when absent. */
  cacheDir?: string;
  log: Log;
  signal?: AbortSignal;
}

/**
 * Reads an avatar's folder, decodes its picture or video, finds the face in every frame and frames it steadily.
 * Throws `BootError` naming the file when the folder or media cannot be used or no frame shows a face.
 */
export async function loadAvatar(dir: string, options: LoadOptions): Promise<Avatar> {
  const { cacheDir = join(dir, '.cache'), log, signal } = options;
  const started = performance.now();
  const source = await readAvatarSource(dir);
  const key = await cacheKey(source.path, MAX_SIDE, signal);
  const decoded = await decodeSource(source, options);
  const faces = await trackFace(decoded, join(cacheDir, `${key}.landmarks`), options);
  if (!faces.some(Boolean)) {
    throw new BootError(
      `No face found in ${source.path}: use a picture or video with one face, upright, well lit and looking towards ` +
        'the camera, at least a sixteenth of the picture high.',
    );
  }
  const order = sequence(decoded.length, source.loop);
  const poses = smoothPoses(cropPoses(order.map((index) => faces[index])), source.loop !== false);
  const crops = poses.map((pose) => pose && poseMatrix(pose));
  const placed = crops.flatMap((crop, i): PlacedFace[] => {
    const face = faces[order[i]!];
    return crop && face ? [{ crop, face }] : [];
  });
  const frames = order.map((index) => decoded[index]!);
  const posterPath = source.posterPath ?? (await posterOf(source, frames[0]!, join(cacheDir, `${key}.jpg`), log));
  log.info(
    { avatar: source.id, frames: frames.length, faces: placed.length, ms: Math.round(performance.now() - started) },
    'avatar loaded',
  );
  const { width, height } = frames[0]!;
  return {
    id: source.id,
    name: source.name,
    width,
    height,
    frames,
    crops,
    mask: drawMask(placed),
    posterPath,
    idlePath: extname(source.path).toLowerCase() === '.mp4' ? source.path : undefined,
    reference: cachedCrops(frames, crops),
  };
}

async function decodeSource(source: AvatarSource, { decode, signal }: LoadOptions): Promise<Frame[]> {
  const { width, height, frames } = await decodeMedia(source, decode, signal).catch((error) => {
    signal?.throwIfAborted();
    throw new BootError(`Avatar file ${source.path} cannot be decoded: ${String(error)}`, error);
  });
  if (frames.length === 0) throw new BootError(`Avatar file ${source.path} holds no picture.`);
  if (frames.length > MAX_FRAMES) {
    throw new BootError(`Avatar file ${source.path} is longer than ${MAX_FRAMES / FPS} s; cut a shorter piece.`);
  }
  return frames.map((data) => ({ width, height, data }));
}

async function decodeMedia({ kind, path }: AvatarSource, decode: MediaDecoder, signal?: AbortSignal) {
  if (kind === 'video') {
    // One frame more than allowed tells a longer video.
    return decode.decodeFrames(path, { fps: FPS, maxSide: MAX_SIDE, maxFrames: MAX_FRAMES + 1 }, signal);
  }
  const { width, height, i420 } = await decode.decodePicture(path, { maxSide: MAX_SIDE });
  return { width, height, frames: [i420] };
}

function cachedCrops(frames: readonly Frame[], crops: Avatar['crops']): Avatar['reference'] {
  const made = new Map<string, FaceCrop>();
  return (index, size) => {
    const crop = crops[index];
    if (!crop) throw new RangeError(`Frame ${index} of the avatar shows no face`);
    const key = `${size}/${index}`;
    const face = made.get(key) ?? cropFrame(frames[index]!, crop, size);
    made.set(key, face);
    return face;
  };
}
