import { describe, expect, it } from 'vitest';
import type { FaceMask } from '../../src/avatar/avatar.ts';
import type { CropMatrix, Frame } from '../../src/types.ts';
import { changedOutside, measureSeam } from './seam.ts';

const SIDE = 128;
const WHOLE: CropMatrix = [SIDE, 0, 0, 0, SIDE, 0];
const inside = (x: number, y: number): boolean => Math.abs(x - 64) < 30 && Math.abs(y - 64) < 30;
const mask: FaceMask = {
  size: SIDE,
  data: Uint8Array.from({ length: SIDE * SIDE }, (_, at) => (inside(at % SIDE, Math.floor(at / SIDE)) ? 255 : 0)),
};

/** Grey of that luma inside the mask and another around it. */
function frame(within: number, around: number): Frame {
  const data = new Uint8Array((SIDE * SIDE * 3) / 2).fill(128);
  for (let at = 0; at < SIDE * SIDE; at++) data[at] = inside(at % SIDE, Math.floor(at / SIDE)) ? within : around;
  return { width: SIDE, height: SIDE, data };
}

describe('measureSeam', () => {
  it('finds none in an even picture and what pasting adds to it', () => {
    const none = measureSeam(frame(120, 120), frame(120, 120).data, WHOLE, mask);
    expect(none).toEqual({ own: 0, pasted: 0, added: 0 });
    const { own, pasted, added } = measureSeam(frame(120, 120), frame(140, 120).data, WHOLE, mask);
    expect(own).toBe(0);
    expect(pasted).toBeGreaterThan(5);
    expect(added).toBeCloseTo(pasted, 5);
  });

  it('tells the source’s own step from what is added', () => {
    const { own, pasted, added } = measureSeam(frame(150, 100), frame(150, 100).data, WHOLE, mask);
    expect(own).toBeGreaterThan(15);
    expect(pasted).toBe(own);
    expect(added).toBe(0);
  });
});

describe('changedOutside', () => {
  it('counts what differs where the mask is 0, in all planes', () => {
    const source = frame(120, 120);
    expect(changedOutside(source, frame(90, 120).data, WHOLE, mask)).toBe(0);
    const touched = source.data.slice();
    touched[0] = 1;
    touched[SIDE * SIDE] = 1;
    expect(changedOutside(source, touched, WHOLE, mask)).toBe(2);
  });
});
