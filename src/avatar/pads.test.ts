import { expect, it } from 'vitest';
import type { CropMatrix } from '../types.ts';
import { padCrop } from './pads.ts';
import { applyMatrix } from './roi.ts';

/** 100 pixels wide and 200 high, its corner at (10, 20). */
const UPRIGHT: CropMatrix = [100, 0, 10, 0, 200, 20];

it('changes nothing without pads', () => {
  expect(padCrop(UPRIGHT)).toEqual(UPRIGHT);
  expect(padCrop(UPRIGHT, [0, 0, 0, 0])).toEqual(UPRIGHT);
});

it('reaches further on each side by its own share', () => {
  const padded = padCrop(UPRIGHT, [10, 20, 30, -5]);
  expect(applyMatrix(padded, 0, 0)).toEqual({ x: 10 - 30, y: 20 - 20 });
  expect(applyMatrix(padded, 1, 1)).toEqual({ x: 110 - 5, y: 220 + 40 });
});

it('goes along the sides of a turned crop', () => {
  const turned: CropMatrix = [0, -200, 300, 100, 0, 50];
  const padded = padCrop(turned, [50, 0, 0, 0]);
  expect(applyMatrix(padded, 0, 0)).toEqual({ x: 400, y: 50 });
  expect(applyMatrix(padded, 0, 1)).toEqual(applyMatrix(turned, 0, 1));
});
