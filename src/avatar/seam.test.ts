import { beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../../test/fixtures/seeded.ts';
import { createSeam, noLight, relight, type Seam } from './seam.ts';

const SIZE = 64;
const BOX = { left: 8, top: 16, right: 56, bottom: 60 };
/** x and y −1 … 1 over the box. */
const across = (at: number): number => (2 * ((at % SIZE) - BOX.left)) / (BOX.right - BOX.left) - 1;
const down = (at: number): number => (2 * (Math.floor(at / SIZE) - BOX.top)) / (BOX.bottom - BOX.top) - 1;
const plane = (of: (at: number) => number): Float32Array =>
  Float32Array.from({ length: SIZE * SIZE }, (_, at) => of(at));

describe('createSeam', () => {
  let seam: Seam;
  const random = seeded(4);
  const skin = plane(() => 90 + 60 * random());
  beforeAll(() => {
    seam = createSeam(SIZE, BOX);
    seam.follow(plane((at) => Math.min(1, Math.max(0, 2.4 - 2.4 * Math.hypot(across(at), down(at))))));
  });

  it('finds an error of light that grows across the face', () => {
    const light = noLight();
    const cast = plane((at) => 5 + 4 * across(at) - 3 * down(at));
    seam.fit(
      skin.map((value, at) => value + cast[at]!),
      skin,
      light,
    );
    expect(light.base).toBeCloseTo(5, 0);
    expect(light.across).toBeCloseTo(4, 0);
    expect(light.down).toBeCloseTo(-3, 0);
  });

  it('is not misled by the jaw having moved at a third of the seam', () => {
    const light = noLight();
    seam.fit(
      skin.map((value, at) => value + (down(at) > 0.5 ? -45 : 6)),
      skin,
      light,
    );
    expect(light.base).toBeGreaterThan(4.5);
    expect(light.base).toBeLessThan(7.5);
    expect(Math.abs(light.across)).toBeLessThan(0.5);
  });

  it('finds none where only the jaw has moved', () => {
    const light = noLight();
    seam.fit(
      skin.map((value, at) => value + (down(at) > 0.5 ? 30 : 0)),
      skin,
      light,
    );
    expect(Object.values(light).map(Math.abs)).toEqual([0, 0, 0]);
  });

  it('finds none without a seam', () => {
    const none = createSeam(SIZE, BOX);
    none.follow(plane(() => 1));
    const light = { base: 9, across: 9, down: 9 };
    none.fit(
      skin,
      plane(() => 0),
      light,
    );
    expect(light).toEqual(noLight());
  });
});

describe('relight', () => {
  it('takes the plane out inside the box and nowhere else', () => {
    const patch = plane((at) => 100 + 5 + 4 * across(at) - 3 * down(at));
    const outside = patch[3]!;
    relight(patch, { base: 5, across: 4, down: -3 }, SIZE, BOX);
    expect(patch[3]).toBe(outside);
    for (const [x, y] of [
      [8, 16],
      [55, 16],
      [30, 59],
    ] as const)
      expect(patch[y * SIZE + x]).toBeCloseTo(100, 3);
  });
});
