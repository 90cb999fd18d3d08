import { invert } from '../../src/avatar/geometry.ts';
import { applyMatrix } from '../../src/avatar/roi.ts';
import type { Mel } from '../../src/types.ts';
import type { TestModel } from './model.ts';
import { place, type Sitter } from './place.ts';
import { speak } from './speak.ts';

export interface Identity {
  /** Share of the crop in which the mask lets anything change. */
  mask: number;
  /** Share of the crop in which any pixel really changed in any frame. */
  changed: number;
  /** Pixels that changed outside the mask, before encoding. */
  outside: number;
}

/** Which pixels of the frame the speaking mouth ever changes. */
export async function measureIdentity(model: TestModel, sitter: Sitter, mel: Mel, frames: number): Promise<Identity> {
  const placed = place(sitter, model.framing, model.lips.size);
  const { width, height, data } = sitter.frame;
  const touched = new Uint8Array(width * height);
  const all = Array.from({ length: frames }, (_, i) => i);
  for await (const spoken of speak(model, sitter, mel, all, placed)) {
    for (let at = 0; at < touched.length; at++) if (spoken.data[at] !== data[at]) touched[at] = 1;
  }
  const [a, b, , c, d] = placed.matrix;
  const area = Math.abs(a * d - b * c);
  const back = invert(placed.matrix);
  const { size, data: mask } = placed.mask;
  /** Interpolation reaches one mask sample further. */
  const reaches = (x: number, y: number): boolean => {
    const { x: u, y: v } = applyMatrix(back, x + 0.5, y + 0.5);
    const [left, top] = [Math.floor(u * size - 0.5), Math.floor(v * size - 0.5)];
    return [0, 1].some((dy) => [0, 1].some((dx) => inMask(left + dx, top + dy)));
  };
  const inMask = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < size && y < size && mask[y * size + x]! > 0;
  let changed = 0;
  let outside = 0;
  for (const [at, is] of touched.entries()) {
    if (!is) continue;
    changed++;
    if (!reaches(at % width, Math.floor(at / width))) outside++;
  }
  return { mask: mask.filter((value) => value > 0).length / mask.length, changed: changed / area, outside };
}
