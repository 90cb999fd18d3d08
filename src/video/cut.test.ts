import { describe, expect, it } from 'vitest';
import { chooseCut, scaledSize } from './cut.ts';

const PICTURE = { width: 1920, height: 1080 };
const FACE = { x: 900, y: 300, width: 150, height: 200 };
const middle = ({ x, width }: { x: number; width: number }) => x + width / 2;

describe('chooseCut', () => {
  it('leaves a full picture as it is', () => {
    expect(chooseCut('full', PICTURE, FACE)).toEqual({ x: 0, y: 0, ...PICTURE });
  });

  it.each(['head', 'bust', 'square'] as const)('has the face in the middle of a %s, on even pixels', (kind) => {
    const cut = chooseCut(kind, PICTURE, FACE);
    expect(Object.values(cut).map((value) => value % 2)).toEqual([0, 0, 0, 0]);
    expect(Math.abs(middle(cut) - middle(FACE))).toBeLessThan(3);
    expect(cut.y).toBeLessThanOrEqual(FACE.y);
    expect(cut.y + cut.height).toBeGreaterThan(FACE.y + FACE.height);
  });

  it('shows more of the body in a bust than in a head, and the most in a square', () => {
    const [head, bust, square] = (['head', 'bust', 'square'] as const).map((kind) => chooseCut(kind, PICTURE, FACE));
    expect(head!.height).toBeLessThan(bust!.height);
    expect(square).toMatchObject({ width: 1080, height: 1080 });
  });

  it.each([
    ['left', { ...FACE, x: 5 }],
    ['lower right', { ...FACE, x: 1800, y: 900 }],
    ['whole picture', { x: 100, y: 0, width: 900, height: 1080 }],
  ])('stays inside the picture with a face at its %s', (_, face) => {
    for (const kind of ['head', 'bust', 'square'] as const) {
      const { x, y, width, height } = chooseCut(kind, PICTURE, face);
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(PICTURE.width);
      expect(y + height).toBeLessThanOrEqual(PICTURE.height);
    }
  });
});

describe('scaledSize', () => {
  it.each([
    [{ width: 1920, height: 1080 }, 720, { width: 1280, height: 720 }],
    [{ width: 720, height: 720 }, 481, { width: 480, height: 480 }],
    [{ width: 720, height: 404 }, undefined, { width: 720, height: 404 }],
    [{ width: 2, height: 1080 }, 64, { width: 2, height: 64 }],
    [{ width: 1280, height: 720 }, 1080, { width: 1920, height: 1080 }],
    [{ width: 720, height: 1280 }, 1920, { width: 1080, height: 1920 }],
    // Never wider than it may be high.
    [{ width: 1280, height: 720 }, 1440, { width: 1920, height: 1080 }],
    [{ width: 1920, height: 78 }, 1920, { width: 1920, height: 78 }],
    [{ width: 1918, height: 78 }, 1920, { width: 1918, height: 78 }],
    [{ width: 2000, height: 2 }, 64, { width: 1920, height: 2 }],
  ])('makes of %o at %s: %o', (size, resolution, scaled) => {
    expect(scaledSize(size, resolution)).toEqual(scaled);
  });
});
