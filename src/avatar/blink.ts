import type { Frame } from '../types.ts';
import { headAngles } from './angles.ts';
import { type FaceLandmarks, landmark } from './mesh.ts';
import { bicubic } from './resample.ts';
import { angleOf, type Point } from './roi.ts';
import { planeOf } from './skin.ts';
import type { Plane } from './warp.ts';

/** Lid margins and the brow's lower edge from the outer to the inner corner, in FaceMesh's numbering. */
const EYES = [
  {
    upper: [33, 246, 161, 160, 159, 158, 157, 173, 133],
    lower: [33, 7, 163, 144, 145, 153, 154, 155, 133],
    brow: [46, 53, 52, 65, 55],
  },
  {
    upper: [263, 466, 388, 387, 386, 385, 384, 398, 362],
    lower: [263, 249, 390, 373, 374, 380, 381, 382, 362],
    brow: [276, 283, 282, 295, 285],
  },
] as const;

/** An eye less open than this share of its width is (nearly) closed, or hidden by the turn of the head. */
const LEAST_OPEN = 0.13;
/** Further turned heads hide the far eye. */
const LARGEST_YAW = 40;
/** White, iris and pupil spread luma by so much; the glass of dark spectacles does not. */
const LEAST_CONTRAST = 12;
/** Skin from the lid up to this share of the way to the brow unfolds. */
const SKIN = 0.8;
/** The lashes' line, above and below the lid's margin over the eye's opening, moves without being stretched. */
const LASHES = { above: 0.25, below: 0.08 };
/** Unfolded skin is smoothed sideways, in steps of this share of the eye's width. */
const STRIPES = 0.035;
const TAPS = [-2, -1, 0, 1, 2];

/** Places along an eye where its shape is looked at. */
const STOPS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/** Entries of a tabulated curve. */
const TABLE = 64;

/** Heights along an eye: `at(u)` is v in pixels, u from 0 (one corner) to 1. */
type Curve = (u: number) => number;

/** An eye in its own axes: u along the corners (0…1), v in pixels, down. */
interface Eye {
  corner: Point;
  width: number;
  cos: number;
  sin: number;
  upper: Curve;
  lower: Curve;
  brow: Curve;
  /** How far it opens at most, pixels. */
  opening: number;
}

/** The eyes that can be seen to blink. */
export function openEyes(frame: Frame, face: FaceLandmarks): Eye[] {
  if (Math.abs(headAngles(face).yaw) > LARGEST_YAW) return [];
  const eyes = EYES.map((indices) => eyeOf(face, indices)).filter(
    (eye) => eye.opening > LEAST_OPEN * eye.width && contrast(frame, eye) > LEAST_CONTRAST,
  );
  return eyes.length === EYES.length ? eyes : [];
}

/**
 * Draws the upper lids over the eyes, in place: `closed` from 0 to 1. The skin between brow and lashes unfolds, the
 * lashes come down with it, and below them the eye stays as it is.
 */
export function closeEyes(frame: Frame, eyes: readonly Eye[], closed: number): void {
  if (closed <= 0) return;
  const source = { ...frame, data: frame.data.slice() };
  for (const channel of ['y', 'u', 'v'] as const) {
    const plane = planeOf(source, channel);
    for (const eye of eyes) closeEye(plane, frame.data, scaled(eye, plane.width / frame.width), closed);
  }
}

function eyeOf(face: FaceLandmarks, { upper, lower, brow }: (typeof EYES)[number]): Eye {
  const at = (index: number) => landmark(face, index);
  // From left to right in the picture, so that v points down.
  const [a, b] = [at(upper[0]), at(upper.at(-1)!)].sort((p, q) => p.x - q.x) as [Point, Point];
  const angle = angleOf(a, b);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const width = Math.hypot(b.x - a.x, b.y - a.y);
  const curve = (indices: readonly number[]): Curve =>
    throughPoints(
      indices.map(at).map(({ x, y }) => ({
        x: ((x - a.x) * cos + (y - a.y) * sin) / width,
        y: (y - a.y) * cos - (x - a.x) * sin,
      })),
    );
  const [top, bottom] = [curve(upper), curve(lower)];
  const opening = Math.max(...STOPS.map((u) => bottom(u) - top(u)));
  return { corner: a, width, cos, sin, upper: top, lower: bottom, brow: curve(brow), opening };
}

/** The same eye in samples of a plane that has `scale` samples a pixel. */
function scaled(eye: Eye, scale: number): Eye {
  if (scale === 1) return eye;
  const times =
    (curve: Curve): Curve =>
    (u) =>
      curve(u) * scale;
  return {
    ...eye,
    corner: { x: eye.corner.x * scale, y: eye.corner.y * scale },
    width: eye.width * scale,
    upper: times(eye.upper),
    lower: times(eye.lower),
    brow: times(eye.brow),
    opening: eye.opening * scale,
  };
}

