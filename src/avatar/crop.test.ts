import { describe, expect, it } from 'vitest';
import { rgbToI420 } from '../media/colour.ts';
import type { Frame } from '../types.ts';
import { cropFrame } from './crop.ts';

function frameOf(width: number, height: number, colour: (x: number) => readonly number[]): Frame {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) rgb.set(colour(i % width), i * 3);
  return { width, height, data: rgbToI420(rgb, width, height) };
}

describe('cropFrame', () => {
  it.each([
    [255, 0, 0],
    [12, 200, 90],
    [230, 180, 160],
  ])('gives the colour (%i, %i, %i) back as planar BGR within rounding', (r, g, b) => {
    const { size, data } = cropFrame(
      frameOf(16, 16, () => [r, g, b]),
      [8, 0, 4, 0, 8, 4],
      4,
    );
    expect(size).toBe(4);
    for (let i = 0; i < 16; i++) {
      expect(Math.abs(data[i]! - b)).toBeLessThanOrEqual(2);
      expect(Math.abs(data[16 + i]! - g)).toBeLessThanOrEqual(2);
      expect(Math.abs(data[32 + i]! - r)).toBeLessThanOrEqual(2);
    }
  });

  it('keeps luma and chroma on the same place', () => {
    const halves = frameOf(32, 32, (x) => (x < 16 ? [200, 30, 30] : [30, 30, 200]));
    const { data } = cropFrame(halves, [32, 0, 0, 0, 32, 0], 32);
    const row = 16 * 32;
    const [blue, red] = [data.subarray(row, row + 32), data.subarray(2048 + row, 2048 + row + 32)];
    expect(red[13]! - blue[13]!).toBeGreaterThan(160);
    expect(blue[18]! - red[18]!).toBeGreaterThan(160);
  });
});
