import type { CropMatrix } from '../types.ts';

/** A square region of a picture that may be turned: centre and side in pixels, angle clockwise in radians. */
export interface Roi {
  x: number;
  y: number;
  side: number;
  angle: number;
}

/** A point in pixels of the picture. */
export interface Point {
  x: number;
  y: number;
}

/** How much wider than the face the mesh network wants to see it (MediaPipe's face_landmark graphs). */
export const MESH_MARGIN = 1.5;

/** Unit square → picture pixels. */
export function roiMatrix({ x, y, side, angle }: Roi): CropMatrix {
  const a = side * Math.cos(angle);
  const c = side * Math.sin(angle);
  return [a, -c, x - (a - c) / 2, c, a, y - (c + a) / 2];
}

/** Where `(u, v)` of the matrix's unit square lies in the picture. */
export function applyMatrix([a, b, tx, c, d, ty]: CropMatrix, u: number, v: number): Point {
  return { x: a * u + b * v + tx, y: c * u + d * v + ty };
}

/** Direction from one point to the other, clockwise from "to the right", radians. */
export const angleOf = (from: Point, to: Point): number => Math.atan2(to.y - from.y, to.x - from.x);

/** The upright square around all `points` as seen along the eyes, with the mesh network's margin. */
export function roiAround(points: readonly Point[], rightEye: Point, leftEye: Point): Roi {
  const angle = angleOf(rightEye, leftEye);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const along = points.map(({ x, y }) => x * cos + y * sin);
  const across = points.map(({ x, y }) => y * cos - x * sin);
  const [left, right] = [Math.min(...along), Math.max(...along)];
  const [top, bottom] = [Math.min(...across), Math.max(...across)];
  const [u, v] = [(left + right) / 2, (top + bottom) / 2];
  const side = Math.max(right - left, bottom - top) * MESH_MARGIN;
  return { x: u * cos - v * sin, y: u * sin + v * cos, side, angle };
}
