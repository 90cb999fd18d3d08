import type { FaceMask } from '../../src/avatar/avatar.ts';
import { cropFrame } from '../../src/avatar/crop.ts';
import { invert } from '../../src/avatar/geometry.ts';
import { applyMatrix } from '../../src/avatar/roi.ts';
import type { CropMatrix, Frame } from '../../src/types.ts';
import { deltaE, type Lab, labOf } from '../lips/lab.ts';

/** Colours are compared this far on either side of the mask's middle line, in its samples: beyond its soft edge. */
const REACH = 14;
/** A colour is the mean of so many samples to every side. */
const SPREAD = 1;

/** Colour steps across the mask's edge, mean ΔE over all of its length. */
export interface Seam {
  /** The source's own, without any paste. */
  own: number;
  /** The pasted picture's. */
  pasted: number;
  /** What pasting changed on one side and not on the other. */
  added: number;
}

interface Crossing {
  inside: number;
  outside: number;
}

/** Measures the step of a pasted frame across the edge of `mask` against the source's own. */
export function measureSeam(source: Frame, pasted: Uint8Array, crop: CropMatrix, mask: FaceMask): Seam {
  const before = labs(source, crop, mask.size);
  const after = labs({ ...source, data: pasted }, crop, mask.size);
  const seam = { own: 0, pasted: 0, added: 0 };
  const crossings = edgeOf(mask);
  for (const { inside, outside } of crossings) {
    const [i0, o0, i1, o1] = [before(inside), before(outside), after(inside), after(outside)];
    seam.own += deltaE(i0, o0) / crossings.length;
    seam.pasted += deltaE(i1, o1) / crossings.length;
    seam.added += deltaE(minus(i1, i0), minus(o1, o0)) / crossings.length;
  }
  return seam;
}

/** Samples of the frame that differ from the source's although the mask is 0 there; there must be none. */
export function changedOutside(source: Frame, pasted: Uint8Array, crop: CropMatrix, mask: FaceMask): number {
  const { width, height, data } = source;
  const back = invert(crop);
  let changed = 0;
  const count = (from: number, columns: number, rows: number, step: number): void => {
    for (let at = 0; at < columns * rows; at++) {
      if (data[from + at] === pasted[from + at]) continue;
      const [x, y] = [((at % columns) + 0.5) * step, (Math.floor(at / columns) + 0.5) * step];
      const { x: u, y: v } = applyMatrix(back, x, y);
      if (!covers(mask, u * mask.size - 0.5, v * mask.size - 0.5)) changed++;
    }
  };
  const area = width * height;
  count(0, width, height, 1);
  count(area, width / 2, height / 2, 2);
  count((area * 5) / 4, width / 2, height / 2, 2);
  return changed;
}

/** Whether any mask sample near (x, y) is above 0: masks are interpolated, and models' grids are coarser than masks. */
function covers({ size, data }: FaceMask, x: number, y: number): boolean {
  const near = 4;
  for (let row = Math.max(0, Math.floor(y) - near); row <= Math.min(size - 1, Math.ceil(y) + near); row++) {
    for (let column = Math.max(0, Math.floor(x) - near); column <= Math.min(size - 1, Math.ceil(x) + near); column++) {
      if (data[row * size + column]! > 0) return true;
    }
  }
  return false;
}

/** Pairs of places across the line where the mask is one half, along its own gradient. */
function edgeOf({ size, data }: FaceMask): Crossing[] {
  const found: Crossing[] = [];
  const alpha = (x: number, y: number): number => data[y * size + x]!;
  const margin = REACH + SPREAD + 1;
  for (let y = margin; y < size - margin; y++) {
    for (let x = margin; x < size - margin; x++) {
      const here = alpha(x, y) >= 128;
      if (here === alpha(x + 1, y) >= 128 && here === alpha(x, y + 1) >= 128) continue;
      const [gx, gy] = [alpha(x + 2, y) - alpha(x - 2, y), alpha(x, y + 2) - alpha(x, y - 2)];
      const length = Math.hypot(gx, gy);
      const [dx, dy] = [Math.round((gx / length) * REACH), Math.round((gy / length) * REACH)];
      found.push({ inside: (y + dy) * size + x + dx, outside: (y - dy) * size + x - dx });
    }
  }
  return found;
}

/** Colours of a frame on the mask's grid, each the mean of its neighbourhood. */
function labs(frame: Frame, crop: CropMatrix, size: number): (at: number) => Lab {
  const { data } = cropFrame(frame, crop, size);
  const mean = (at: number, channel: number): number => {
    let sum = 0;
    for (let y = -SPREAD; y <= SPREAD; y++) {
      for (let x = -SPREAD; x <= SPREAD; x++) sum += data[channel * size * size + at + y * size + x]!;
    }
    return sum / (2 * SPREAD + 1) ** 2;
  };
  return (at) => labOf(mean(at, 2), mean(at, 1), mean(at, 0));
}

const minus = (a: Lab, b: Lab): Lab => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
