import { expect, it } from 'vitest';
import { faceBox } from './face-box.ts';
import { type FaceLandmarks, LANDMARKS } from './mesh.ts';

/** All landmarks in one spot but two, which span the rectangle. */
function face(x: number, y: number, width: number, height: number): FaceLandmarks {
  const points = new Float32Array(LANDMARKS * 3);
  for (let at = 0; at < points.length; at += 3) points.set([x + width / 2, y + height / 2, 0], at);
  points.set([x, y, 0]);
  points.set([x + width, y + height, 0], 30);
  return { points, score: 1 };
}

it('is the mean over the frames that show a face', () => {
  expect(faceBox([face(10, 20, 100, 120), undefined, face(20, 40, 120, 140)])).toEqual({
    ...{ x: 15, y: 30, width: 110, height: 130 },
  });
});

it('needs a face', () => {
  expect(() => faceBox([undefined])).toThrow(RangeError);
});
