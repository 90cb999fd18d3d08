import { describe, expect, it } from 'vitest';
import { type FaceLandmarks, LANDMARKS } from './mesh.ts';
import { fitSimilarity, meanFace } from './similarity.ts';

const cloud = (place: (x: number, y: number) => [number, number]): FaceLandmarks => ({
  score: 1,
  points: Float32Array.from({ length: LANDMARKS }, (_, i) => i).reduce(
    (points, i) => {
      points.set([...place(90 * Math.sin(i * 1.7), 120 * Math.cos(i * 2.3)), 5], i * 3);
      return points;
    },
    new Float32Array(LANDMARKS * 3),
  ),
});

/** Mean distance from the middle across, over the same along. */
function proportion({ points }: FaceLandmarks): number {
  const spread = (axis: number) => {
    const values = Array.from({ length: LANDMARKS }, (_, i) => points[i * 3 + axis]!);
    const middle = values.reduce((sum, value) => sum + value, 0) / LANDMARKS;
    return values.reduce((sum, value) => sum + Math.abs(value - middle), 0);
  };
  return spread(0) / spread(1);
}

describe('fitSimilarity', () => {
  it('finds turn, scale and shift', () => {
    const [a, c] = [1.2 * Math.cos(0.3), 1.2 * Math.sin(0.3)];
    const to = cloud((x, y) => [a * x - c * y + 40, c * x + a * y - 15]);
    const found = fitSimilarity(
      cloud((x, y) => [x, y]),
      to,
    );
    [a, -c, 40, c, a, -15].forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 3);
    });
  });
});

describe('meanFace', () => {
  it('averages shapes and stands where the first face stood, at its size', () => {
    const narrow = cloud((x, y) => [x * 0.9, y]);
    const mean = meanFace([narrow, cloud((x, y) => [x * 1.1 + 300, y + 80])]);
    const [a, , tx, c, , ty] = fitSimilarity(mean, narrow);
    expect(Math.hypot(a, c)).toBeCloseTo(1, 2);
    expect(Math.hypot(tx, ty)).toBeLessThan(0.5);
    expect(proportion(mean)).toBeCloseTo(proportion(cloud((x, y) => [x, y])), 2);
  });

  it('needs a face', () => {
    expect(() => meanFace([])).toThrow(RangeError);
  });
});
