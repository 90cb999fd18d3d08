import { YUV } from '../media/colour.ts';
import type { CropMatrix, FaceCrop, Frame, MouthPatch } from '../types.ts';
import type { FaceMask } from './avatar.ts';
import { type Box, clampBox, cropBounds, invert, maskBounds } from './geometry.ts';

/** Difference between patch and reference (0…255) from which a sample counts as redrawn by the model. */
const REDRAWN = 14;
/** Cheeks and nose lie above this height of the crop; below it the jaw itself moves and tells nothing of colour. */
const SEAM_BOTTOM = 0.6;

export interface PasteRequest {
  frame: Frame;
  crop: CropMatrix;
  reference: FaceCrop;
  patch: MouthPatch;
  /** 0 … 1: how much of the patch shows; the silence gate fades it in and out. */
  weight: number;
}

/** Pastes mouth patches into frames. Holds scratch planes: one per stream, not shared between overlapping calls. */
export interface Compositor {
  /** A copy of `frame` with the patch in it; samples where the mask is 0 stay byte-identical. */
  paste(request: PasteRequest): Uint8Array;
}

/** One colour plane of patch and reference, `size`×`size`, 0…255. */
interface Layer {
  patch: Float32Array;
  reference: Float32Array;
}

/**
 * Works in planar YUV, on the mask's rectangle alone, so its cost does not grow with the picture.
 * Where the patch equals the reference crop the frame keeps its own sharp pixels; where the model has redrawn them
 * (difference ≥ REDRAWN) the patch shows; in between the frame's detail fades. The patch's mean colour is matched to
 * the reference on the cheeks first.
 */
export function createCompositor(mask: FaceMask, size: number): Compositor {
  const box = maskBounds(mask, size);
  const seam = seamSamples(mask, size, box);
  const layers = [0, 1, 2].map(() => ({
    patch: new Float32Array(size * size),
    reference: new Float32Array(size * size),
  })) as [Layer, Layer, Layer];
  return {
    paste({ frame, crop, reference, patch, weight }) {
      toYuv(patch.data, 255, layers, 'patch', size, box);
      toYuv(reference.data, 1, layers, 'reference', size, box);
      for (const layer of layers) matchMean(layer, seam, box, size);
      const out = Buffer.from(frame.data);
      const luma = frame.width * frame.height;
      const [y, u, v] = layers;
      const where = { crop, size, box, mask, weight };
      blendPlane(out.subarray(0, luma), frame.width, frame.height, 1, y, where);
      blendPlane(out.subarray(luma, luma * 1.25), frame.width / 2, frame.height / 2, 2, u, where);
      blendPlane(out.subarray(luma * 1.25), frame.width / 2, frame.height / 2, 2, v, where);
      return out;
    },
  };
}

/** Planar BGR (scaled to 0…255 by `scale`) to the three YUV planes of `layers`, inside `box`. */
function toYuv(
  bgr: Float32Array | Uint8Array,
  scale: number,
  layers: readonly [Layer, Layer, Layer],
  role: keyof Layer,
  size: number,
  box: Box,
): void {
  const k = YUV.bt601;
  const [yPlane, uPlane, vPlane] = [layers[0][role], layers[1][role], layers[2][role]];
  const plane = size * size;
  for (let row = box.top; row < box.bottom; row++) {
    for (let at = row * size + box.left; at < row * size + box.right; at++) {
      const b = bgr[at]! * scale;
      const g = bgr[at + plane]! * scale;
      const r = bgr[at + 2 * plane]! * scale;
      yPlane[at] = 16 + k.yr * r + k.yg * g + k.yb * b;
      uPlane[at] = 128 + k.ur * r + k.ug * g + k.ub * b;
      vPlane[at] = 128 + k.vr * r + k.vg * g + k.vb * b;
    }
  }
}

