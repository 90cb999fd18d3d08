import { join } from 'node:path';
import { BootError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { FaceCrop, Frame } from '../types.ts';
import { cropPoses, type Framing, poseMatrix, smoothPoses } from './align.ts';
import type { Avatar } from './avatar.ts';
import { cacheKey } from './cache.ts';
import { cropFrame } from './crop.ts';
import { decodeSource, MAX_SIDE, type MediaDecoder } from './decode.ts';
import type { FaceFinder } from './face.ts';
import { type EncodeLoop, idleOf } from './idle.ts';
import { readAvatarSource } from './manifest.ts';
import { drawMask, type PlacedFace } from './mask.ts';
import { openMouths } from './mouth.ts';
import { posterOf } from './poster.ts';
import { sequence } from './sequence.ts';
import { trackFace } from './track.ts';

export interface LoadOptions {
  finder: FaceFinder;
  decode: MediaDecoder;
  /** How the lips model wants to see the face. */
  framing: Framing;
  encodeLoop: EncodeLoop;
  /** Where landmarks found once, posters and loops are kept; `.cache` in the avatar's folder when absent. */
  cacheDir?: string;
  log: Log;
  signal?: AbortSignal;
}

/**
 * Reads an avatar's folder, decodes its picture or video, finds the face in every frame and frames it steadily.
 * Throws `BootError` naming the file when the folder or media cannot be used or no frame shows a face.
 */
export async function loadAvatar(dir: string, options: LoadOptions): Promise<Avatar> {
  const { cacheDir = join(dir, '.cache'), decode, framing, log, signal } = options;
  const started = performance.now();
  const source = await readAvatarSource(dir);
  const key = await cacheKey(source.path, MAX_SIDE, signal);
  const decoded = await decodeSource(source, decode, signal);
  const tracked = await trackFace(decoded.frames, join(cacheDir, `${key}.landmarks`), options);
  if (!tracked.some(Boolean)) {
    throw new BootError(
      `No face found in ${source.path}: use a picture or video with one face, upright, well lit and looking towards ` +
        'the camera, at least a sixteenth of the picture high.',
    );
  }
  const order = sequence(decoded.frames.length, source.loop);
  const circular = source.loop !== false;
  const frames = order.map((index) => decoded.frames[index]!);
  const faces = order.map((index) => tracked[index]);
  const poses = smoothPoses(cropPoses(faces, framing), circular);
  const crops = poses.map((pose) => pose && poseMatrix(pose, framing.aspect));
  const placed = crops.flatMap((crop, index): PlacedFace[] => {
    const face = faces[index];
    return crop && face ? [{ crop, face }] : [];
  });
  const { width, height } = frames[0]!;
  const avatar: Avatar = {
    id: source.id,
    name: source.name,
    width,
    height,
    frames,
    crops,
    mouthOpen: openMouths(faces, circular),
    mask: drawMask(placed, framing.window),
    posterPath: source.posterPath ?? (await posterOf(source, frames[0]!, join(cacheDir, `${key}.jpg`), log)),
    idlePath: await idleOf(
      // The same file plays in another order when its manifest says so.
      { source, decoded, frames, path: join(cacheDir, `${key}-${source.loop}-idle.mp4`) },
      options,
    ),
    reference: cachedCrops(frames, crops),
  };
  log.info(
    { avatar: source.id, frames: frames.length, faces: placed.length, ms: Math.round(performance.now() - started) },
    'avatar loaded',
  );
  return avatar;
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
