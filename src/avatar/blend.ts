import type { CropMatrix, Frame } from '../types.ts';
import { type Box, clampBox, cropBounds, invert } from './geometry.ts';
import { CELL, CHROMA_STEP, type Layers, LUMA_STEP } from './layers.ts';
import { clamp } from './sample.ts';

/** Where a crop lies in the frame. */
export interface Place {
  crop: CropMatrix;
  /** Side of the crop, samples. */
  size: number;
  /** 0 … 1, multiplied with the mask. */
  weight: number;
  /** Largest difference between a frame's sample and its surroundings that is grain, 8-bit levels. */
  grain: number;
}

/** The planes of a frame that have one size, and the numbers of `Layers` that belong to them. */
interface Colour {
  layer: Float32Array;
  /** Numbers per sample: two shares, and for each plane the patch less its origin, and the origin. */
  step: number;
  planes: 1 | 2;
  /** The first plane's first sample in the frame, the planes' sides and their samples' distance in frame pixels. */
  from: number;
  width: number;
  height: number;
  spacing: 1 | 2;
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

function walk({ crop, size }: Place, box: Box, { spacing: step, width, height }: Colour): Walk {
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

/** Blends the patch in `layers` into `out`, a copy of `frame`; answers the pixels that may differ now. */
export function blend(out: Uint8Array, frame: Frame, layers: Layers, place: Place): Box {
  const { width, height, data } = frame;
  const { luma, chroma, active } = layers;
  if (active.right <= active.left) return { left: 0, top: 0, right: 0, bottom: 0 };
  const full = { spacing: 1, width, height, layer: luma, step: LUMA_STEP } as const;
  const half = { spacing: 2, width: width / 2, height: height / 2, layer: chroma, step: CHROMA_STEP } as const;
  blendPlanes(out, data, layers, place, { ...full, planes: 1, from: 0 });
  blendPlanes(out, data, layers, place, { ...half, planes: 2, from: width * height });
  return clampBox(cropBounds(place.crop, active, place.size), 1, width, height);
}

/**
 * A sample becomes the frame's own at its origin and what the patch differs from that: so the frame's detail, finer than
 * the crop's, goes where the model has moved the face. Of what is drawn anew that detail belongs to something else, and
 * only its grain stays.
 */
function blendPlanes(out: Uint8Array, own: Uint8Array, layers: Layers, place: Place, colour: Colour): void {
  const { motion, cells, active } = layers;
  const { crop, size, weight, grain } = place;
  const { layer, step, planes, from, width, height, spacing } = colour;
  const { left, top, right, bottom, u: startU, v: startV, du, dv, downU, downV } = walk(place, active, colour);
  const line = size * step;
  const area = width * height;
  // How far a step of one crop sample leads in the plane.
  const scale = 1 / size / spacing;
  const xx = crop[0] * scale;
  const xy = crop[1] * scale;
  const yx = crop[3] * scale;
  const yy = crop[4] * scale;
  const firstU = active.left;
  const firstV = active.top;
  const lastU = active.right - 1;
  const lastV = active.bottom - 1;
  for (let y = top; y < bottom; y++) {
    let u = startU + (y - top) * downU;
    let v = startV + (y - top) * downV;
    for (let x = left; x < right; x++, u += du, v += dv) {
      if (u < firstU || v < firstV || u >= lastU || v >= lastV) continue;
      const corner = (v | 0) * size + (u | 0);
      const cell = cells[corner]!;
      if (!(cell & CELL.shows)) continue;
      const a = corner * step;
      const b = a + step;
      const c = a + line;
      const d = b + line;
      const fx = u - (u | 0);
      const fy = v - (v | 0);
      const w11 = fx * fy;
      const w10 = fy - w11;
      const w01 = fx - w11;
      const w00 = 1 - fx - w10;
      let alpha = weight;
      if (cell & CELL.partly) {
        alpha *= layer[a]! * w00 + layer[b]! * w01 + layer[c]! * w10 + layer[d]! * w11;
      }
      let kept = 1;
      if (cell & CELL.anew) {
        kept = layer[a + 1]! * w00 + layer[b + 1]! * w01 + layer[c + 1]! * w10 + layer[d + 1]! * w11;
      }
      // Where the frame's own sample comes from: between which four, and how far between them.
      let origin = y * width + x;
      let next = 0;
      let below = 0;
      let ox = 0;
      let oy = 0;
      if (cell & CELL.moved && motion) {
        const m = 2 * corner;
        const n = m + 2 * size;
        const mx = motion[m]! * w00 + motion[m + 2]! * w01 + motion[n]! * w10 + motion[n + 2]! * w11;
        const my = motion[m + 1]! * w00 + motion[m + 3]! * w01 + motion[n + 1]! * w10 + motion[n + 3]! * w11;
        const sx = clamp(x + xx * mx + xy * my, 0, width - 1);
        const sy = clamp(y + yx * mx + yy * my, 0, height - 1);
        origin = (sy | 0) * width + (sx | 0);
        next = sx < width - 1 ? 1 : 0;
        below = sy < height - 1 ? width : 0;
        ox = sx - (sx | 0);
        oy = sy - (sy | 0);
      }
      for (let plane = 0, p = 2, offset = from; plane < planes; plane++, p += 2, offset += area) {
        const change = layer[a + p]! * w00 + layer[b + p]! * w01 + layer[c + p]! * w10 + layer[d + p]! * w11;
        const o = offset + origin;
        let moved = own[o]!;
        if (cell & CELL.moved) {
          const upper = moved + (own[o + next]! - moved) * ox;
          const lower = own[o + below]! + (own[o + below + next]! - own[o + below]!) * ox;
          moved = upper + (lower - upper) * oy;
        }
        if (cell & CELL.anew) {
          const q = p + 1;
          const seen = layer[a + q]! * w00 + layer[b + q]! * w01 + layer[c + q]! * w10 + layer[d + q]! * w11;
          const detail = moved - seen;
          moved = seen + kept * detail + (1 - kept) * clamp(detail, -grain, grain);
        }
        const at = offset + y * width + x;
        const sample = own[at]!;
        const value = sample + alpha * (moved + change - sample);
        // Typed arrays cut the fraction off.
        out[at] = clamp(value, 0, 255) + 0.5;
      }
    }
  }
}
