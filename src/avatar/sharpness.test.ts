import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { cropAround, frameOf, type Head, headIn, POSTER } from '../../test/fixtures/face.ts';
import { cropSide, sharpness } from './sharpness.ts';

let head: Head;
beforeAll(async () => {
  head = await headIn(POSTER);
});

describe('sharpness', () => {
  it('falls as a picture is blurred', async () => {
    const crop = cropAround(head.face);
    const measured = [sharpness(head.frame, crop)];
    for (const sigma of [1.5, 3, 6]) {
      measured.push(sharpness(await frameOf(await sharp(POSTER).blur(sigma).png().toBuffer()), crop));
    }
    expect(measured[0]).toBeGreaterThan(0.75);
    measured.slice(1).forEach((value, i) => {
      expect(value).toBeLessThan(measured[i]! - 0.05);
    });
    expect(measured[3]).toBeLessThan(0.38);
  });

  it('does not call a small face blurred', async () => {
    const small = await frameOf(await sharp(POSTER).resize(240, 240).png().toBuffer());
    const crop = cropAround({ ...head.face, points: head.face.points.map((value) => value / 3) });
    expect(sharpness(small, crop)).toBeGreaterThan(0.75);
  });

  it('is 0 where nothing can be seen', () => {
    const data = new Uint8Array((64 * 64 * 3) / 2).fill(100);
    expect(sharpness({ width: 64, height: 64, data }, [64, 0, 0, 0, 64, 0])).toBe(0);
  });
});

describe('cropSide', () => {
  it('is the side of the square of the same area, however turned', () => {
    expect(cropSide([0, -50, 0, 200, 0, 0])).toBeCloseTo(100);
  });
});
