import { samplePlane } from '../../src/avatar/warp.ts';
import type { FaceCrop } from '../../src/types.ts';

/** What is wrong with the colours of a model: added at the left and at the right edge of its picture, 8-bit levels. */
export interface Cast {
  left: number;
  right: number;
}

/**
 * What a smaller model, such as the public ones of 96 pixels, would have drawn: `patch` (planar BGR, 0 … 1) reduced to
 * `size`, with a cast of its own.
 */
export function reduced(patch: Float32Array, from: number, size: number, { left, right }: Cast): Float32Array {
  const bytes = Uint8Array.from(patch, (value) => Math.min(255, Math.max(0, Math.round(value * 255))));
  const out = new Float32Array(3 * size * size);
  for (let channel = 0; channel < 3; channel++) {
    const plane = { data: bytes, width: from, height: from, offset: channel * from * from, step: 1 };
    for (const [at, value] of samplePlane(plane, [from, 0, 0, 0, from, 0], size).entries()) {
      const cast = left + ((right - left) * (at % size)) / size;
      out[channel * size * size + at] = (value + cast) / 255;
    }
  }
  return out;
}

/** The same of a reference crop, without a cast. */
export function reducedCrop({ data, size: from }: FaceCrop, size: number): FaceCrop {
  const floats = Float32Array.from(data, (value) => value / 255);
  const small = reduced(floats, from, size, { left: 0, right: 0 });
  return { size, data: Uint8Array.from(small, (value) => Math.round(value * 255)) };
}
