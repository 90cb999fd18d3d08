import { describe, expect, it } from 'vitest';
import { byteAt, clamp, floatAt } from './sample.ts';

const VALUES = [0, 10, 20, 30, 40, 50];

describe.each([
  ['floatAt', (x: number, y: number) => floatAt(Float32Array.from(VALUES), 3, 2, x, y)],
  ['byteAt', (x: number, y: number) => byteAt(Uint8Array.of(99, ...VALUES), 1, 3, 2, x, y)],
])('%s', (_, at) => {
  it('gives samples and what lies between them', () => {
    expect(at(1, 1)).toBe(40);
    expect(at(0.5, 0)).toBe(5);
    expect(at(1.5, 0.5)).toBe(30);
  });

  it('gives the nearest one outside', () => {
    expect(at(-3, -3)).toBe(0);
    expect(at(9, 0.5)).toBe(35);
    expect(at(2, 9)).toBe(50);
  });
});

describe('clamp', () => {
  it('brings a number into a range', () => {
    expect([-1, 0.5, 7].map((value) => clamp(value, 0, 1))).toEqual([0, 0.5, 1]);
  });
});
