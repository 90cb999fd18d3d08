import { describe, expect, it } from 'vitest';
import { anchorCentres, blendDetections, type Detection, decodeDetections, overlap } from './anchors.ts';

const box = (x: number, y: number, score = 0.9, side = 0.2): Detection => ({
  ...{ score, x, y, width: side, height: side },
  points: Array.from({ length: 6 }, () => ({ x, y })),
});

describe('anchorCentres', () => {
  it('lays 2 anchors in 16×16 cells and 6 in 8×8', () => {
    const centres = anchorCentres();
    expect(centres.length).toBe(896 * 2);
    expect([...centres.slice(0, 6)]).toEqual([1 / 32, 1 / 32, 1 / 32, 1 / 32, 3 / 32, 1 / 32]);
    expect([...centres.slice(512 * 2, 512 * 2 + 2)]).toEqual([1 / 16, 1 / 16]);
    expect([...centres.slice(-2)]).toEqual([15 / 16, 15 / 16]);
  });
});

describe('decodeDetections', () => {
  it('turns pixels relative to an anchor into the unit square, best first', () => {
    const objects = new Float32Array(896 * 17);
    for (let anchor = 0; anchor < 896; anchor++) objects[anchor * 17] = -20;
    objects.set([1, 12.8, -6.4, 64, 32, 0, 0, 128, 0], 0);
    objects[17 * 700] = 5;
    const [best, second, ...rest] = decodeDetections(objects, anchorCentres());
    expect(rest).toEqual([]);
    expect(best?.score).toBeCloseTo(1 / (1 + Math.exp(-5)), 6);
    expect(second?.x).toBeCloseTo(1 / 32 + 0.1, 6);
    expect(second?.y).toBeCloseTo(1 / 32 - 0.05, 6);
    expect([second?.width, second?.height]).toEqual([0.5, 0.25]);
    expect(second?.points[1]?.x).toBeCloseTo(1 / 32 + 1, 6);
  });
});

describe('overlap', () => {
  it('is 1 for the same box, 0 for boxes apart and in between otherwise', () => {
    expect(overlap(box(0.5, 0.5), box(0.5, 0.5))).toBeCloseTo(1, 9);
    expect(overlap(box(0.2, 0.2), box(0.8, 0.2))).toBe(0);
    expect(overlap(box(0.5, 0.5), box(0.6, 0.5))).toBeCloseTo(1 / 3, 9);
  });
});

describe('blendDetections', () => {
  it('makes one face of what overlaps, weighted by score, and keeps what lies apart', () => {
    const faces = blendDetections([box(0.3, 0.3, 0.9), box(0.7, 0.7, 0.8), box(0.34, 0.3, 0.6)]);
    expect(faces.map(({ score }) => score)).toEqual([0.9, 0.8]);
    expect(faces[0]?.x).toBeCloseTo((0.3 * 0.9 + 0.34 * 0.6) / 1.5, 9);
    expect(faces[0]?.points[3]?.x).toBeCloseTo(faces[0]?.x ?? Number.NaN, 9);
  });
});
