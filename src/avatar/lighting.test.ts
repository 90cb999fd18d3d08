import { beforeAll, describe, expect, it } from 'vitest';
import { type Head, headIn, POSTER } from '../../test/fixtures/face.ts';
import type { Frame } from '../types.ts';
import { measureLight } from './lighting.ts';
import { faceSquare } from './skin.ts';

let head: Head;
beforeAll(async () => {
  head = await headIn(POSTER);
});

/** The picture with another brightness at each place. */
function lit(change: (luma: number, x: number) => number): Frame {
  const { width, height } = head.frame;
  const data = head.frame.data.slice();
  for (let i = 0; i < width * height; i++) data[i] = Math.min(235, Math.max(16, change(data[i]!, i % width)));
  return { width, height, data };
}

describe('measureLight', () => {
  it('finds a well lit face neither dark nor bright, flat nor uneven', () => {
    const { level, contrast, balance, clipped } = measureLight(head.frame, head.face);
    expect(level).toBeGreaterThan(0.4);
    expect(level).toBeLessThan(0.8);
    expect(contrast).toBeGreaterThan(0.2);
    expect(balance).toBeGreaterThan(0.75);
    expect(clipped).toBeLessThan(0.01);
  });

  it('takes lost blacks for darkness, not for lost whites', () => {
    const dark = measureLight(
      lit((y) => y - 107),
      head.face,
    );
    expect(dark.level).toBeLessThan(0.12);
    expect(dark.clipped).toBe(0);
  });

  it('tells darkness, haze, light from one side and lost whites', () => {
    const [a, b, tx] = faceSquare(head.face);
    const middle = tx + (a + b) / 2;
    expect(
      measureLight(
        lit((y) => 16 + (y - 16) * 0.15),
        head.face,
      ).level,
    ).toBeLessThan(0.12);
    expect(
      measureLight(
        lit((y) => 110 + (y - 110) * 0.15),
        head.face,
      ).contrast,
    ).toBeLessThan(0.08);
    expect(
      measureLight(
        lit((y, x) => (x < middle ? y : 16 + (y - 16) * 0.3)),
        head.face,
      ).balance,
    ).toBeLessThan(0.35);
    expect(
      measureLight(
        lit((y) => y * 1.9),
        head.face,
      ).clipped,
    ).toBeGreaterThan(0.4);
  });
});
