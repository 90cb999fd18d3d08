import type { CropMatrix, Frame } from '../types.ts';
import type { Box } from './geometry.ts';
import { floatAt } from './sample.ts';
import type { YuvPlanes } from './yuv-planes.ts';

/** Every so many samples of the crop one is looked at, across and down. */
const STRIDE = 5;
/** In units of the median difference: what is larger is a contour. */
const LARGEST = 2;
/** A picture is never coarser than that, 8-bit levels. */
const LIMIT = 8;
/** Differences are counted in steps of a quarter level. */
const FINENESS = 4;

/**
 * How far samples of a frame lie from their surroundings without being part of a contour: noise, pores, the grain of a
 * film, 8-bit levels; told from what the reference crop lacks of the frame inside `box`.
 */
export function createGrainMeter(): (
  frame: Frame,
  crop: CropMatrix,
  reference: YuvPlanes,
  size: number,
  box: Box,
) => number {
  const counts = new Uint32Array(LIMIT * FINENESS + 1);
  return ({ width, height, data }, [a, b, tx, c, d, ty], reference, size, box) => {
    counts.fill(0);
    let total = 0;
    const scale = a * d - b * c;
    for (let row = box.top + 1; row < box.bottom - 2; row += STRIDE) {
      for (let column = box.left + 1; column < box.right - 2; column += STRIDE) {
        const x = Math.floor((a * (column + 0.5) + b * (row + 0.5)) / size + tx);
        const y = Math.floor((c * (column + 0.5) + d * (row + 0.5)) / size + ty);
        if (x < 0 || y < 0 || x >= width || y >= height) continue;
        // Where that pixel's own middle lies in the crop.
        const u = ((d * (x + 0.5 - tx) - b * (y + 0.5 - ty)) / scale) * size - 0.5;
        const v = ((a * (y + 0.5 - ty) - c * (x + 0.5 - tx)) / scale) * size - 0.5;
        if (u < box.left || v < box.top || u >= box.right - 1 || v >= box.bottom - 1) continue;
        const off = Math.abs(data[y * width + x]! - floatAt(reference.y, size, size, u, v));
        counts[Math.min(LIMIT * FINENESS, (off * FINENESS) | 0)]!++;
        total++;
      }
    }
    let step = 0;
    for (let seen = counts[0]!; seen < total / 2; seen += counts[step]!) step++;
    return total === 0 ? 0 : Math.min(LIMIT, (LARGEST * (step + 0.5)) / FINENESS);
  };
}
