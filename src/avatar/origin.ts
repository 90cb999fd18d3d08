import type { Box } from './geometry.ts';
import { CELL, CHROMA_STEP, type Layers, LUMA_STEP } from './layers.ts';
import { clamp } from './sample.ts';

/** Patch and origin that differ by no more (8-bit levels, all channels together) are alike; from the second on not at all. */
const ALIKE = 3;
const REDRAWN = 16;

/**
 * What each sample of the patch was drawn from, and how much of the frame's detail there belongs to it: all where patch
 * and origin are alike, none where the model has drawn something else.
 */
export function findOrigins(layers: Layers, size: number, box: Box): void {
  const { before, after, luma, chroma, motion, cells, active } = layers;
  const { y: wasY, u: wasU, v: wasV } = before;
  const { y: isY, u: isU, v: isV } = after;
  const { left, right } = active;
  // Outside the box no reference is known; interpolation looks one further.
  const [maxX, maxY] = [box.right - 1.001, box.bottom - 1.001];
  const [minX, minY] = [box.left, box.top];
  for (let row = active.top; row < active.bottom; row++) {
    for (let column = left; column < right; column++) {
      const at = row * size + column;
      let y = wasY[at]!;
      let u = wasU[at]!;
      let v = wasV[at]!;
      let marks = 0;
      if (motion && (motion[2 * at] !== 0 || motion[2 * at + 1] !== 0)) {
        const fromX = clamp(column + motion[2 * at]!, minX, maxX);
        const fromY = clamp(row + motion[2 * at + 1]!, minY, maxY);
        motion[2 * at] = fromX - column;
        motion[2 * at + 1] = fromY - row;
        const a = (fromY | 0) * size + (fromX | 0);
        const b = a + size;
        const fx = fromX - (fromX | 0);
        const fy = fromY - (fromY | 0);
        const w11 = fx * fy;
        const w10 = fy - w11;
        const w01 = fx - w11;
        const w00 = 1 - fx - w10;
        y = wasY[a]! * w00 + wasY[a + 1]! * w01 + wasY[b]! * w10 + wasY[b + 1]! * w11;
        u = wasU[a]! * w00 + wasU[a + 1]! * w01 + wasU[b]! * w10 + wasU[b + 1]! * w11;
        v = wasV[a]! * w00 + wasV[a + 1]! * w01 + wasV[b]! * w10 + wasV[b + 1]! * w11;
        marks = CELL.moved;
      }
      const dy = isY[at]! - y;
      const du = isU[at]! - u;
      const dv = isV[at]! - v;
      const kept = clamp((REDRAWN - Math.abs(dy) - Math.abs(du) - Math.abs(dv)) / (REDRAWN - ALIKE), 0, 1);
      const forLuma = at * LUMA_STEP;
      luma[forLuma + 1] = kept;
      luma[forLuma + 2] = dy;
      luma[forLuma + 3] = y;
      const forChroma = at * CHROMA_STEP;
      chroma[forChroma + 1] = kept;
      chroma[forChroma + 2] = du;
      chroma[forChroma + 3] = u;
      chroma[forChroma + 4] = dv;
      chroma[forChroma + 5] = v;
      const shown = luma[forLuma]!;
      if (shown > 0) marks |= CELL.shows;
      if (shown < 1) marks |= CELL.partly;
      if (kept < 1) marks |= CELL.anew;
      cells[at] = marks;
    }
  }
  // What is so of a sample is so of every square of four that it belongs to.
  for (let row = active.top; row < active.bottom - 1; row++) {
    for (let at = row * size + left; at < row * size + right - 1; at++) {
      cells[at]! |= cells[at + 1]! | cells[at + size]! | cells[at + size + 1]!;
    }
  }
}

/** Sets what is drawn anew off against its neighbours by `amount`: enlarged it would look soft beside the frame. */
export function sharpen({ after, luma, active }: Layers, size: number, amount: number): void {
  const { y } = after;
  for (let row = active.top + 1; row < active.bottom - 1; row++) {
    for (let at = row * size + active.left + 1; at < row * size + active.right - 1; at++) {
      const anew = 1 - luma[at * LUMA_STEP + 1]!;
      if (anew === 0) continue;
      const around = (y[at - 1]! + y[at + 1]! + y[at - size]! + y[at + size]!) / 4;
      luma[at * LUMA_STEP + 2]! += amount * anew * (y[at]! - around);
    }
  }
}
