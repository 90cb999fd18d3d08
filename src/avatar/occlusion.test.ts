import { describe, expect, it } from 'vitest';
import type { CropMatrix, Frame } from '../types.ts';
import { passingBefore } from './occlusion.ts';

const SIDE = 64;
const CROP: CropMatrix = [SIDE, 0, 0, 0, SIDE, 0];

/** A pattern for a face, brighter or darker by `light`, with something plain before its mouth when `hidden`. */
function frame({ light = 1, hidden = false, phase = 0 } = {}): Frame {
  const data = new Uint8Array((SIDE * SIDE * 3) / 2).fill(128);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const wave = hidden && y > SIDE / 2 ? Math.cos(x / 11 + y / 5) : Math.sin(x / 6 + phase) * Math.cos(y / 7);
      data[y * SIDE + x] = 100 * light + 40 * light * wave;
    }
  }
  return { width: SIDE, height: SIDE, data };
}

describe('passingBefore', () => {
  it('sees something pass before the mouth, and is not taken in by light', () => {
    const frames = Array.from({ length: 20 }, (_, i) => frame({ hidden: i === 7 || i === 8, light: 0.6 + i / 40 }));
    const hidden = passingBefore(
      frames,
      frames.map(() => CROP),
    );
    expect(hidden.flatMap((is, i) => (is ? [i] : []))).toEqual([7, 8]);
  });

  it('says nothing where the clip has no steady face, or none at all', () => {
    const frames = Array.from({ length: 12 }, (_, i) => frame({ phase: i * 2 }));
    expect(
      passingBefore(
        frames,
        frames.map(() => CROP),
      ),
    ).toEqual(Array(12).fill(false));
    expect(
      passingBefore(
        frames,
        frames.map(() => undefined),
      ),
    ).toEqual(Array(12).fill(false));
  });

  it('leaves out frames without a face', () => {
    const frames = Array.from({ length: 10 }, () => frame());
    expect(
      passingBefore(
        frames,
        frames.map((_, i) => (i === 3 ? undefined : CROP)),
      ),
    ).toEqual(Array(10).fill(false));
  });
});
