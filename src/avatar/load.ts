import { join } from 'node:path';
import { BootError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type FaceCrop, FPS, type Frame } from '../types.ts';
import { cropPoses, type Framing, poseMatrix, smoothPoses } from './align.ts';
import type { Avatar } from './avatar.ts';
import { openFolder, readLandmarks } from './cache.ts';
import { cropFrame } from './crop.ts';
import { MAX_PIXELS, MAX_SIDE, type MediaDecoder } from './decode.ts';
import { faceBox } from './face-box.ts';
import { type AvatarSource, readAvatarSource } from './manifest.ts';
import { drawMasks } from './mask.ts';
import type { FaceLandmarks } from './mesh.ts';
import { openMouths } from './mouth.ts';
import { padCrop } from './pads.ts';
import { type PrepareOptions, prepareAvatar } from './prepare.ts';
import { type Prepared, readPrepared } from './prepared.ts';
import { findScreen } from './screen.ts';

export interface LoadOptions extends Omit<PrepareOptions, 'cacheDir'> {
  /** Where everything found out about the avatar is kept; `.cache` in its folder when absent. */
  cacheDir?: string;
}

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

/**
 * Reads an avatar's folder, prepares it unless that was done before, and frames it. Throws `BootError` naming the file
 * when the folder or media cannot be used or no frame shows a face.
 */
export async function loadAvatar(dir: string, options: LoadOptions): Promise<Avatar> {
  const { framing, decode, log, signal } = options;
  const started = performance.now();
  const source = await readAvatarSource(dir);
  const cacheDir = await openFolder(options.cacheDir ?? join(dir, '.cache'), log);
  const prepared =
    (await readPrepared(source, cacheDir, { log, signal })) ?? (await prepareAvatar(source, { ...options, cacheDir }));
  const one = { source, prepared, cacheDir };
  const avatar = frameAvatar(one, await openFootage(one, { decode, log, signal }), framing);
  const ms = Math.round(performance.now() - started);
  log.info({ avatar: source.id, frames: avatar.frames.length, ms }, 'avatar loaded');
  return avatar;
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
    : await stillOf(source, decode);
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

async function stillOf({ kind, path }: AvatarSource, decode: MediaDecoder) {
  const limits = { maxSide: MAX_SIDE, maxPixels: MAX_PIXELS.still };
  if (kind === 'video')
    return decode.decodeFrames(path, { ...limits, maxPixels: MAX_PIXELS.moving, fps: FPS, maxFrames: 1 });
  const { width, height, i420 } = await decode.decodePicture(path, limits);
  return { width, height, frames: [i420] };
}

/** Footage as a lips model wants to see it. Cheap: the frames are shared. */
export function frameAvatar(
  { source, prepared, cacheDir }: PreparedAvatar,
  { frames, faces }: Footage,
  framing: Framing,
): Avatar {
  const { width, height, circular } = prepared;
  const poses = smoothPoses(cropPoses(faces, framing), circular);
  const crops = poses.map((pose) => pose && padCrop(poseMatrix(pose, framing.aspect), framing.pads));
  const placed = crops.map((crop, index) => {
    const face = faces[index];
    return crop && face && { crop, face };
  });
  return {
    ...{ id: source.id, name: source.name, width, height, frames, crops },
    mouthOpen: openMouths(faces, circular),
    masks: drawMasks(placed, { window: framing.window, circular }),
    face: faceBox(faces),
    screen: findScreen(frames[0]!),
    posterPath: posterPath({ source, prepared, cacheDir }),
    idlePath: idlePath({ source, prepared, cacheDir }),
    reference: cachedCrops(frames, crops),
  };
}

export const posterPath = ({ source, prepared, cacheDir }: PreparedAvatar): string =>
  source.posterPath ?? join(cacheDir, prepared.poster);

/** The loop as an MP4; absent for a still picture. */
export const idlePath = ({ source, prepared: { loop }, cacheDir }: PreparedAvatar): string | undefined =>
  loop && (loop === 'source' ? source.path : join(cacheDir, loop));

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
