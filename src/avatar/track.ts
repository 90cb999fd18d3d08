import type { Log } from '../log.ts';
import { i420ToRgb } from '../media/colour.ts';
import type { Frame } from '../types.ts';
import { readLandmarks, writeLandmarks } from './cache.ts';
import type { FaceFinder } from './face.ts';
import type { FaceLandmarks } from './mesh.ts';

/** The largest face of the first frame that shows one, followed from there on; from the cache when it is there. */
export async function trackFace(
  frames: readonly Frame[],
  cachePath: string,
  { finder, log, signal }: { finder: FaceFinder; log: Log; signal?: AbortSignal },
): Promise<(FaceLandmarks | undefined)[]> {
  const cached = await readLandmarks(cachePath, frames.length, log);
  if (cached) return cached;
  const faces: (FaceLandmarks | undefined)[] = [];
  for (const { width, height, data } of frames) {
    const image = { width, height, data: i420ToRgb(data, width, height) };
    const [face] = await finder.find(image, { previous: faces.at(-1), signal });
    faces.push(face);
  }
  await writeLandmarks(cachePath, faces, log);
  return faces;
}
