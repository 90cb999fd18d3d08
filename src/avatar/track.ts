import type { Log } from '../log.ts';
import { i420ToRgb } from '../media/colour.ts';
import type { Frame } from '../types.ts';
import { readLandmarks, writeLandmarks } from './cache.ts';
import type { FaceFinder } from './face.ts';
import { type LastSeen, place, samePerson } from './follow.ts';
import type { FaceLandmarks } from './mesh.ts';
import type { Point } from './roi.ts';

/** While nobody is in sight small faces, which take long to look for, are looked for in every so manieth frame. */
const THOROUGH_EVERY = 5;

export interface TrackOptions {
  finder: FaceFinder;
  log: Log;
  /** On the face to follow, in pixels of these frames; the largest when absent. Belongs in the cache's name. */
  at?: Point;
  /** Told after every frame how much is done, 0…1. */
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

/**
 * The landmarks of one person in every frame: the picked or largest face of the first frame that shows one, followed
 * from there on and found again after it was hidden, while others are in the picture. From the cache when it is there.
 */
export async function trackFace(
  frames: readonly Frame[],
  cachePath: string,
  { finder, log, at, onProgress, signal }: TrackOptions,
): Promise<(FaceLandmarks | undefined)[]> {
  const cached = await readLandmarks(cachePath, frames.length, log);
  if (cached) return cached;
  const faces: (FaceLandmarks | undefined)[] = [];
  let last: LastSeen | undefined;
  /** Frames since somebody was in sight. */
  let lost = 0;
  let rgb: Uint8Array<ArrayBuffer> | undefined;
  for (const { width, height, data } of frames) {
    // A new one for every frame would pile up faster than it is collected.
    rgb ??= new Uint8Array(width * height * 3);
    const image = { width, height, data: i420ToRgb(data, width, height, 'bt601', rgb) };
    const point = at && last ? place(last.face) : at;
    const coarse = lost % THOROUGH_EVERY !== 0;
    const found = await finder.find(image, { previous: faces.at(-1), at: point, coarse: coarse && !point, signal });
    const face = samePerson(found, last);
    faces.push(face);
    lost = face ? 0 : lost + 1;
    if (face) last = { face, framesAgo: 1 };
    else if (last) last.framesAgo++;
    onProgress?.(faces.length / frames.length);
  }
  await writeLandmarks(cachePath, faces, log);
  return faces;
}
