import type { Window } from './align.ts';
import type { FaceMask } from './avatar.ts';
import { farthest, type Outline, outlineOf, type PlacedFace } from './outline.ts';
import type { Point } from './roi.ts';

export type { PlacedFace };

const SIZE = 256;
/** Where the model draws nothing more the mask has faded to 0, over this share of the crop. */
const WINDOW_FADE = 0.08;
/** Of a model that draws everywhere. */
const WHOLE: Window = { left: 0, top: 0, right: 1, bottom: 1 };
/** Three box blurs of this radius come close to a Gaussian (σ ≈ 5.5 px): a soft edge some 20 px wide. */
const BLUR_RADIUS = 5;

/** A frame's outline is the mean of those up to so many frames before and after it. */
const CALM = 3;
/** Outlines no further apart, in crop sides, are the same: much less than the soft edge is wide. */
const SAME = 0.006;

/**
 * Mask over lips, chin and lower cheeks, from below the nose to below the chin, with a soft edge, and 0 at the border of
 * the crop and of the model's `window` in it; drawn after the mean of all frames' landmarks. Throws RangeError without
 * any face.
 */
export function drawMask(faces: readonly PlacedFace[], window: Window = WHOLE): FaceMask {
  if (faces.length === 0) throw new RangeError('A mask needs at least one face');
  return drawOutline(outlineOf(faces), window);
}

export interface MaskOptions {
  /** Where the model draws. */
  window?: Window;
  /** The last frame leads into the first. */
  circular?: boolean;
}

/**
 * The mask of every frame, `undefined` where there is no face: when a head turns its jaw moves in the crop. Each is drawn
 * after the landmarks of some frames around, so that it does not tremble with them; frames whose outlines hardly differ
 * share one mask.
 */
export function drawMasks(
  faces: readonly (PlacedFace | undefined)[],
  { window = WHOLE, circular = false }: MaskOptions = {},
): (FaceMask | undefined)[] {
  const count = faces.length;
  let last: { outline: Outline; mask: FaceMask } | undefined;
  return faces.map((face, index) => {
    if (!face) return undefined;
    const around: PlacedFace[] = [face];
    for (const direction of [-1, 1]) {
      for (let step = 1; step <= Math.min(CALM, (count - 1) / 2); step++) {
        const other = index + direction * step;
        const neighbour = faces[circular ? (other + count) % count : other];
        if (!neighbour) break;
        around.push(neighbour);
      }
    }
    const outline = outlineOf(around);
    if (!last || farthest(outline, last.outline) > SAME) last = { outline, mask: drawOutline(outline, window) };
    return last.mask;
  });
}

function drawOutline({ shapes, rise }: Outline, window: Window): FaceMask {
  let alpha: Float32Array = new Float32Array(SIZE * SIZE);
  for (const shape of shapes) fillPolygon(shape, alpha);
  for (let pass = 0; pass < 3; pass++) alpha = blur(alpha);
  const data = new Uint8Array(SIZE * SIZE);
  for (let i = 0; i < data.length; i++) {
    const u = ((i % SIZE) + 0.5) / SIZE;
    const v = (Math.floor(i / SIZE) + 0.5) / SIZE;
    const below = smoothly((v - rise.from) / (rise.to - rise.from));
    data[i] = Math.round(255 * Math.min(1, alpha[i]!) * below * insideWindow(u, v, window));
  }
  return { size: SIZE, data };
}

/** Sets `out` to 1 inside the polygon, by the even-odd rule at pixel centres. */
function fillPolygon(outline: readonly Point[], out: Float32Array): void {
  for (let row = 0; row < SIZE; row++) {
    const v = (row + 0.5) / SIZE;
    const crossings: number[] = [];
    outline.forEach((from, i) => {
      const to = outline[(i + 1) % outline.length]!;
      if (from.y > v === to.y > v) return;
      crossings.push(from.x + ((v - from.y) / (to.y - from.y)) * (to.x - from.x));
    });
    crossings.sort((a, b) => a - b);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const from = Math.max(0, Math.round(crossings[pair]! * SIZE));
      out.fill(
        1,
        row * SIZE + from,
        row * SIZE + Math.max(from, Math.min(SIZE, Math.round(crossings[pair + 1]! * SIZE))),
      );
    }
  }
}

/** Box blur in both directions; outside the mask lies nothing. */
function blur(alpha: Float32Array): Float32Array {
  return blurLines(blurLines(alpha, 1, SIZE), SIZE, 1);
}

function blurLines(alpha: Float32Array, step: number, line: number): Float32Array {
  const out = new Float32Array(alpha.length);
  for (let start = 0; start < SIZE; start++) {
    let sum = 0;
    for (let i = -BLUR_RADIUS; i < SIZE; i++) {
      // One value comes into the window, one leaves it.
      if (i + BLUR_RADIUS < SIZE) sum += alpha[start * line + (i + BLUR_RADIUS) * step]!;
      if (i > BLUR_RADIUS) sum -= alpha[start * line + (i - BLUR_RADIUS - 1) * step]!;
      if (i >= 0) out[start * line + i * step] = Math.max(0, sum) / (2 * BLUR_RADIUS + 1);
    }
  }
  return out;
}

/** 1 well inside the model's window, falling smoothly to 0 at its border. */
function insideWindow(u: number, v: number, { left, top, right, bottom }: Window): number {
  const margin = Math.min(u - left, right - u, v - top, bottom - v);
  return smoothly(margin / WINDOW_FADE);
}

/** 0 up to 0, 1 from 1 on, without a corner. */
function smoothly(value: number): number {
  const t = Math.min(1, Math.max(0, value));
  return t * t * (3 - 2 * t);
}
