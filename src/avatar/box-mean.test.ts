import { describe, expect, it } from 'vitest';
import { boxMeans } from './box-mean.ts';

const means = (values: number[], width: number, reach: number): number[] => {
  const data = Float32Array.from(values);
  boxMeans(data, new Float32Array(values.length), width, values.length / width, reach);
  return [...data];
};

describe('boxMeans', () => {
  it('takes the mean of what lies around, as far as there is something', () => {
    expect(means([0, 3, 6, 9], 4, 1)).toEqual([1.5, 3, 6, 7.5]);
    expect(means([0, 3, 6, 9], 1, 1)).toEqual([1.5, 3, 6, 7.5]);
  });

  it('works in both directions', () => {
    expect(means([0, 0, 0, 0, 9, 0, 0, 0, 0], 3, 1)).toEqual([2.25, 1.5, 2.25, 1.5, 1, 1.5, 2.25, 1.5, 2.25]);
  });

  it('reaches beyond a small grid', () => {
    expect(means([2, 4], 2, 5)).toEqual([3, 3]);
  });
});
