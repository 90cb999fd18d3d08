import type { Plane } from './warp.ts';

/** Positions between two pixels that are told apart. */
export const PHASES = 64;
/** Catmull-Rom weights of the four pixels around a position, per phase: sharp, and exact on the pixels themselves. */
export const WEIGHTS = Float32Array.from({ length: (PHASES + 1) * 4 }, (_, i) => {
  const t = Math.floor(i / 4) / PHASES;
  return [
    ((2 - t) * t - 1) * t * 0.5,
    ((3 * t - 5) * t * t + 2) * 0.5,
    ((4 - 3 * t) * t + 1) * t * 0.5,
    (t - 1) * t * t * 0.5,
  ][i % 4]!;
});

/** The plane's value at fractional pixel indices, bicubic, edge pixels going on outside; 0…255. */
export function bicubic({ data, width, height, offset, step }: Plane, x: number, y: number): number {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const across = Math.round((x - column) * PHASES) * 4;
  const down = Math.round((y - row) * PHASES) * 4;
  let sum = 0;
  for (let j = 0; j < 4; j++) {
    const line = offset + clamp(row + j - 1, height) * width * step;
    let part = 0;
    for (let i = 0; i < 4; i++) part += WEIGHTS[across + i]! * data[line + clamp(column + i - 1, width) * step]!;
    sum += WEIGHTS[down + j]! * part;
  }
  return Math.min(255, Math.max(0, sum));
}

const clamp = (index: number, length: number): number => Math.min(length - 1, Math.max(0, index));
