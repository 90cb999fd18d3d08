import { describe, expect, it } from 'vitest';
import { cropRgb, type Plane, samplePlane } from './warp.ts';

const ramp = (width: number, height: number): Plane => ({
  data: Uint8Array.from({ length: width * height }, (_, i) => (i % width) * 10 + Math.floor(i / width)),
  ...{ width, height, offset: 0, step: 1 },
});

describe('samplePlane', () => {
  it('gives back the pixels themselves on a grid that lies on them', () => {
    const plane = ramp(4, 4);
    expect([...samplePlane(plane, [4, 0, 0, 0, 4, 0], 4)]).toEqual([...plane.data]);
  });

  it('interpolates between pixels', () => {
    const [first] = samplePlane(ramp(4, 4), [1, 0, 1.25, 0, 1, 1.5], 1);
    // The one sample looks at x = 1.75, y = 2: index 1.25 and 1.5.
    expect(first).toBeCloseTo(12.5 + 1.5, 5);
  });

  it('repeats the edge or gives zero outside', () => {
    expect(samplePlane(ramp(4, 4), [1, 0, -3, 0, 1, -3], 1)[0]).toBe(0);
    expect(samplePlane(ramp(4, 4), [1, 0, 9, 0, 1, 9], 1, 'edge')[0]).toBe(33);
    expect(samplePlane(ramp(4, 4), [1, 0, 9, 0, 1, 9], 1, 'zero')[0]).toBe(0);
  });

  it('averages what a coarse grid would skip', () => {
    const stripes: Plane = {
      data: Uint8Array.from({ length: 64 * 64 }, (_, i) => (i % 2) * 200),
      ...{ width: 64, height: 64, offset: 0, step: 1 },
    };
    for (const value of samplePlane(stripes, [64, 0, 0, 0, 64, 0], 16)) expect(value).toBeCloseTo(100, 3);
  });
});

describe('cropRgb', () => {
  it('separates the channels and scales them', () => {
    const image = { width: 1, height: 1, data: Uint8Array.of(0, 100, 200) };
    expect([...cropRgb(image, [1, 0, 0, 0, 1, 0], 1, { scale: 0.01, bias: -1, border: 'edge' })]).toEqual([
      -1,
      0,
      expect.closeTo(1),
    ]);
  });
});
