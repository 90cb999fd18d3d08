import { describe, expect, it } from 'vitest';
import { seeded } from '../../test/fixtures/seeded.ts';
import { i420ToRgb, rgbToI420 } from '../media/colour.ts';
import type { CropMatrix, FaceCrop, Frame } from '../types.ts';
import type { FaceMask } from './avatar.ts';
import { createCompositor, type PasteRequest } from './composite.ts';
import { cropFrame } from './crop.ts';
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

  it('pastes into a picture that it has used before as into a new one, whatever that showed', () => {
    const other: Frame = { ...frame, data: frame.data.map((value) => 255 - value) };
    const [a, b, x, c, d, y] = CROP;
    const crops: CropMatrix[] = [CROP, [a, b, WIDTH - 40, c, d, y], [a, b, x, c, d, -25], [a, b, WIDTH, c, d, 55]];
    const asked = [frame, frame, frame, frame, other, frame, other, other, ...Array(8).fill(frame)].map(
      (shown, index) => ({
        ...paste(60 + 10 * index, 1 - index / 20),
        frame: shown,
        crop: crops[Math.floor(index / 3) % 4]!,
      }),
    );
    const used = compositor();
    for (const request of asked) {
      expect(Buffer.compare(used.paste(request), compositor().paste(request))).toBe(0);
    }
  });

  it('does not write into the avatar’s frame', () => {
    const before = frame.data.slice();
    compositor().paste(paste(100, 1));
    expect(Buffer.compare(frame.data, before)).toBe(0);
  });
});

describe('an enlarged crop', () => {
  const SIDE = 240;
  const SMALL = 48;
  /** Five frame pixels a sample. */
  const WHOLE: CropMatrix = [SIDE, 0, 0, 0, SIDE, 0];
  const random = seeded(7);
  const fineness = Array.from({ length: 9 }, () => [0.9 + 0.5 * random(), 0.9 + 0.5 * random(), 6 * random()] as const);
  /** Pores some six pixels apart, finer than the crop's samples. */
  const pores = (x: number, y: number): number =>
    fineness.reduce(
      (sum, [across, down, phase]) => sum + 2.5 * Math.sin(across * x + phase) * Math.sin(down * y - phase),
      0,
    );
  /** What a small model sees of the face. */
  const coarse = (x: number, y: number): number => 110 + 24 * Math.sin(x / 11) + 20 * Math.cos(y / 9);
  const face: Frame = { width: SIDE, height: SIDE, data: new Uint8Array((SIDE * SIDE * 3) / 2).fill(128) };
  for (let at = 0; at < SIDE * SIDE; at++) {
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    face.data[at] = Math.round(coarse(x, y) + pores(x, y));
  }
  const reference = cropFrame(face, WHOLE, SMALL);
  const whole: FaceMask = {
    size: 64,
    data: Uint8Array.from({ length: 64 * 64 }, (_, at) => {
      const margin = Math.min(at % 64, 63 - (at % 64), Math.floor(at / 64), 63 - Math.floor(at / 64));
      return Math.round(255 * Math.min(1, Math.max(0, (margin - 4) / 8)));
    }),
  };

  /** What a model makes of the reference crop: a number per channel value. */
  function pasted(draw: (value: number, x: number, y: number) => number): Uint8Array {
    const data = Float32Array.from(
      reference.data,
      (value, at) => draw(value, at % SMALL, Math.floor(at / SMALL) % SMALL) / 255,
    );
    const patch = { frame: 0, size: SMALL, data };
    return createCompositor(whole, SMALL).paste({ frame: face, crop: WHOLE, reference, patch, weight: 1 });
  }
  /** The reference crop `samples` higher: what it shows has gone down. */
  const lowered = (samples: number) => pasted((_, x, y) => reference.data[Math.max(0, y - samples) * SMALL + x]!);

  /** How alike two pictures' fine structures are inside, −1 … 1; `down` is how far the second is looked at higher up. */
  function likeness(a: Uint8Array, b: Uint8Array, down: number): number {
    let [ab, aa, bb] = [0, 0, 0];
    const fine = (data: Uint8Array, at: number) =>
      data[at]! - (data[at - 1]! + data[at + 1]! + data[at - 2]! + data[at + 2]!) / 4;
    for (let y = 90; y < 150; y++) {
      for (let x = 90; x < 150; x++) {
        const [p, q] = [fine(a, y * SIDE + x), fine(b, (y - down) * SIDE + x)];
        ab += p * q;
        aa += p * p;
        bb += q * q;
      }
    }
    return ab / Math.sqrt(aa * bb);
  }

  it('carries the frame’s detail to where the model has moved the face', () => {
    const out = lowered(2);
    expect(likeness(out, face.data, 10)).toBeGreaterThan(0.5);
    expect(Math.abs(likeness(out, face.data, 0))).toBeLessThan(0.3);
  });

  it('takes out an error of light that grows across the face', () => {
    const out = pasted((value, x) => value + 4 + (10 * x) / SMALL);
    let most = 0;
    for (let at = 0; at < SIDE * SIDE; at++) most = Math.max(most, Math.abs(out[at]! - face.data[at]!));
    expect(most).toBeLessThanOrEqual(1);
  });

  it('gives what is drawn anew the grain of the frame, and nothing coarser', () => {
    const inside = (x: number, y: number) => Math.abs(x - 24) < 7 && Math.abs(y - 24) < 7;
    const out = pasted((value, x, y) => (inside(x, y) ? 40 : value));
    const values: number[] = [];
    for (let y = 105; y < 135; y++) for (let x = 105; x < 135; x++) values.push(out[y * SIDE + x]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    expect(Math.abs(mean - (16 + (40 * 219) / 255))).toBeLessThan(4);
    expect(spread).toBeGreaterThan(2);
    expect(spread).toBeLessThan(7);
  });
});

describe('masks of single frames', () => {
  const half = (left: boolean): FaceMask => ({
    size: 64,
    data: Uint8Array.from({ length: 64 * 64 }, (_, at) => {
      const x = at % 64;
      return x > 8 && x < 56 && x < 32 === left ? 255 : 0;
    }),
  });

  it('shows the patch where the frame’s own mask is', () => {
    const [left, right] = [half(true), half(false)];
    const both = createCompositor([left, undefined, right], SIZE);
    const changed = (mask: FaceMask | undefined): boolean[] => {
      const out = both.paste({ ...paste(100, 1), mask });
      return [0.45, 0.55].map((u) => {
        const { x, y } = applyMatrix(CROP, u, 0.6);
        const at = Math.floor(y) * WIDTH + Math.floor(x);
        return out[at] !== frame.data[at];
      });
    };
    expect(changed(left)).toEqual([true, false]);
    expect(changed(right)).toEqual([false, true]);
    expect(changed(undefined)).toEqual([true, false]);
  });

  it('needs one', () => {
    expect(() => createCompositor([undefined], SIZE)).toThrow(RangeError);
  });
});
