import type { FaceFinder } from '../../src/avatar/face.ts';
import { type FaceLandmarks, LANDMARK, landmark } from '../../src/avatar/mesh.ts';
import { i420ToRgb } from '../../src/media/colour.ts';
import type { Frame } from '../../src/types.ts';

/** Inner lips nearer than this share of the mouth's width are closed. */
export const CLOSED = 0.08;

/** Distance between the inner lips over the distance between the mouth's corners, in a picture plane. */
export function lipGap(face: FaceLandmarks): number {
  const across = (a: number, b: number): number => {
    const [from, to] = [landmark(face, a), landmark(face, b)];
    return Math.hypot(to.x - from.x, to.y - from.y);
  };
  const { upperLipInner, lowerLipInner, mouthRight, mouthLeft } = LANDMARK;
  return across(upperLipInner, lowerLipInner) / across(mouthRight, mouthLeft);
}

/** `lipGap` in a frame of a sitter whose head stays where it was; NaN where the face is lost. */
export async function gapIn(frame: Frame, still: FaceLandmarks, finder: FaceFinder): Promise<number> {
  const { width, height, data } = frame;
  const [face] = await finder.find({ width, height, data: i420ToRgb(data, width, height) }, { previous: still });
  return face ? lipGap(face) : Number.NaN;
}
