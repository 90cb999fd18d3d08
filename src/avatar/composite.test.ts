import { describe, expect, it } from 'vitest';
import { i420ToRgb, rgbToI420 } from '../media/colour.ts';
import type { CropMatrix, FaceCrop, Frame } from '../types.ts';
import type { FaceMask } from './avatar.ts';
import { createCompositor, type PasteRequest } from './composite.ts';
import { invert } from './geometry.ts';
import { applyMatrix } from './roi.ts';

const WIDTH = 120;
const HEIGHT = 100;
const SIZE = 64;
/** The crop is 70 pixels wide, turned by 10° and off centre. */
const CROP: CropMatrix = [68.9, -12.2, 30, 12.2, 68.9, 12];

/** Soft disc around (0.5, 0.6) of the crop. */
const mask: FaceMask = {
  size: 128,
  data: Uint8Array.from({ length: 128 * 128 }, (_, at) => {
    const distance = Math.hypot((at % 128) / 128 - 0.5, Math.floor(at / 128) / 128 - 0.6);
    return Math.round(255 * Math.min(1, Math.max(0, (0.3 - distance) / 0.1)));
  }),
};

const frame: Frame = {
  width: WIDTH,
  height: HEIGHT,
  data: rgbToI420(
    Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, at) => 90 + ((at * 7919) % 61)),
    WIDTH,
    HEIGHT,
  ),
};

/** A plain grey crop and a patch that differs from it by `red` inside (u, v) ∈ [0.4, 0.6]². */
function paste(red: number, weight: number, shift = 0): PasteRequest {
  const plane = SIZE * SIZE;
  const reference: FaceCrop = { size: SIZE, data: new Uint8Array(3 * plane).fill(120) };
  const data = new Float32Array(3 * plane).fill((120 + shift) / 255);
  for (let at = 0; at < plane; at++) {
    const [u, v] = [((at % SIZE) + 0.5) / SIZE, (Math.floor(at / SIZE) + 0.5) / SIZE];
    if (Math.abs(u - 0.5) < 0.1 && Math.abs(v - 0.6) < 0.1) data[2 * plane + at]! += red / 255;
  }
  return { frame, crop: CROP, reference, patch: { frame: 0, size: SIZE, data }, weight };
}

const compositor = () => createCompositor(mask, SIZE);

describe('createCompositor', () => {
  it('leaves every sample outside the mask byte-identical', () => {
    const out = compositor().paste(paste(100, 1));
    const back = invert(CROP);
    let outside = 0;
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const { x: u, y: v } = applyMatrix(back, x + 0.5, y + 0.5);
        if (Math.hypot(u - 0.5, v - 0.6) < 0.32) continue;
        outside++;
        expect(out[y * WIDTH + x]).toBe(frame.data[y * WIDTH + x]);
      }
    }
    expect(outside).toBeGreaterThan(5000);
  });

  it('shows the patch where the model has redrawn the picture', () => {
    const rgb = i420ToRgb(compositor().paste(paste(100, 1)), WIDTH, HEIGHT);
    const { x, y } = applyMatrix(CROP, 0.5, 0.6);
    const at = 3 * (Math.floor(y) * WIDTH + Math.floor(x));
    expect(rgb[at]).toBeGreaterThan(210);
    expect(rgb[at + 1]).toBeGreaterThan(112);
    expect(rgb[at + 1]).toBeLessThan(128);
  });

  it('keeps the frame’s own sharp samples where the patch equals the reference', () => {
    expect(Buffer.compare(compositor().paste(paste(0, 1)), Buffer.from(frame.data))).toBe(0);
  });

  it('takes out a colour cast that the whole patch has', () => {
    expect(Buffer.compare(compositor().paste(paste(0, 1, 9)), Buffer.from(frame.data))).toBe(0);
  });

  it('fades with the weight and touches nothing at 0', () => {
    const [none, half, full] = [0, 0.5, 1].map((weight) => compositor().paste(paste(100, weight)));
    expect(Buffer.compare(none!, Buffer.from(frame.data))).toBe(0);
    const { x, y } = applyMatrix(CROP, 0.5, 0.6);
    const at = Math.floor(y) * WIDTH + Math.floor(x);
    expect(half![at]! - frame.data[at]!).toBeCloseTo((full![at]! - frame.data[at]!) / 2, -0.5);
  });

  it('clips a crop that hangs over the picture’s edge', () => {
    const request = { ...paste(100, 1), crop: [70, 0, 80, 0, 70, 60] as const };
    const out = compositor().paste(request);
    expect(out.length).toBe(frame.data.length);
    expect(Buffer.compare(out, Buffer.from(frame.data))).not.toBe(0);
  });

  it('does not write into the avatar’s frame', () => {
    const before = frame.data.slice();
    compositor().paste(paste(100, 1));
    expect(Buffer.compare(frame.data, before)).toBe(0);
  });
});
