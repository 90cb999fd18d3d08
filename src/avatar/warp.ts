import type { CropMatrix } from '../types.ts';

/** A picture in interleaved RGB: `width`×`height`×3 bytes, 0…255. */
export interface RgbImage {
  width: number;
  height: number;
  data: Uint8Array;
}

/** One channel inside a larger buffer: pixel (x, y) is `data[offset + (y * width + x) * step]`. */
export interface Plane {
  data: Uint8Array;
  width: number;
  height: number;
  offset: number;
  step: number;
}

/** What lies outside a plane: its edge pixels again, or zero. */
export type Border = 'edge' | 'zero';

/** From this many source pixels per sample on, one look at the source would alias. */
const ALIASING = 1.5;
const MAX_LOOKS = 8;

/**
 * Samples a plane on the `size`×`size` grid that `matrix` lays over it (unit square → pixels of the plane).
 * Bilinear; where the grid is coarser than the plane every sample is the mean of n×n looks.
 */
export function samplePlane(plane: Plane, matrix: CropMatrix, size: number, border: Border = 'edge'): Float32Array {
  const [a, b, tx, c, d, ty] = matrix;
  const pixelsPerSample = Math.max(Math.hypot(a, c), Math.hypot(b, d)) / size;
  const looks = pixelsPerSample > ALIASING ? Math.min(MAX_LOOKS, Math.round(pixelsPerSample)) : 1;
  const grid = size * looks;
  const [dx, dy] = [a / grid, c / grid];
  const look = bilinear(plane, border);
  const out = new Float32Array(size * size);
  for (let row = 0; row < grid; row++) {
    const v = (row + 0.5) / grid;
    const line = Math.floor(row / looks) * size;
    // The centre of the first pixel is 0.5, its index 0.
    let x = b * v + tx + dx / 2 - 0.5;
    let y = d * v + ty + dy / 2 - 0.5;
    for (let sample = line; sample < line + size; sample++) {
      let sum = 0;
      for (let i = 0; i < looks; i++, x += dx, y += dy) sum += look(x, y);
      out[sample]! += sum / (looks * looks);
    }
  }
  return out;
}

/** The plane's value between its pixels, at fractional indices. */
function bilinear({ data, width, height, offset, step }: Plane, border: Border): (x: number, y: number) => number {
  const [right, bottom, line] = [width - 1, height - 1, width * step];
  return (x, y) => {
    if (border === 'zero' && (x < -0.5 || y < -0.5 || x > right + 0.5 || y > bottom + 0.5)) return 0;
    const cx = Math.min(Math.max(x, 0), right);
    const cy = Math.min(Math.max(y, 0), bottom);
    const column = cx | 0;
    const row = cy | 0;
    const at = offset + row * line + column * step;
    const next = column < right ? step : 0;
    const below = row < bottom ? line : 0;
    const fx = cx - column;
    const upper = data[at]! + (data[at + next]! - data[at]!) * fx;
    const lower = data[at + below]! + (data[at + below + next]! - data[at + below]!) * fx;
    return upper + (lower - upper) * (cy - row);
  };
}

/** A square cut out of an RGB picture as a network wants it: planar RGB, `v * scale + bias`. */
export function cropRgb(
  image: RgbImage,
  matrix: CropMatrix,
  size: number,
  { scale, bias, border }: { scale: number; bias: number; border: Border },
): Float32Array {
  const out = new Float32Array(3 * size * size);
  for (let channel = 0; channel < 3; channel++) {
    const plane = samplePlane({ ...image, offset: channel, step: 3 }, matrix, size, border);
    for (let i = 0; i < plane.length; i++) out[channel * size * size + i] = plane[i]! * scale + bias;
  }
  return out;
}
