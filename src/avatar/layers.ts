import { YUV } from '../media/colour.ts';
import type { FaceMask } from './avatar.ts';
import type { Box } from './geometry.ts';
import { samplePlane } from './warp.ts';

/** Cheeks lie in this upper share of the mask's rectangle; below it the jaw moves and tells nothing of colour. */
const SEAM_SHARE = 0.2;

/** Numbers per crop sample in `luma`: mask 0…1, Y of the reference, Y of the patch minus Y of the reference. */
export const LUMA_STEP = 3;
/** Numbers per crop sample in `chroma`: mask 0…1, U of the reference, U difference, V of the reference, V difference. */
export const CHROMA_STEP = 5;

/** Patch and reference crop in YUV, what blending needs of a sample side by side. Sized for `size`×`size` crops. */
export interface Layers {
  luma: Float32Array;
  chroma: Float32Array;
  /** Added to the Y, U and V differences so that on the cheeks patch and reference have the same mean colour. */
  shift: { y: number; u: number; v: number };
}

/** Layers for a mask; `fill` writes a patch and its reference into them, inside `box`. */
export interface LayerStack {
  layers: Layers;
  fill(patch: Float32Array, reference: Uint8Array): void;
}

export function createLayers(mask: FaceMask, size: number, box: Box): LayerStack {
  const plane = { data: mask.data, width: mask.size, height: mask.size, offset: 0, step: 1 };
  const alpha = samplePlane(plane, [mask.size, 0, 0, 0, mask.size, 0], size).map((value) => value / 255);
  const luma = new Float32Array(size * size * LUMA_STEP);
  const chroma = new Float32Array(size * size * CHROMA_STEP);
  for (const [at, value] of alpha.entries()) {
    luma[at * LUMA_STEP] = value;
    chroma[at * CHROMA_STEP] = value;
  }
  const shift = { y: 0, u: 0, v: 0 };
  const layers: Layers = { luma, chroma, shift };
  const seam = seamSamples(alpha, size, box);
  return {
    layers,
    fill(patch, reference) {
      toYuv(layers, patch, reference, size, box);
      shift.y = -mean(luma, seam, LUMA_STEP, 2);
      shift.u = -mean(chroma, seam, CHROMA_STEP, 2);
      shift.v = -mean(chroma, seam, CHROMA_STEP, 4);
    },
  };
}

/** Planar BGR, patch 0…1 and reference 0…255, to YUV. */
function toYuv({ luma, chroma }: Layers, patch: Float32Array, reference: Uint8Array, size: number, box: Box): void {
  const k = YUV.bt601;
  const plane = size * size;
  for (let row = box.top; row < box.bottom; row++) {
    for (let at = row * size + box.left; at < row * size + box.right; at++) {
      const b = reference[at]!;
      const g = reference[at + plane]!;
      const r = reference[at + 2 * plane]!;
      const db = patch[at]! * 255 - b;
      const dg = patch[at + plane]! * 255 - g;
      const dr = patch[at + 2 * plane]! * 255 - r;
      const y = at * LUMA_STEP;
      luma[y + 1] = 16 + k.yr * r + k.yg * g + k.yb * b;
      luma[y + 2] = k.yr * dr + k.yg * dg + k.yb * db;
      const uv = at * CHROMA_STEP;
      chroma[uv + 1] = 128 + k.ur * r + k.ug * g + k.ub * b;
      chroma[uv + 2] = k.ur * dr + k.ug * dg + k.ub * db;
      chroma[uv + 3] = 128 + k.vr * r + k.vg * g + k.vb * b;
      chroma[uv + 4] = k.vr * dr + k.vg * dg + k.vb * db;
    }
  }
}

/** Indices of the crop samples in the mask's soft edge beside the mouth. */
function seamSamples(alpha: Float32Array, size: number, box: Box): Int32Array {
  const found: number[] = [];
  const bottom = box.top + SEAM_SHARE * (box.bottom - box.top);
  for (let row = box.top; row < bottom; row++) {
    for (let at = row * size + box.left; at < row * size + box.right; at++) {
      if (alpha[at]! > 0 && alpha[at]! < 1) found.push(at);
    }
  }
  return Int32Array.from(found);
}

function mean(values: Float32Array, samples: Int32Array, step: number, part: number): number {
  let sum = 0;
  for (let index = 0; index < samples.length; index++) sum += values[samples[index]! * step + part]!;
  return sum / Math.max(1, samples.length);
}
