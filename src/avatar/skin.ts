import type { CropMatrix, Frame } from '../types.ts';
import { type FaceLandmarks, LANDMARK, landmark } from './mesh.ts';
import { angleOf, type Point } from './roi.ts';
import { type Plane, samplePlane } from './warp.ts';

/** Samples along a patch. */
const GRID = 6;
/** Side of a patch over the width of the face. */
const PATCH = 0.06;

/** A small square of skin: mean colour (Y 16…235, U and V around 128) and the spread of its brightness. */
export interface Patch {
  y: number;
  u: number;
  v: number;
  /** Standard deviation of Y. */
  rough: number;
}

/** One of a frame's planes. */
export function planeOf({ width, height, data }: Frame, channel: 'y' | 'u' | 'v'): Plane {
  const luma = width * height;
  const size = channel === 'y' ? { width, height } : { width: width / 2, height: height / 2 };
  return { data, ...size, offset: { y: 0, u: luma, v: luma * 1.25 }[channel], step: 1 };
}

/** Samples of one plane on the `size`×`size` grid of a matrix in pixels of the frame. */
export function sampleFrame(frame: Frame, channel: 'y' | 'u' | 'v', matrix: CropMatrix, size: number): Float32Array {
  const scaled = channel === 'y' ? matrix : (matrix.map((value) => value / 2) as unknown as CropMatrix);
  return samplePlane(planeOf(frame, channel), scaled, size);
}

/** Width of the face between the ears' edges in space, pixels: it stays when the head turns. */
export function faceWidth({ points }: FaceLandmarks): number {
  const [from, to] = [LANDMARK.faceRight * 3, LANDMARK.faceLeft * 3];
  return Math.hypot(
    points[to]! - points[from]!,
    points[to + 1]! - points[from + 1]!,
    points[to + 2]! - points[from + 2]!,
  );
}

/** The patch of skin around a landmark, as the frame shows it. */
export function patchAt(frame: Frame, face: FaceLandmarks, index: number): Patch {
  const side = PATCH * faceWidth(face);
  const { x, y } = landmark(face, index);
  const matrix: CropMatrix = [side, 0, x - side / 2, 0, side, y - side / 2];
  const luma = sampleFrame(frame, 'y', matrix, GRID);
  const mean = average(luma);
  const spread = Math.sqrt(average(luma.map((value) => (value - mean) ** 2)));
  return {
    y: mean,
    u: average(sampleFrame(frame, 'u', matrix, GRID)),
    v: average(sampleFrame(frame, 'v', matrix, GRID)),
    rough: spread,
  };
}

/** Turned with the face, from its forehead to its chin and from ear to ear: unit square → pixels. */
export function faceSquare(face: FaceLandmarks): CropMatrix {
  const [top, chin] = [landmark(face, LANDMARK.forehead), landmark(face, LANDMARK.chin)];
  const [right, left] = [landmark(face, LANDMARK.faceRight), landmark(face, LANDMARK.faceLeft)];
  const angle = angleOf(right, left);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const width = Math.hypot(left.x - right.x, left.y - right.y);
  const height = (chin.y - top.y) * cos - (chin.x - top.x) * sin;
  const middle: Point = { x: (top.x + chin.x + right.x + left.x) / 4, y: (top.y + chin.y + right.y + left.y) / 4 };
  const [a, c, b, d] = [width * cos, width * sin, -height * sin, height * cos];
  return [a, b, middle.x - (a + b) / 2, c, d, middle.y - (c + d) / 2];
}

export const average = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / Math.max(1, values.length);
};