/** Indices of crop samples in the mask's soft edge beside the mouth. */
function seamSamples(mask: FaceMask, size: number, box: Box): Int32Array {
  const found: number[] = [];
  const scale = mask.size / size;
  for (let row = box.top; row < Math.min(box.bottom, SEAM_BOTTOM * size); row++) {
    for (let column = box.left; column < box.right; column++) {
      const alpha = mask.data[Math.floor((row + 0.5) * scale) * mask.size + Math.floor((column + 0.5) * scale)]!;
      if (alpha > 0 && alpha < 255) found.push(row * size + column);
    }
  }
  return Int32Array.from(found);
}

/** Shifts the patch so that on the seam its mean equals the reference's. */
function matchMean({ patch, reference }: Layer, seam: Int32Array, box: Box, size: number): void {
  if (seam.length === 0) return;
  let sum = 0;
  for (let index = 0; index < seam.length; index++) sum += reference[seam[index]!]! - patch[seam[index]!]!;
  const shift = sum / seam.length;
  for (let row = box.top; row < box.bottom; row++) {
    for (let at = row * size + box.left; at < row * size + box.right; at++) patch[at]! += shift;
  }
}

interface Where {
  crop: CropMatrix;
  size: number;
  box: Box;
  mask: FaceMask;
  weight: number;
}

/** Blends one plane in place; its samples are `step` frame pixels apart and sited in the middle of their pixels. */
function blendPlane(
  plane: Uint8Array,
  width: number,
  height: number,
  step: 1 | 2,
  { patch, reference }: Layer,
  { crop, size, box, mask, weight }: Where,
): void {
  const [a, b, tx, c, d, ty] = invert(crop);
  const bounds = clampBox(cropBounds(crop, box, size), step, width, height);
  const du = a * step * size;
  const dv = c * step * size;
  const toMask = mask.size / size;
  for (let y = bounds.top; y < bounds.bottom; y++) {
    const frameX = (bounds.left + 0.5) * step;
    const frameY = (y + 0.5) * step;
    // Position in crop samples, where a whole number is a sample's middle.
    let u = (a * frameX + b * frameY + tx) * size - 0.5;
    let v = (c * frameX + d * frameY + ty) * size - 0.5;
    for (let at = y * width + bounds.left; at < y * width + bounds.right; at++, u += du, v += dv) {
      if (u < box.left || v < box.top || u >= box.right - 1 || v >= box.bottom - 1) continue;
      const alpha = sampleMask(mask, (u + 0.5) * toMask - 0.5, (v + 0.5) * toMask - 0.5) * weight;
      if (alpha <= 0) continue;
      const column = u | 0;
      const row = v | 0;
      const corner = row * size + column;
      const fx = u - column;
      const fy = v - row;
      const w00 = (1 - fx) * (1 - fy);
      const w01 = fx * (1 - fy);
      const w10 = (1 - fx) * fy;
      const w11 = fx * fy;
      const drawn =
        patch[corner]! * w00 + patch[corner + 1]! * w01 + patch[corner + size]! * w10 + patch[corner + size + 1]! * w11;
      const was =
        reference[corner]! * w00 +
        reference[corner + 1]! * w01 +
        reference[corner + size]! * w10 +
        reference[corner + size + 1]! * w11;
      const own = plane[at]!;
      const kept = Math.max(0, 1 - Math.abs(drawn - was) / REDRAWN);
      const value = own + alpha * (drawn + kept * (own - was) - own);
      plane[at] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
    }
  }
}

/** Mask at (x, y) in mask samples, bilinear, 0 … 1. Its border is 0, so indices are clamped without harm. */
function sampleMask({ size, data }: FaceMask, x: number, y: number): number {
  const column = x < 0 ? 0 : x > size - 2 ? size - 2 : x | 0;
  const row = y < 0 ? 0 : y > size - 2 ? size - 2 : y | 0;
  const fx = Math.min(1, Math.max(0, x - column));
  const fy = Math.min(1, Math.max(0, y - row));
  const corner = row * size + column;
  const upper = data[corner]! * (1 - fx) + data[corner + 1]! * fx;
  const lower = data[corner + size]! * (1 - fx) + data[corner + size + 1]! * fx;
  return (upper * (1 - fy) + lower * fy) / 255;
}
