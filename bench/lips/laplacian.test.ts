import { expect, it } from 'vitest';
import { dilated, laplacianEnergy } from './laplacian.ts';

const SIDE = 5;
const everywhere = new Uint8Array(SIDE * SIDE).fill(1);

it('is nothing on a slope', () => {
  expect(
    laplacianEnergy(
      Float32Array.from({ length: 25 }, (_, i) => 3 * (i % SIDE)),
      SIDE,
      everywhere,
    ),
  ).toBe(0);
});

it('is 20 over the nine inner pixels for one bright point', () => {
  const point = new Float32Array(25);
  point[12] = 1;
  expect(laplacianEnergy(point, SIDE, everywhere)).toBeCloseTo((16 + 4) / 9, 6);
});

it('counts marked pixels alone', () => {
  const point = new Float32Array(25);
  point[12] = 1;
  expect(
    laplacianEnergy(
      point,
      SIDE,
      Uint8Array.from({ length: 25 }, (_, i) => Number(i === 12)),
    ),
  ).toBe(16);
  expect(laplacianEnergy(point, SIDE, new Uint8Array(25))).toBeNaN();
});

it('grows a mask and stops at the border', () => {
  const corner = new Uint8Array(25);
  corner[0] = 1;
  expect([...dilated(corner, SIDE, 1)].flatMap((value, i) => (value ? [i] : []))).toEqual([0, 1, 5, 6]);
});
