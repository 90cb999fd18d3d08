import type { CropMatrix } from '../types.ts';
import { invert } from './geometry.ts';
import { type FaceLandmarks, LANDMARK, landmark } from './mesh.ts';
import { applyMatrix, type Point } from './roi.ts';

/** The edge of the jaw from the subject's right cheek over the chin to the left cheek, in FaceMesh's numbering. */
const JAW = [132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361];
/** The outer edge of the lips, all around. */
const LIPS = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185];
/** The middle of the upper lip's edge. */
const UPPER_LIP = 0;
/**
 * At the chin the outline lies this share of the way from nose to chin lower: a wide mouth carries it down by .2, the
 * soft edge does the rest.
 */
const CHIN_DROP = 0.14;
/** The outline ends above this height of the crop, so that the soft edge has room inside, however tight the framing. */
const LOWEST = 0.93;
/** On the cheeks the outline stays this share of the way inside the face's edge, clear of hair; at the chin not at all. */
const INSET = 0.34;
/** The lips are covered with so much around them, in crop sides, also where a turned head's jaw lies close to them. */
const AROUND_LIPS = 0.055;
/** Between nose and lip the mask rises from the one share of the way to the other. */
const RISE = { from: 0.1, to: 0.95 };
/** Of the crop: a shorter way from nose to lip is taken for so long. */
const LEAST_RISE = 0.04;

/** A face and where it was cut from, for one frame. */
export interface PlacedFace {
  face: FaceLandmarks;
  crop: CropMatrix;
}

/** What of a face moves in speech, in the crop's unit square. */
export interface Outline {
  /** Along the jaw, lowered towards the chin, and back across the nose; and around the lips. */
  shapes: readonly [jaw: Point[], lips: Point[]];
  /** Above the first height nothing moves, below the second everything may. */
  rise: { from: number; to: number };
}

/** The outline of the mean of all faces. */
export function outlineOf(faces: readonly PlacedFace[]): Outline {
  const at = (index: number): Point => {
    const sum = { x: 0, y: 0 };
    for (const { face, crop } of faces) {
      const { x, y } = landmark(face, index);
      const point = applyMatrix(invert(crop), x, y);
      sum.x += point.x / faces.length;
      sum.y += point.y / faces.length;
    }
    return sum;
  };
  const nose = at(LANDMARK.noseBase);
  const way = Math.max(LEAST_RISE, at(UPPER_LIP).y - nose.y);
  const rise = { from: nose.y + RISE.from * way, to: nose.y + RISE.to * way };
  return { shapes: [jawOf(JAW.map(at), nose, at(LANDMARK.chin)), widened(LIPS.map(at))], rise };
}

function jawOf(jaw: readonly Point[], nose: Point, chin: Point): Point[] {
  const height = chin.y - nose.y;
  return jaw.map(({ x, y }) => {
    const towardsChin = Math.min(1, Math.max(0, (y - nose.y) / height));
    return {
      x: x + INSET * (1 - towardsChin) * (chin.x - x),
      y: Math.min(LOWEST, Math.max(nose.y - AROUND_LIPS, y + CHIN_DROP * height * towardsChin)),
    };
  });
}

/** All points moved away from their middle. */
function widened(points: readonly Point[]): Point[] {
  const middle = { x: 0, y: 0 };
  for (const { x, y } of points) {
    middle.x += x / points.length;
    middle.y += y / points.length;
  }
  return points.map(({ x, y }) => {
    const [dx, dy] = [x - middle.x, y - middle.y];
    const length = Math.hypot(dx, dy) || 1;
    return { x: x + (AROUND_LIPS * dx) / length, y: Math.min(LOWEST, y + (AROUND_LIPS * dy) / length) };
  });
}

/** The longest way between the points of two outlines. */
export const farthest = (a: Outline, b: Outline): number =>
  Math.max(
    ...a.shapes.flatMap((shape, part) =>
      shape.map(({ x, y }, i) => Math.hypot(x - b.shapes[part]![i]!.x, y - b.shapes[part]![i]!.y)),
    ),
    Math.abs(a.rise.to - b.rise.to),
  );
