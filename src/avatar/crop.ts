import { YUV } from '../media/colour.ts';
import type { CropMatrix, FaceCrop, Frame } from '../types.ts';
import { type Plane, samplePlane } from './warp.ts';

/**
 * Cuts a face out of an I420 frame as planar BGR. Colours are BT.601 limited range, chroma samples lie in the middle
 * of their four pixels, both as in media/colour.ts.
 */
export function cropFrame({ width, height, data }: Frame, matrix: CropMatrix, size: number): FaceCrop {
  const plane = (offset: number, shrink: number): Plane => ({
    data,
    width: width / shrink,
    height: height / shrink,
    offset,
    step: 1,
  });
  const half = matrix.map((value) => value / 2) as unknown as CropMatrix;
  const luma = samplePlane(plane(0, 1), matrix, size);
  const blue = samplePlane(plane(width * height, 2), half, size);
  const red = samplePlane(plane((width * height * 5) / 4, 2), half, size);
  const { yScale, rv, gu, gv, bu } = YUV.bt601;
  const area = size * size;
  const bgr = new Uint8ClampedArray(3 * area);
  for (let i = 0; i < area; i++) {
    const y = yScale * (luma[i]! - 16);
    const u = blue[i]! - 128;
    const v = red[i]! - 128;
    bgr[i] = y + bu * u;
    bgr[area + i] = y + gu * u + gv * v;
    bgr[2 * area + i] = y + rv * v;
  }
  return { size, data: new Uint8Array(bgr.buffer) };
}
