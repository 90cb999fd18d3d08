import type { CropMatrix } from '../types.ts';
import { invert } from './geometry.ts';
import { type FaceLandmarks, landmark } from './mesh.ts';
import { isOpen, lipGap, restFrame } from './mouth.ts';
import { applyMatrix, type Point } from './roi.ts';

/** Points that tell how a head is held and that speech leaves alone: eyes, nose, cheekbones, temples. */
const HELD = [33, 133, 362, 263, 1, 4, 6, 168, 50, 280, 234, 454];
/** Heads whose points lie no further apart than this in the mean, in crop sides, are held alike … */
const ALIKE = 0.012;
/** … and so much so, that no closer one need be looked for. */
const SAME = 0.006;
/** Lips count as closed whose gap, over the mouth's width, is larger than the smallest of all by no more than this. */
const HARDLY = 0.02;

export interface DrawnFromOptions {
  faces: readonly (FaceLandmarks | undefined)[];
  /** One per face. */
  crops: readonly (CropMatrix | undefined)[];
  /** Of which frames the own mouth is open, those around them included. */
  open: readonly boolean[];
}

/**
 * For every frame the one from whose crop its mouth is drawn: its own or, where its mouth is open, one with closed lips
 * in which the head is held alike, if there is one. The most closed of all goes before others, and the one of the frame
 * before before that, so that the mouth does not change its looks from frame to frame.
 */
export function drawnFrom({ faces, crops, open }: DrawnFromOptions): number[] {
  if (!open.includes(true)) return [...open.keys()];
  const held = faces.map((face, index) => {
    const crop = crops[index];
    return face && crop ? HELD.map((at) => inCrop(landmark(face, at), crop)) : undefined;
  });
  const rest = restFrame(faces);
  const least = faces[rest] ? lipGap(faces[rest]) : 0;
  const isClosed = (face: FaceLandmarks): boolean => !isOpen(face) && lipGap(face) <= least + HARDLY;
  const closed = [...faces.keys()].filter((index) => held[index] && isClosed(faces[index]!));
  let last: number | undefined;
  return faces.map((_, index) => {
    if (!open[index] || !held[index] || closed.length === 0) {
      last = undefined;
      return index;
    }
    const distance = (one: number): number => apart(held[one]!, held[index]!);
    const first = [last, rest].find((one) => one !== undefined && closed.includes(one) && distance(one) <= SAME);
    last = first ?? closed.reduce((best, one) => (distance(one) < distance(best) ? one : best));
    return distance(last) <= ALIKE ? last : index;
  });
}

function inCrop({ x, y }: Point, crop: CropMatrix): Point {
  return applyMatrix(invert(crop), x, y);
}

const apart = (a: readonly Point[], b: readonly Point[]): number =>
  a.reduce((sum, { x, y }, at) => sum + Math.hypot(x - b[at]!.x, y - b[at]!.y), 0) / a.length;
