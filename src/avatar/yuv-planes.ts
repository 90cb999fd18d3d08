import { YUV } from '../media/colour.ts';
import type { Box } from './geometry.ts';

/** A crop in limited-range YUV, one number per sample in each plane. */
export interface YuvPlanes {
  y: Float32Array;
  u: Float32Array;
  v: Float32Array;
}

export const yuvPlanes = (size: number): YuvPlanes => ({
  y: new Float32Array(size * size),
  u: new Float32Array(size * size),
  v: new Float32Array(size * size),
});

/** Planar BGR of `size`×`size` samples, 0…255 when multiplied by `scale`, as YUV inside `box`. */
export function toYuv(
  bgr: Float32Array | Uint8Array,
  scale: number,
  { y, u, v }: YuvPlanes,
  size: number,
  { left, top, right, bottom }: Box,
): void {
  const { yr, yg, yb, ur, ug, ub, vr, vg, vb } = YUV.bt601;
  const plane = size * size;
  for (let row = top; row < bottom; row++) {
    for (let at = row * size + left; at < row * size + right; at++) {
      const b = bgr[at]! * scale;
      const g = bgr[at + plane]! * scale;
      const r = bgr[at + 2 * plane]! * scale;
      y[at] = 16 + yr * r + yg * g + yb * b;
      u[at] = 128 + ur * r + ug * g + ub * b;
      v[at] = 128 + vr * r + vg * g + vb * b;
    }
  }
}
