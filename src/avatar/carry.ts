import { createFlow } from './flow.ts';
import type { Box } from './geometry.ts';
import type { Layers } from './layers.ts';
import { clamp } from './sample.ts';

/** Motion is looked for on a grid of about so many samples along the crop's side; it is smooth anyway. */
const GRID_SIDE = 128;
/** Motions below it, samples, are none. */
const STILL = 0.12;

/** Finds where what the patch shows lies in the reference crop. */
export interface Carrier {
  /** Motion inside the active box, (x, y) per sample of the crop; overwritten by the next call. */
  carry(layers: Layers): Float32Array;
}

/** For crops of `size` samples whose `box` is pasted. */
export function createCarrier(size: number, box: Box): Carrier {
  const step = Math.ceil(size / GRID_SIDE);
  const width = Math.ceil((box.right - box.left) / step);
  const height = Math.ceil((box.bottom - box.top) / step);
  const was = new Float32Array(width * height);
  const is = new Float32Array(width * height);
  const flow = createFlow(width, height);
  const motion = new Float32Array(2 * size * size);

  /** The means of step×step samples of both pictures. */
  function reduce({ before, after }: Layers): void {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        let old = 0;
        let now = 0;
        for (let i = 0; i < step * step; i++) {
          const x = Math.min(box.right - 1, box.left + column * step + (i % step));
          const y = Math.min(box.bottom - 1, box.top + row * step + ((i / step) | 0));
          old += before.y[y * size + x]!;
          now += after.y[y * size + x]!;
        }
        was[row * width + column] = old / (step * step);
        is[row * width + column] = now / (step * step);
      }
    }
  }

  return {
    carry(layers) {
      reduce(layers);
      const { x, y } = flow(was, is);
      const { active } = layers;
      const offset = (1 - step) / (2 * step);
      for (let row = active.top; row < active.bottom; row++) {
        const v = clamp((row - box.top) / step + offset, 0, height - 1);
        const upper = (v | 0) * width;
        const lower = v < height - 1 ? upper + width : upper;
        const down = v - (v | 0);
        for (let column = active.left; column < active.right; column++) {
          const u = clamp((column - box.left) / step + offset, 0, width - 1);
          const left = u | 0;
          const right = u < width - 1 ? left + 1 : left;
          const w11 = down * (u - left);
          const w10 = down - w11;
          const w01 = u - left - w11;
          const w00 = 1 - down - w01;
          const [a, b, c, d] = [upper + left, upper + right, lower + left, lower + right];
          const mx = step * (x[a]! * w00 + x[b]! * w01 + x[c]! * w10 + x[d]! * w11);
          const my = step * (y[a]! * w00 + y[b]! * w01 + y[c]! * w10 + y[d]! * w11);
          const still = Math.abs(mx) + Math.abs(my) < STILL;
          const at = 2 * (row * size + column);
          motion[at] = still ? 0 : mx;
          motion[at + 1] = still ? 0 : my;
        }
      }
      return motion;
    },
  };
}
