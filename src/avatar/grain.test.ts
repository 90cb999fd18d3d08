import { describe, expect, it } from 'vitest';
import { seeded } from '../../test/fixtures/seeded.ts';
import type { Frame } from '../types.ts';
import { createGrainMeter } from './grain.ts';
import { yuvPlanes } from './yuv-planes.ts';

const SIDE = 120;
const SIZE = 40;
const BOX = { left: 0, top: 0, right: SIZE, bottom: SIZE };
const WHOLE = [SIDE, 0, 0, 0, SIDE, 0] as const;

function grainOf(luma: (x: number, y: number) => number, crop: Parameters<ReturnType<typeof createGrainMeter>>[1]) {
  const data = new Uint8Array((SIDE * SIDE * 3) / 2).fill(128);
  for (let at = 0; at < SIDE * SIDE; at++) data[at] = luma(at % SIDE, Math.floor(at / SIDE));
  const frame: Frame = { width: SIDE, height: SIDE, data };
  const reference = yuvPlanes(SIZE);
  reference.y.fill(100);
  return createGrainMeter()(frame, crop, reference, SIZE, BOX);
}

describe('createGrainMeter', () => {
  it('finds none in a smooth picture and more in a coarser one', () => {
    const random = seeded(11);
    const noise = Float32Array.from({ length: SIDE * SIDE }, () => 2 * random() - 1);
    const grain = (amount: number) => grainOf((x, y) => Math.round(100 + amount * noise[y * SIDE + x]!), WHOLE);
    expect(grain(0)).toBeLessThan(0.5);
    expect(grain(4)).toBeGreaterThan(2);
    expect(grain(6)).toBeGreaterThan(grain(3));
  });

  it('takes no contour for grain', () => {
    expect(grainOf((x) => (x < 20 ? 200 : 100), WHOLE)).toBeLessThan(0.5);
  });

  it('has an upper limit, and is 0 where the crop lies outside the picture', () => {
    expect(grainOf(() => 200, WHOLE)).toBeLessThanOrEqual(8);
    expect(grainOf(() => 200, [SIDE, 0, 5 * SIDE, 0, SIDE, 0])).toBe(0);
  });
});
