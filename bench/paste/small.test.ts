import { describe, expect, it } from 'vitest';
import { reduced, reducedCrop } from './small.ts';

const SIZE = 12;
const ramp = Float32Array.from({ length: 3 * SIZE * SIZE }, (_, at) => (100 + 10 * (at % SIZE)) / 255);

describe('reduced', () => {
  it('gives the means of what a sample covers, with the cast growing across', () => {
    const small = reduced(ramp, SIZE, 4, { left: 0, right: 0 });
    expect([...small.slice(0, 4)].map((value) => Math.round(value * 255))).toEqual([110, 140, 170, 200]);
    const cast = reduced(ramp, SIZE, 4, { left: 8, right: -8 });
    expect([...cast.slice(0, 4)].map((value, i) => Math.round((value - small[i]!) * 255))).toEqual([8, 4, 0, -4]);
  });

  it('reduces a crop to bytes without a cast', () => {
    const crop = { size: SIZE, data: Uint8Array.from(ramp, (value) => Math.round(value * 255)) };
    expect([...reducedCrop(crop, 4).data.subarray(0, 4)]).toEqual([110, 140, 170, 200]);
  });
});
