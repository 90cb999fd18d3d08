import { join } from 'node:path';
import type { FaceCrop, Frame } from '../types.ts';
import { cropPoses, type Framing, poseMatrix, smoothPoses } from './align.ts';
import type { Avatar } from './avatar.ts';
import { awake } from './awake.ts';
import { openFolder } from './cache.ts';
import { cropFrame } from './crop.ts';
import { drawnFrom } from './drawn-from.ts';
import { faceBox } from './face-box.ts';
import { type Footage, idlePath, openFootage, type PreparedAvatar, posterPath } from './footage.ts';
import { readAvatarSource } from './manifest.ts';
import { drawMasks } from './mask.ts';
import { isOpen, openMouths, restFrame } from './mouth.ts';
import { padCrop } from './pads.ts';
import { type PrepareOptions, prepareAvatar } from './prepare.ts';
import { readPrepared } from './prepared.ts';
import { findScreen } from './screen.ts';

export interface LoadOptions extends Omit<PrepareOptions, 'cacheDir'> {
  /** Where everything found out about the avatar is kept; `.cache` in its folder when absent. */
  cacheDir?: string;
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
    (await readPrepared(source, cacheDir, { viewer: options, log, signal })) ??
    (await prepareAvatar(source, { ...options, cacheDir }));
  const one = { source, prepared, cacheDir };
  const avatar = frameAvatar(one, await openFootage(one, { decode, log, signal }), framing);
  const ms = Math.round(performance.now() - started);
  log.info({ avatar: source.id, frames: avatar.frames.length, ms }, 'avatar loaded');
  return avatar;
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
  const mouthOpen = openMouths(faces, circular);
  return {
    ...{ id: source.id, name: source.name, width, height, frames, crops },
    ...{ mouthOpen, drawnFrom: drawnFrom({ faces, crops, open: mouthOpen }), rest: restOf(faces, mouthOpen) },
    masks: drawMasks(placed, { window: framing.window, circular }),
    face: faceBox(faces),
    screen: findScreen(frames[0]!),
    posterPath: posterPath({ source, prepared, cacheDir }),
    idlePath: idlePath({ source, prepared, cacheDir }),
    reference: cachedCrops(frames, crops),
  };
}

/** The first frame that will do, which mostly is the first of all, or the most closed mouth. */
function restOf(faces: Footage['faces'], mouthOpen: readonly boolean[]): Avatar['rest'] {
  const looking = awake(faces);
  const first = looking.findIndex((open, index) => open && !mouthOpen[index]);
  const frame = first < 0 ? restFrame(faces) : first;
  const face = faces[frame];
  return { frame, open: face !== undefined && isOpen(face) };
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
