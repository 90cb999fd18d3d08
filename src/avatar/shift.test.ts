import { describe, expect, it } from 'vitest';
import { bicubic } from './resample.ts';
import { shiftField, shiftPlane } from './shift.ts';
import type { Plane } from './warp.ts';

const [WIDTH, HEIGHT] = [64, 48];

/** A smooth picture, and the same seen from elsewhere. */
const wave = (x: number, y: number) => 128 + 50 * Math.sin(x / 6) + 40 * Math.cos(y / 5);

function plane(): Plane {
  const data = new Uint8Array(WIDTH * HEIGHT);
  for (let i = 0; i < data.length; i++) data[i] = Math.round(wave(i % WIDTH, Math.floor(i / WIDTH)));
  return { data, width: WIDTH, height: HEIGHT, offset: 0, step: 1 };
}

function shifted(motion: (x: number, y: number) => { x: number; y: number }, amount = 1): Uint8Array {
  const into = new Uint8Array(WIDTH * HEIGHT);
  shiftPlane(plane(), shiftField(WIDTH, HEIGHT, motion), 1, amount, into);
  return into;
}

describe('shiftPlane', () => {
  it('leaves alone what does not move, to the byte', () => {
    expect(shifted(() => ({ x: 0, y: 0 }))).toEqual(plane().data);
    expect(shifted(() => ({ x: 3, y: 2 }), 0)).toEqual(plane().data);
    const half = shifted((x) => ({ x: 0, y: x > 40 ? 2 : 0 }));
    for (let y = 0; y < HEIGHT; y++) expect(half[y * WIDTH + 20]).toBe(plane().data[y * WIDTH + 20]);
  });

  it.each([
    [3, -2],
    [0.5, 0.5],
    [-1.3, 2.7],
  ])('fetches every colour from (%d, %d) further', (x, y) => {
    const moved = shifted(() => ({ x, y }));
    for (let row = 8; row < HEIGHT - 8; row++) {
      for (let column = 8; column < WIDTH - 8; column++) {
        expect(Math.abs(moved[row * WIDTH + column]! - wave(column + x, row + y))).toBeLessThan(2);
      }
    }
  });

  it('goes part of the way, in planes of half the size too', () => {
    const into = new Uint8Array(WIDTH * HEIGHT);
    shiftPlane(
      plane(),
      shiftField(WIDTH * 2, HEIGHT * 2, () => ({ x: 8, y: 0 })),
      2,
      0.5,
      into,
    );
    expect(Math.abs(into[20 * WIDTH + 30]! - wave(32, 20))).toBeLessThan(2);
  });

  it('goes on with the edge pixels outside', () => {
    expect(shifted(() => ({ x: -20, y: 0 }))[10 * WIDTH]).toBe(plane().data[10 * WIDTH]);
    expect(shifted(() => ({ x: 0, y: 20 }))[(HEIGHT - 1) * WIDTH + 5]).toBe(plane().data[(HEIGHT - 1) * WIDTH + 5]);
  });
});

describe('bicubic', () => {
  it('is exact on pixels, close between them, and bounded', () => {
    expect(bicubic(plane(), 7, 9)).toBe(plane().data[9 * WIDTH + 7]);
    expect(Math.abs(bicubic(plane(), 20.4, 15.7) - wave(20.4, 15.7))).toBeLessThan(2);
    expect(bicubic(plane(), -9, -9)).toBe(plane().data[0]);
    const steep: Plane = { data: Uint8Array.of(255, 255, 0, 0), width: 4, height: 1, offset: 0, step: 1 };
    expect(bicubic(steep, 2.4, 0)).toBeGreaterThanOrEqual(0);
    expect(bicubic(steep, 0.6, 0)).toBeLessThanOrEqual(255);
  });
});
