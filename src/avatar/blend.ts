import type { CropMatrix } from '../types.ts';
import { type Box, clampBox, cropBounds, invert } from './geometry.ts';
import { CHROMA_STEP, type Layers, LUMA_STEP } from './layers.ts';

/** Difference between patch and reference (0…255) from which a sample counts as redrawn by the model. */
const REDRAWN = 14;

/** Where a crop lies in the frame. */
export interface Place {
  crop: CropMatrix;
  /** Side of the crop, samples, and the rectangle in it that the mask fills. */
  size: number;
  box: Box;
  /** 0 … 1, multiplied with the mask. */
  weight: number;
}

/** The way through a rectangle of a plane's pixels in crop samples, where a whole number is a sample's middle. */
interface Walk extends Box {
  /** Crop position of the first pixel of the first row. */
  u: number;
  v: number;
  /** Steps from one pixel to the next in its row. */
  du: number;
  dv: number;
  /** Steps from one row to the next. */
  downU: number;
  downV: number;
}

function walk({ crop, size, box }: Place, step: 1 | 2, width: number, height: number): Walk {
  const [a, b, tx, c, d, ty] = invert(crop);
  const bounds = clampBox(cropBounds(crop, box, size), step, width, height);
  // Samples of a plane lie `step` frame pixels apart, each in the middle of the pixels it stands for.
  const [x, y] = [(bounds.left + 0.5) * step, (bounds.top + 0.5) * step];
  return {
    ...bounds,
    u: (a * x + b * y + tx) * size - 0.5,
    v: (c * x + d * y + ty) * size - 0.5,
    du: a * step * size,
    dv: c * step * size,
    downU: b * step * size,
    downV: d * step * size,
  };
}

/**
 * Own sample towards the patch. Where the model changed nothing the patch is the frame itself, so the frame's finer
 * detail (own − was) is kept in full; where it changed much that detail belongs to another mouth and goes.
 */
function mix(own: number, was: number, difference: number, alpha: number): number {
  const changed = difference < 0 ? -difference : difference;
  const kept = changed < REDRAWN ? 1 - changed / REDRAWN : 0;
  const value = own + alpha * (was + difference - own + kept * (own - was));
  // Typed arrays cut the fraction off.
  return value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5;
}

/** Blends the Y plane of an I420 frame in place. */
export function blendLuma(frame: Uint8Array, width: number, height: number, layers: Layers, place: Place): void {
  const { size, box, weight } = place;
  const { luma, shift } = layers;
  const path = walk(place, 1, width, height);
  const line = size * LUMA_STEP;
  for (let y = path.top; y < path.bottom; y++) {
    let u = path.u + (y - path.top) * path.downU;
    let v = path.v + (y - path.top) * path.downV;
    for (let at = y * width + path.left; at < y * width + path.right; at++, u += path.du, v += path.dv) {
      if (u < box.left || v < box.top || u >= box.right - 1 || v >= box.bottom - 1) continue;
      const fx = u - (u | 0);
      const fy = v - (v | 0);
      const w11 = fx * fy;
      const w10 = fy - w11;
      const w01 = fx - w11;
      const w00 = 1 - fx - w10;
      const a = (v | 0) * line + (u | 0) * LUMA_STEP;
      const b = a + LUMA_STEP;
      const c = a + line;
      const d = b + line;
      const alpha = (luma[a]! * w00 + luma[b]! * w01 + luma[c]! * w10 + luma[d]! * w11) * weight;
      if (alpha <= 0) continue;
      const was = luma[a + 1]! * w00 + luma[b + 1]! * w01 + luma[c + 1]! * w10 + luma[d + 1]! * w11;
      const difference = luma[a + 2]! * w00 + luma[b + 2]! * w01 + luma[c + 2]! * w10 + luma[d + 2]! * w11 + shift.y;
      frame[at] = mix(frame[at]!, was, difference, alpha);
    }
  }
}

/** Blends the U and V planes of an I420 frame in place. */
export function blendChroma(frame: Uint8Array, width: number, height: number, layers: Layers, place: Place): void {
  const { size, box, weight } = place;
  const { chroma, shift } = layers;
  const path = walk(place, 2, width / 2, height / 2);
  const line = size * CHROMA_STEP;
  const uAt = width * height;
  const vAt = uAt + uAt / 4;
  for (let y = path.top; y < path.bottom; y++) {
    let u = path.u + (y - path.top) * path.downU;
    let v = path.v + (y - path.top) * path.downV;
    const end = (y * width) / 2 + path.right;
    for (let at = (y * width) / 2 + path.left; at < end; at++, u += path.du, v += path.dv) {
      if (u < box.left || v < box.top || u >= box.right - 1 || v >= box.bottom - 1) continue;
      const fx = u - (u | 0);
      const fy = v - (v | 0);
      const w11 = fx * fy;
      const w10 = fy - w11;
      const w01 = fx - w11;
      const w00 = 1 - fx - w10;
      const a = (v | 0) * line + (u | 0) * CHROMA_STEP;
      const b = a + CHROMA_STEP;
      const c = a + line;
      const d = b + line;
      const alpha = (chroma[a]! * w00 + chroma[b]! * w01 + chroma[c]! * w10 + chroma[d]! * w11) * weight;
      if (alpha <= 0) continue;
      const wasU = chroma[a + 1]! * w00 + chroma[b + 1]! * w01 + chroma[c + 1]! * w10 + chroma[d + 1]! * w11;
      const toU = chroma[a + 2]! * w00 + chroma[b + 2]! * w01 + chroma[c + 2]! * w10 + chroma[d + 2]! * w11;
      const wasV = chroma[a + 3]! * w00 + chroma[b + 3]! * w01 + chroma[c + 3]! * w10 + chroma[d + 3]! * w11;
      const toV = chroma[a + 4]! * w00 + chroma[b + 4]! * w01 + chroma[c + 4]! * w10 + chroma[d + 4]! * w11;
      frame[uAt + at] = mix(frame[uAt + at]!, wasU, toU + shift.u, alpha);
      frame[vAt + at] = mix(frame[vAt + at]!, wasV, toV + shift.v, alpha);
    }
  }
}