function closeEye(plane: Plane, into: Uint8Array, eye: Eye, closed: number): void {
  const { corner, width, cos, sin, opening } = eye;
  // The upright box around the eye with its brow, for any tilt.
  const rim = STOPS.flatMap((u) => [eye.brow(u), eye.upper(u), eye.lower(u) + opening]);
  const corners = [Math.min(...rim), Math.max(...rim)].flatMap((v) =>
    [0, width].map((along): Point => ({ x: corner.x + along * cos - v * sin, y: corner.y + along * sin + v * cos })),
  );
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  const [left, right] = [Math.max(0, Math.floor(Math.min(...xs))), Math.min(plane.width, Math.ceil(Math.max(...xs)))];
  const [top, bottom] = [Math.max(0, Math.floor(Math.min(...ys))), Math.min(plane.height, Math.ceil(Math.max(...ys)))];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const [dx, dy] = [column + 0.5 - corner.x, row + 0.5 - corner.y];
      const u = (dx * cos + dy * sin) / width;
      if (u <= 0 || u >= 1) continue;
      const v = dy * cos - dx * sin;
      const { from, share, unfolded } = lidAt(eye, u, v, closed);
      if (share === 0) continue;
      const [x, y] = [column - (from - v) * sin, row + (from - v) * cos];
      // Lashes before the lid would be drawn out to stripes.
      const spread = unfolded * STRIPES * width;
      const taps = spread > 0 ? TAPS : [0];
      let moved = 0;
      for (const tap of taps) moved += bicubic(plane, x + tap * spread * cos, y + tap * spread * sin) / taps.length;
      const at = plane.offset + row * plane.width + column;
      into[at] = Math.round(plane.data[at]! + (moved - plane.data[at]!) * share);
    }
  }
}

/** Which height of the open eye is seen at `v`, how much of what is seen it is, and how far it is drawn out (0…1). */
function lidAt(eye: Eye, u: number, v: number, closed: number): { from: number; share: number; unfolded: number } {
  const [upper, lower] = [eye.upper(u), eye.lower(u)];
  const drop = closed * Math.max(0, lower - upper);
  const taper = Math.min(1, (lower - upper) / (0.5 * eye.opening));
  const lash = LASHES.above * eye.opening * taper;
  const fold = Math.min(upper - 1.2 * lash - 0.5, upper - SKIN * (upper - eye.brow(u)));
  const margin = upper + drop + LASHES.below * eye.opening * taper;
  const share = Math.min(1, Math.max(0, margin - v + 0.5));
  if (v <= fold || share === 0 || drop <= 0) return { from: v, share: 0, unfolded: 0 };
  if (v >= upper + drop - lash) return { from: v - drop, share, unfolded: 0 };
  const t = (v - fold) / (upper + drop - lash - fold);
  // None at either end, so that nothing jumps there.
  const unfolded = (drop / eye.opening) * Math.min(1, 4 * t * (1 - t) * 2);
  return { from: fold + t * (upper - lash - fold), share, unfolded };
}

/** Spread of luma inside the open eye. */
function contrast(frame: Frame, eye: Eye): number {
  const plane = planeOf(frame, 'y');
  const values = STOPS.slice(1, -1).flatMap((u) =>
    [0.3, 0.5, 0.7].map((t) => {
      const v = eye.upper(u) + t * (eye.lower(u) - eye.upper(u));
      const x = eye.corner.x + u * eye.width * eye.cos - v * eye.sin;
      const y = eye.corner.y + u * eye.width * eye.sin + v * eye.cos;
      return bicubic(plane, x - 0.5, y - 0.5);
    }),
  );
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** A curve through points by their x, straight between them and level beyond the first and last; tabulated. */
function throughPoints(points: readonly Point[]): Curve {
  const sorted = [...points].sort((a, b) => a.x - b.x);
  const exact: Curve = (u) => {
    const next = sorted.findIndex(({ x }) => x > u);
    if (next === 0) return sorted[0]!.y;
    if (next < 0) return sorted.at(-1)!.y;
    const [a, b] = [sorted[next - 1]!, sorted[next]!];
    return a.y + ((b.y - a.y) * (u - a.x)) / (b.x - a.x);
  };
  const table = Float32Array.from({ length: TABLE + 2 }, (_, i) => exact(i / TABLE));
  return (u) => {
    const at = Math.min(TABLE, Math.max(0, u * TABLE));
    const below = Math.floor(at);
    return table[below]! + (table[below + 1]! - table[below]!) * (at - below);
  };
}
