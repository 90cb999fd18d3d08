import type { CropMatrix, Frame } from '../types.ts';
import { sampleFrame } from './skin.ts';

/** Width of the second smearing, samples (the paper's). */
const TAPS = 9;
/** A face is judged at its own size, between these: smaller ones are told from blurred ones. */
const SIDE = { min: 64, max: 256 };
/** What crisp photos reach. */
const CRISP = 0.6;

/**
 * How crisp the face in a crop is, 0 (smeared) … 1: what the perceptual blur of Crété-Roffet et al. 2007 ("The blur
 * effect") leaves of 1, over what crisp photos reach. Smearing a sharp picture changes it much, smearing a smeared one
 * little.
 */
export function sharpness(frame: Frame, crop: CropMatrix): number {
  const side = Math.round(Math.min(SIDE.max, Math.max(SIDE.min, cropSide(crop))));
  const luma = sampleFrame(frame, 'y', crop, side);
  return Math.min(1, Math.min(lost(luma, side, 1), lost(luma, side, side)) / CRISP);
}

/** Side of a crop as a square of the same area, pixels of the frame. */
export const cropSide = ([a, b, , c, d]: CropMatrix): number => Math.sqrt(Math.abs(a * d - b * c));

/** Share of the differences between neighbours along one direction that one more smearing takes away. */
function lost(luma: Float32Array, side: number, step: number): number {
  const line = step === 1 ? side : 1;
  const half = (TAPS - 1) / 2;
  let before = 0;
  let taken = 0;
  const smeared = new Float32Array(side);
  for (let row = 0; row < side; row++) {
    const at = (i: number) => luma[row * line + Math.min(side - 1, Math.max(0, i)) * step]!;
    let sum = 0;
    for (let i = -half; i <= half; i++) sum += at(i);
    for (let i = 0; i < side; i++) {
      smeared[i] = sum / TAPS;
      sum += at(i + half + 1) - at(i - half);
    }
    for (let i = half + 1; i < side - half; i++) {
      const difference = Math.abs(at(i) - at(i - 1));
      before += difference;
      taken += Math.max(0, difference - Math.abs(smeared[i]! - smeared[i - 1]!));
    }
  }
  return before === 0 ? 0 : taken / before;
}
