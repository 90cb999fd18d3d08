import { boxMeans } from './box-mean.ts';
import { clamp, floatAt } from './sample.ts';

/** Halvings of the grid on which motion is first looked for, and steps of the search on each, coarse to fine. */
const STEPS = [4, 4, 3] as const;
/** Samples around one that are taken to move alike, to either side. */
const REACH = 3;
/** Added to the squared gradients: where nothing can be followed nothing moves. In 8-bit levels squared. */
const DAMPING = 4;
/** A step of the search goes no further, samples. */
const MAX_STEP = 1.5;
/** Differences about this large (8-bit levels) are no motion: they weigh half. */
const OUTLIER = 20;

/** Sample values of a `width`×`height` grid, row by row. */
export interface Grid {
  width: number;
  height: number;
  data: Float32Array;
}

/** Where everything in a picture came from; per sample (x, y), samples: picture(p) ≈ before(p + motion(p)). */
export interface Motion {
  x: Float32Array;
  y: Float32Array;
}

type Sums = readonly [xx: Float32Array, xy: Float32Array, yy: Float32Array, xe: Float32Array, ye: Float32Array];

interface Level {
  width: number;
  height: number;
  before: Float32Array;
  after: Float32Array;
  moved: Float32Array;
  motion: Motion;
  /** Weighted products of gradients and difference: xx, xy, yy, xe, ye; and scratch. */
  sums: Sums;
  scratch: Float32Array;
}

/**
 * Dense motion between two pictures of the given size, by the pyramid of least squares of Lucas and Kanade (IJCAI 1981;
 * pyramid: Bouguet 2001) with weights that leave out what only one of the pictures shows. All arrays are made once; what
 * it returns is overwritten by the next call.
 */
export function createFlow(width: number, height: number): (before: Float32Array, after: Float32Array) => Motion {
  const levels: Level[] = STEPS.map((_, index) => createLevel(width, height, STEPS.length - 1 - index));
  const finest = levels.at(-1)!;
  return (before, after) => {
    finest.before.set(before);
    finest.after.set(after);
    for (let index = levels.length - 2; index >= 0; index--) {
      halve(levels[index + 1]!, 'before', levels[index]!);
      halve(levels[index + 1]!, 'after', levels[index]!);
    }
    for (const [index, level] of levels.entries()) {
      const coarser = levels[index - 1];
      if (coarser) double(coarser, level);
      else {
        level.motion.x.fill(0);
        level.motion.y.fill(0);
      }
      for (let step = 0; step < STEPS[index]!; step++) refine(level);
    }
    return finest.motion;
  };
}

function createLevel(fullWidth: number, fullHeight: number, halvings: number): Level {
  const width = Math.max(1, fullWidth >> halvings);
  const height = Math.max(1, fullHeight >> halvings);
  const plane = () => new Float32Array(width * height);
  return {
    width,
    height,
    before: plane(),
    after: plane(),
    moved: plane(),
    motion: { x: plane(), y: plane() },
    sums: [plane(), plane(), plane(), plane(), plane()],
    scratch: plane(),
  };
}

function halve(from: Level, which: 'before' | 'after', to: Level): void {
  const [source, target] = [from[which], to[which]];
  for (let y = 0; y < to.height; y++) {
    const upper = Math.min(2 * y, from.height - 1) * from.width;
    const lower = Math.min(2 * y + 1, from.height - 1) * from.width;
    for (let x = 0; x < to.width; x++) {
      const left = Math.min(2 * x, from.width - 1);
      const right = Math.min(2 * x + 1, from.width - 1);
      const sum = source[upper + left]! + source[upper + right]! + source[lower + left]! + source[lower + right]!;
      target[y * to.width + x] = sum / 4;
    }
  }
}

/** A coarser level's motion as the first guess of a level twice as fine. */
function double(from: Level, to: Level): void {
  for (let y = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++) {
      const at = y * to.width + x;
      to.motion.x[at] = 2 * floatAt(from.motion.x, from.width, from.height, x / 2 - 0.25, y / 2 - 0.25);
      to.motion.y[at] = 2 * floatAt(from.motion.y, from.width, from.height, x / 2 - 0.25, y / 2 - 0.25);
    }
  }
}

/** One step towards the motion under which both pictures look alike. */
function refine(level: Level): void {
  const { width, height, before, moved, motion, sums, scratch } = level;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      moved[at] = floatAt(before, width, height, x + motion.x[at]!, y + motion.y[at]!);
    }
  }
  multiply(level);
  for (const sum of sums) boxMeans(sum, scratch, width, height, REACH);
  const [xx, xy, yy, xe, ye] = sums;
  for (let at = 0; at < xx.length; at++) {
    const a = xx[at]! + DAMPING;
    const b = xy[at]!;
    const c = yy[at]! + DAMPING;
    const det = 1 / (a * c - b * b);
    motion.x[at]! += limited((c * xe[at]! - b * ye[at]!) * det);
    motion.y[at]! += limited((a * ye[at]! - b * xe[at]!) * det);
  }
  boxMeans(motion.x, scratch, width, height, 1);
  boxMeans(motion.y, scratch, width, height, 1);
}

/** The weighted products of gradients and difference at every sample. */
function multiply({ width, height, after, moved, sums }: Level): void {
  const [xx, xy, yy, xe, ye] = sums;
  const perOutlier = 1 / (OUTLIER * OUTLIER);
  for (let y = 0, at = 0; y < height; y++) {
    const up = y > 0 ? width : 0;
    const down = y < height - 1 ? width : 0;
    let left = 0;
    for (let x = 0; x < width; x++, at++) {
      const right = x < width - 1 ? 1 : 0;
      const gx = (moved[at + right]! - moved[at - left]! + after[at + right]! - after[at - left]!) / 4;
      const gy = (moved[at + down]! - moved[at - up]! + after[at + down]! - after[at - up]!) / 4;
      const e = after[at]! - moved[at]!;
      const weight = 1 / (1 + e * e * perOutlier);
      const wx = weight * gx;
      const wy = weight * gy;
      xx[at] = wx * gx;
      xy[at] = wx * gy;
      yy[at] = wy * gy;
      xe[at] = wx * e;
      ye[at] = wy * e;
      left = 1;
    }
  }
}

const limited = (step: number): number => clamp(step, -MAX_STEP, MAX_STEP);
