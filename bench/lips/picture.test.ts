import { describe, expect, it } from 'vitest';
import { cut, halved, type Picture, psnr, ssim } from './picture.ts';

const grey = (size: number, value: (x: number, y: number) => number): Picture => {
  const plane = Array.from({ length: size * size }, (_, i) => value(i % size, Math.floor(i / size)));
  return { width: size, height: size, channels: 3, data: Float32Array.from([...plane, ...plane, ...plane]) };
};
const texture = (x: number, y: number) => 128 + 60 * Math.sin(x) * Math.cos(1.7 * y);

describe('psnr', () => {
  it('is 20 dB for an error of a tenth of the range', () => {
    expect(
      psnr(
        grey(8, () => 100),
        grey(8, () => 125.5),
      ),
    ).toBeCloseTo(20, 4);
  });
  it('is 60 dB for equal pictures', () => expect(psnr(grey(8, texture), grey(8, texture))).toBeCloseTo(60, 6));
});

describe('ssim', () => {
  it('is 1 for equal pictures', () => expect(ssim(grey(16, texture), grey(16, texture))).toBeCloseTo(1, 5));
  it('is the luminance term alone for two flat pictures', () => {
    const c1 = 2.55 ** 2;
    const expected = (2 * 100 * 150 + c1) / (100 ** 2 + 150 ** 2 + c1);
    expect(
      ssim(
        grey(16, () => 100),
        grey(16, () => 150),
      ),
    ).toBeCloseTo(expected, 3);
  });
  it('is negative for an inverted texture', () => {
    expect(
      ssim(
        grey(16, texture),
        grey(16, (x, y) => 256 - texture(x, y)),
      ),
    ).toBeLessThan(-0.5);
  });
});

describe('halved and cut', () => {
  it('means four pixels', () =>
    expect(halved(grey(4, (x, y) => x + 10 * y)).data.slice(0, 4)).toEqual(Float32Array.of(5.5, 7.5, 25.5, 27.5)));
  it('takes a rectangle of every channel', () => {
    const part = cut(
      grey(4, (x, y) => x + 10 * y),
      { left: 1, top: 2, right: 3, bottom: 3 },
    );
    expect(part).toEqual({ width: 2, height: 1, channels: 3, data: Float32Array.of(21, 22, 21, 22, 21, 22) });
  });
});
