import type { Frame, Screen } from '../types.ts';

/** Width of the border that is looked at, as a share of the picture's height; the lower edge is the person's. */
const BORDER = 0.06;
/** Samples this close to the border's median colour are of the same screen … */
const NEAR = 14;
/** … and so large a share of the border has to be. Shoulders may reach into its sides. */
const SHARE = 0.7;
/** A screen is at least so colourful; skin, wood and walls have more red than grey has. */
const LEAST_CHROMA = 26;
const MOST_RED = -12;

/**
 * The green or blue screen that a person stands before: one strong colour without red all along the picture's upper
 * border and most of its sides. `undefined` where there is none.
 */
export function findScreen({ width, height, data }: Frame): Screen | undefined {
  const [columns, rows] = [width / 2, height / 2];
  const edge = Math.max(1, Math.round(BORDER * rows));
  const at: number[] = [];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      if (y < edge || ((x < edge || x >= columns - edge) && y < rows / 2)) at.push(y * columns + x);
    }
  }
  const blue = data.subarray(width * height);
  const red = blue.subarray(columns * rows);
  const [u, v] = [blue, red].map((plane) => median(at.map((index) => plane[index]!)) - 128) as [number, number];
  if (Math.hypot(u, v) < LEAST_CHROMA || v > MOST_RED) return undefined;
  const near = at.filter((index) => Math.hypot(blue[index]! - 128 - u, red[index]! - 128 - v) < NEAR);
  return near.length >= SHARE * at.length ? { u, v } : undefined;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
