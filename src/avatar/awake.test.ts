import { expect, it } from 'vitest';
import { awake } from './awake.ts';
import { type FaceLandmarks, LANDMARKS } from './mesh.ts';

/** A face whose eyes, 20 wide, are so far open. */
function face(right: number, left = right): FaceLandmarks {
  const points = new Float32Array(LANDMARKS * 3);
  const put = (index: number, x: number, y: number) => points.set([x, y, 0], index * 3);
  for (const [upper, lower, outer, inner, x, open] of [
    [159, 145, 33, 133, 30, right],
    [386, 374, 263, 362, 70, left],
  ] as const) {
    put(outer, x - 10, 40);
    put(inner, x + 10, 40);
    put(upper, x, 40 - open / 2);
    put(lower, x, 40 + open / 2);
  }
  return { points, score: 1 };
}

it('finds blinks by how the person usually looks', () => {
  expect(awake([face(6), face(5.5), face(1), undefined, face(6)])).toEqual([true, true, false, false, true]);
  expect(awake([face(2), face(2.1), face(1.9)])).toEqual([true, true, true]);
  expect(awake([face(6), face(6), face(6, 0)])).toEqual([true, true, false]);
});

it('says nothing of nobody', () => {
  expect(awake([undefined])).toEqual([false]);
  expect(awake([])).toEqual([]);
});
