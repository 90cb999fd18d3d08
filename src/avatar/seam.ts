import type { Box } from './geometry.ts';

/** Samples of the seam that are looked at; more tell nothing new. */
const MAX_SAMPLES = 600;
/** How far from the plane found so far a sample may lie to count, 8-bit levels: ever less, round by round. */
const ROUNDS = [24, 12, 6] as const;
/** Below it a difference of light is none: what the model left alone stays as it is. */
const NONE = 0.5;

/** A difference of light over a crop, `base + across·x + down·y` with x and y −1 … 1 over the box; 8-bit levels. */
export interface LightPlane {
  base: number;
  across: number;
  down: number;
}

export const noLight = (): LightPlane => ({ base: 0, across: 0, down: 0 });

/** Finds how far patch and reference differ by one plane along the seam. */
export interface Seam {
  /** The mask whose edge it is, 0…1 per sample. */
  follow(alpha: Float32Array): void;
  fit(patch: Float32Array, reference: Float32Array, into: LightPlane): void;
}

/**
 * The seam of a mask: its soft edge all around. Beside the mouth both pictures show the same skin there, so that their
 * difference is the model's error of colour and light; where the jaw or the neck has moved they do not, which is left out
 * by weighing what lies far from the others ever less (iteratively reweighted least squares, the weights of Geman and McClure, 1987).
 */
export function createSeam(size: number, box: Box): Seam {
  const samples = new Int32Array(MAX_SAMPLES);
  const x = new Float32Array(MAX_SAMPLES);
  const y = new Float32Array(MAX_SAMPLES);
  let count = 0;
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  return {
    follow(alpha) {
      let edge = 0;
      for (let i = 0; i < width * height; i++) if (isEdge(alpha[place(i)]!)) edge++;
      const every = Math.max(1, Math.ceil(edge / MAX_SAMPLES));
      count = 0;
      for (let i = 0, seen = 0; i < width * height; i++) {
        if (!isEdge(alpha[place(i)]!) || seen++ % every !== 0) continue;
        samples[count] = place(i);
        x[count] = (2 * (i % width)) / width - 1;
        y[count] = (2 * Math.floor(i / width)) / height - 1;
        count++;
      }
    },
    fit(patch, reference, into) {
      into.base = into.across = into.down = 0;
      for (const scale of ROUNDS) {
        let [n, sx, sy, sxx, sxy, syy, sd, sxd, syd] = [1e-6, 0, 0, 1e-3, 0, 1e-3, 0, 0, 0];
        for (let i = 0; i < count; i++) {
          const u = x[i]!;
          const v = y[i]!;
          const d = patch[samples[i]!]! - reference[samples[i]!]!;
          const off = (d - into.base - into.across * u - into.down * v) / scale;
          const w = 1 / (1 + off * off) ** 2;
          n += w;
          sx += w * u;
          sy += w * v;
          sxx += w * u * u;
          sxy += w * u * v;
          syy += w * v * v;
          sd += w * d;
          sxd += w * u * d;
          syd += w * v * d;
        }
        // Cramer's rule on the normal equations.
        const c0 = sxx * syy - sxy * sxy;
        const c1 = sxy * sy - sx * syy;
        const c2 = sx * sxy - sxx * sy;
        const det = n * c0 + sx * c1 + sy * c2;
        into.base = (sd * c0 + sxd * c1 + syd * c2) / det;
        into.across = (sd * c1 + sxd * (n * syy - sy * sy) + syd * (sx * sy - n * sxy)) / det;
        into.down = (sd * c2 + sxd * (sx * sy - n * sxy) + syd * (n * sxx - sx * sx)) / det;
      }
      into.base = beyond(into.base);
      into.across = beyond(into.across);
      into.down = beyond(into.down);
    },
  };

  /** Where the box's sample `i` lies in the crop. */
  function place(i: number): number {
    return (box.top + Math.floor(i / width)) * size + box.left + (i % width);
  }
}

const isEdge = (alpha: number): boolean => alpha > 0 && alpha < 1;

/** Nothing up to `NONE`, soon the whole beyond it. */
const beyond = (value: number): number => value * Math.max(0, 1 - (NONE / Math.max(NONE, Math.abs(value))) ** 2);

/** Takes a plane of light out of a patch. */
export function relight(patch: Float32Array, { base, across, down }: LightPlane, size: number, box: Box): void {
  if (base === 0 && across === 0 && down === 0) return;
  const perColumn = 2 / (box.right - box.left);
  const perRow = 2 / (box.bottom - box.top);
  for (let row = box.top; row < box.bottom; row++) {
    const line = base - across + down * ((row - box.top) * perRow - 1);
    for (let column = box.left; column < box.right; column++) {
      patch[row * size + column]! -= line + across * (column - box.left) * perColumn;
    }
  }
}
