import { describe, expect, it } from 'vitest';
import { i420ToRgb, type Matrix, rgbToI420 } from './colour.ts';

const solid = (r: number, g: number, b: number): Uint8Array =>
  Uint8Array.from({ length: 12 }, (_, i) => [r, g, b][i % 3]!);
/** Y, U, V of a 2×2 picture of one colour. */
const yuv = (rgb: [number, number, number], matrix?: Matrix): number[] => {
  const out = rgbToI420(solid(...rgb), 2, 2, matrix);
  return [out[0]!, out[4]!, out[5]!];
};

describe('RGB and limited-range YUV', () => {
  it('maps black, white and grey to the ends and the middle of the range', () => {
    expect(yuv([0, 0, 0])).toEqual([16, 128, 128]);
    expect(yuv([255, 255, 255])).toEqual([235, 128, 128]);
    expect(yuv([128, 128, 128], 'bt709')).toEqual([126, 128, 128]);
  });

  it('has the 100 % colour bars of BT.601 and BT.709', () => {
    expect(yuv([255, 0, 0])).toEqual([81, 90, 240]);
    expect(yuv([0, 255, 0])).toEqual([145, 54, 34]);
    expect(yuv([0, 0, 255])).toEqual([41, 240, 110]);
    expect(yuv([255, 0, 0], 'bt709')).toEqual([63, 102, 240]);
    expect(yuv([0, 255, 0], 'bt709')).toEqual([173, 42, 26]);
    expect(yuv([0, 0, 255], 'bt709')).toEqual([32, 240, 118]);
  });

  it.each(['bt601', 'bt709'] as const)('comes back from %s within rounding', (matrix) => {
    for (const rgb of [solid(200, 150, 120), solid(12, 250, 99), solid(255, 1, 128)]) {
      const back = i420ToRgb(rgbToI420(rgb, 2, 2, matrix), 2, 2, matrix);
      for (const [i, value] of back.entries()) expect(Math.abs(value - rgb[i]!)).toBeLessThanOrEqual(2);
    }
  });

  it('shares the mean chroma of four pixels and keeps their luma apart', () => {
    const halves = Uint8Array.from([...[255, 0, 0], ...[0, 0, 255], ...[255, 0, 0], ...[0, 0, 255]]);
    const out = rgbToI420(halves, 2, 2);
    expect([...out]).toEqual([81, 41, 81, 41, 165, 175]);
  });

  it('refuses odd sides and short buffers', () => {
    expect(() => rgbToI420(new Uint8Array(27), 3, 3)).toThrow(RangeError);
    expect(() => rgbToI420(new Uint8Array(11), 2, 2)).toThrow(RangeError);
  });
});
