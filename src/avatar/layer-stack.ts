import type { FaceMask } from './avatar.ts';
import { type Carrier, createCarrier } from './carry.ts';
import type { Box } from './geometry.ts';
import { CHROMA_STEP, type Layers, LUMA_STEP } from './layers.ts';
import { findOrigins, sharpen } from './origin.ts';
import { byteAt } from './sample.ts';
import { createSeam, noLight, relight } from './seam.ts';
import { toYuv, yuvPlanes } from './yuv-planes.ts';

/** Patches that differ from the reference by less (8-bit levels) leave the frame alone, from the second on they do not. */
const UNCHANGED = 0.7;
const CHANGED = 1.5;
/** From so many frame pixels per crop sample on there is detail that is worth carrying. */
const CARRY_FROM = 1.25;
/** How much what is drawn anew is sharpened for every time that a crop is enlarged, and at most. */
const CRISP = 0.5;
const MAX_CRISP = 0.8;

/** The layers of a stream of patches. */
export interface LayerStack {
  layers: Layers;
  /** From now on this much of the patches shows: 0 outside the box. */
  wear(mask: FaceMask): void;
  /** Writes a patch and its reference into them; `enlarged` is how many frame pixels a crop sample becomes. */
  fill(patch: Float32Array, reference: Uint8Array, enlarged: number): void;
}

/** Layers for crops of `size` samples that are pasted inside `box`; a mask must be worn before the first `fill`. */
export function createLayers(size: number, box: Box): LayerStack {
  const alpha = new Float32Array(size * size);
  const layers: Layers = {
    before: yuvPlanes(size),
    after: yuvPlanes(size),
    luma: new Float32Array(size * size * LUMA_STEP),
    chroma: new Float32Array(size * size * CHROMA_STEP),
    motion: undefined,
    cells: new Uint8Array(size * size),
    active: { ...box },
  };
  const { before, after, active } = layers;
  const seam = createSeam(size, box);
  const light = noLight();
  let carrier: Carrier | undefined;
  let worn: FaceMask | undefined;
  return {
    layers,
    wear(mask) {
      if (mask === worn) return;
      worn = mask;
      scaleMask(mask, alpha, size, box);
      seam.follow(alpha);
    },
    fill(patch, reference, enlarged) {
      toYuv(reference, 1, before, size, box);
      toYuv(patch, 255, after, size, box);
      for (const colour of ['y', 'u', 'v'] as const) {
        seam.fit(after[colour], before[colour], light);
        relight(after[colour], light, size, box);
      }
      weigh(layers, alpha, size, box);
      const carries = enlarged >= CARRY_FROM && active.right > active.left;
      if (carries) carrier ??= createCarrier(size, box);
      layers.motion = carries ? carrier?.carry(layers) : undefined;
      findOrigins(layers, size, box);
      if (enlarged > 1) sharpen(layers, size, Math.min(MAX_CRISP, CRISP * (enlarged - 1)));
    },
  };
}

/** A mask on the grid of a crop, 0…1; it is smooth, so that one look at it per sample is enough. */
function scaleMask({ size: side, data }: FaceMask, alpha: Float32Array, size: number, box: Box): void {
  const scale = side / size;
  for (let row = box.top; row < box.bottom; row++) {
    const y = (row + 0.5) * scale - 0.5;
    for (let column = box.left; column < box.right; column++) {
      alpha[row * size + column] = byteAt(data, 0, side, side, (column + 0.5) * scale - 0.5, y) / 255;
    }
  }
}

/** Shows the patch as far as the mask says, but not where it shows nothing new; finds the box of what is shown. */
function weigh(
  { before, after, luma, chroma, active }: Layers,
  alpha: Float32Array,
  size: number,
  { left, top, right, bottom }: Box,
): void {
  let [first, last, from, to] = [right, left, bottom, top];
  for (let row = top; row < bottom; row++) {
    let [start, end] = [right, left];
    for (let column = left; column < right; column++) {
      const at = row * size + column;
      const off = Math.max(
        Math.abs(after.y[at]! - before.y[at]!),
        Math.abs(after.u[at]! - before.u[at]!),
        Math.abs(after.v[at]! - before.v[at]!),
      );
      const shown = off <= UNCHANGED ? 0 : alpha[at]! * Math.min(1, (off - UNCHANGED) / (CHANGED - UNCHANGED));
      luma[at * LUMA_STEP] = shown;
      chroma[at * CHROMA_STEP] = shown;
      if (shown > 0) {
        if (start === right) start = column;
        end = column;
      }
    }
    if (start === right) continue;
    first = Math.min(first, start);
    last = Math.max(last, end);
    from = Math.min(from, row);
    to = row;
  }
  // One sample more to every side, for interpolation.
  active.left = Math.max(left, first - 1);
  active.right = Math.min(right, last + 2);
  active.top = Math.max(top, from - 1);
  active.bottom = Math.min(bottom, to + 2);
}
