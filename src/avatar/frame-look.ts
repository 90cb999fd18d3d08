import type { CropMatrix, Frame } from '../types.ts';
import { faceBox } from './face-box.ts';
import type { FaceLandmarks } from './mesh.ts';
import { sampleFrame } from './skin.ts';

/** Samples along the picture, and along the square round the face. */
const PICTURE = 32;
const FACE = 48;
/** The square round the face over the face's height: head and collar. */
const MARGIN = 1.6;

/** How a frame looks, shrunk: brightness of the whole picture and, finer, of the head's place in it. */
export type FrameLook = Float32Array;

/** The square in which heads of a clip are compared, standing still so that a moved head counts. */
export function meanLookBox({ width, height }: Frame, faces: readonly (FaceLandmarks | undefined)[]): CropMatrix {
  if (!faces.some(Boolean)) return [width, 0, 0, 0, height, 0];
  const box = faceBox(faces);
  const side = box.height * MARGIN;
  return [side, 0, box.x + (box.width - side) / 2, 0, side, box.y + (box.height - side) / 2];
}

export function lookOf(frame: Frame, box: CropMatrix): FrameLook {
  const look = new Float32Array(PICTURE * PICTURE + FACE * FACE);
  look.set(sampleFrame(frame, 'y', [frame.width, 0, 0, 0, frame.height, 0], PICTURE));
  look.set(sampleFrame(frame, 'y', box, FACE), PICTURE * PICTURE);
  return look;
}

/** Root of the mean squared difference of two looks, 8-bit levels. */
export function lookDistance(a: FrameLook, b: FrameLook): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
  return Math.sqrt(sum / a.length);
}
