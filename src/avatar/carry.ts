import { createFlow } from './flow.ts';
import type { Box } from './geometry.ts';
import type { Layers } from './layers.ts';
import { floatAt } from './sample.ts';

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
        const v = (row - box.top) / step + offset;
        for (let column = active.left; column < active.right; column++) {
          const u = (column - box.left) / step + offset;
          const across = step * floatAt(x, width, height, u, v);
          const down = step * floatAt(y, width, height, u, v);
          const still = Math.abs(across) + Math.abs(down) < STILL;
          const at = 2 * (row * size + column);
          motion[at] = still ? 0 : across;
          motion[at + 1] = still ? 0 : down;
        }
      }
      return motion;
    },
  };
}
