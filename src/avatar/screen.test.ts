import { expect, it } from 'vitest';
import { rgbToI420 } from '../media/colour.ts';
import type { Frame } from '../types.ts';
import { findScreen } from './screen.ts';

const [WIDTH, HEIGHT] = [96, 72];

/** A picture coloured by place. */
function picture(colour: (x: number, y: number) => readonly [number, number, number]): Frame {
  const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) rgb.set(colour(x, y), (y * WIDTH + x) * 3);
  return { width: WIDTH, height: HEIGHT, data: rgbToI420(rgb, WIDTH, HEIGHT) };
}

const SKIN = [200, 150, 130] as const;
const inFront = (x: number, y: number) => Math.hypot(x - 48, y - 40) < 22 || (y > 55 && x > 10 && x < 86);

it.each([
  ['green', [20, 170, 70]],
  ['blue', [10, 70, 190]],
] as const)('finds a %s screen behind a person, lit unevenly', (_, screen) => {
  const lit = (x: number) => screen.map((value) => value * (0.85 + (0.15 * x) / WIDTH)) as unknown as typeof SKIN;
  const found = findScreen(picture((x, y) => (inFront(x, y) ? SKIN : lit(x))));
  expect(found?.v).toBeLessThan(-20);
});

it.each([
  ['a grey wall', () => [190, 190, 185] as const],
  ['wood', () => [150, 100, 60] as const],
  ['skin everywhere', () => SKIN],
  ['a lawn below the sky', (_: number, y: number) => (y < 6 ? ([150, 190, 250] as const) : ([60, 140, 50] as const))],
  ['green on the left only', (x: number) => (x < 40 ? ([20, 170, 70] as const) : ([180, 180, 180] as const))],
])('finds none in %s', (_, colour) => {
  expect(findScreen(picture(colour))).toBeUndefined();
});
