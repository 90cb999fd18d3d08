import { describe, expect, it } from 'vitest';
import { correlation, lagOf, meanOf, secondDifference } from './signal.ts';

describe('correlation', () => {
  it.each([
    [[1, 2, 3], [10, 20, 30], 1],
    [[1, 2, 3], [3, 2, 1], -1],
    [[1, 2, 3, 4], [1, 3, 2, 4], 0.8],
  ])('of %j and %j is %d', (a, b, r) => expect(correlation(a, b)).toBeCloseTo(r, 6));
  it('is undefined where nothing changes', () => expect(correlation([1, 1, 1], [1, 2, 3])).toBeUndefined());
});

describe('lagOf', () => {
  const wave = (shift: number) =>
    Array.from({ length: 80 }, (_, i) => Math.sin((i - shift) / 3) + Math.sin((i - shift) / 7));
  it.each([0, 2, -3])('finds a shift of %d samples', (shift) =>
    expect(lagOf(wave(shift), wave(0), 6)).toBeCloseTo(shift, 1),
  );
  it('finds a shift between samples', () => expect(lagOf(wave(0.5), wave(0), 6)).toBeCloseTo(0.5, 1));
  it('is undefined for a still signal', () => expect(lagOf(new Float32Array(20), wave(0), 6)).toBeUndefined());
});

describe('secondDifference', () => {
  it('is nothing for steady motion', () =>
    expect(
      secondDifference([
        [1, 5],
        [2, 7],
        [3, 9],
      ]),
    ).toBe(0));
  it('is the size of a jerk', () => expect(secondDifference([[0], [4], [0]])).toBe(8));
  it('is nothing for fewer than three frames', () => expect(secondDifference([[0], [4]])).toBe(0));
});

it('means values', () => expect(meanOf([1, 2, 6])).toBe(3));
