import { beforeAll, describe, expect, it } from 'vitest';
import type { Window } from './align.ts';
import type { FaceMask } from './avatar.ts';
import { drawMask, drawMasks, type PlacedFace } from './mask.ts';
import { LANDMARK, LANDMARKS } from './mesh.ts';

/** FaceMesh's jaw line on a half ellipse, in the unit square of the crop. */
const JAW = [132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361];
const LIPS = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185];
/** The heights of ears and chin as our model's framing shows them, and as a tight face box does. */
const ROOMY = { top: 0.5, chin: 0.84 };
const TIGHT = { top: 0.62, chin: 0.99 };
/** Where the first lips model draws, and where those of kind `soyle` do. */
const FIRST = { left: 0.0625, right: 0.9375, top: 0.36, bottom: 1 };
const SOYLE = { left: 0.125, right: 0.875, top: 0.25, bottom: 1 };

/** The lips' edge as an ellipse, wide and tall as lips are in the crop. */
function setLips(points: Float32Array, x: number, y: number): void {
  LIPS.forEach((index, i) => {
    const angle = Math.PI - (2 * Math.PI * i) / LIPS.length;
    points.set([x + 0.16 * Math.cos(angle), y + 0.06 * Math.sin(angle), 0], index * 3);
  });
}

function drawn({ top, chin }: typeof ROOMY, window?: Window): FaceMask {
  const points = new Float32Array(LANDMARKS * 3);
  JAW.forEach((index, i) => {
    const angle = Math.PI * (1 - i / (JAW.length - 1));
    points.set([0.5 + 0.48 * Math.cos(angle), top + (chin - top) * Math.sin(angle), 0], index * 3);
  });
  points.set([0.5, top + 0.01, 0], LANDMARK.noseBase * 3);
  setLips(points, 0.5, top + 0.16);
  return drawMask([{ face: { points, score: 1 }, crop: [1, 0, 0, 0, 1, 0] }], window);
}

/** The mask's values along the crop's border. */
const edge = ({ size, data }: FaceMask): number[] =>
  [...data].filter((_, at) => at < size || at >= size * (size - 1) || at % size === 0 || at % size === size - 1);

describe('drawMask', () => {
  let mask: FaceMask;
  const at = (u: number, v: number) => mask.data[Math.floor(v * mask.size) * mask.size + Math.floor(u * mask.size)];
  beforeAll(() => {
    mask = drawn(ROOMY, FIRST);
  });

  it('covers mouth and chin fully, and nothing of eyes, nose and background', () => {
    expect(mask.size).toBe(256);
    for (const [u, v] of [
      [0.5, 0.62],
      [0.3, 0.64],
      [0.7, 0.64],
      [0.5, 0.8],
    ] as const)
      expect(at(u, v)).toBe(255);
    for (const [u, v] of [
      [0.5, 0.28],
      [0.5, 0.45],
      [0.06, 0.7],
      [0.94, 0.7],
      [0.1, 0.9],
    ] as const) {
      expect(at(u, v)).toBe(0);
    }
  });

  it('reaches below the chin but not to the border', () => {
    expect(at(0.5, ROOMY.chin + 0.04)).toBeGreaterThan(100);
    expect(edge(mask).every((alpha) => alpha === 0)).toBe(true);
  });

  it('has a soft edge of at least 10 pixels and covers at most 35 % of the crop', () => {
    const column = Array.from({ length: 128 }, (_, i) => mask.data[(90 + i) * 256 + 128]!);
    const rising = column.filter((value, i) => i < 64 && value > 0 && value < 255).length;
    expect(rising).toBeGreaterThanOrEqual(10);
    const steps = column.slice(1).map((value, i) => Math.abs(value - column[i]!));
    expect(Math.max(...steps)).toBeLessThanOrEqual(26);
    expect(mask.data.filter((alpha) => alpha > 0).length / mask.data.length).toBeLessThanOrEqual(0.35);
  });

  it('fades out inside the crop when the chin lies at its lower edge', () => {
    const tight = drawn(TIGHT, FIRST);
    const column = Array.from({ length: 256 }, (_, row) => tight.data[row * 256 + 128]!);
    expect(edge(tight).every((alpha) => alpha === 0)).toBe(true);
    expect(column[Math.round(0.76 * 256)]).toBe(255);
    expect(column.slice(0, Math.round(0.58 * 256)).every((alpha) => alpha === 0)).toBe(true);
    const steps = column.slice(1).map((value, i) => Math.abs(value - column[i]!));
    expect(Math.max(...steps)).toBeLessThanOrEqual(32);
    expect(tight.data.filter((alpha) => alpha > 0).length / tight.data.length).toBeLessThanOrEqual(0.35);
  });

  it.each([
    ['as far as the model draws', SOYLE],
    ['in a small window', { left: 0.3, right: 0.7, top: 0.55, bottom: 0.85 }],
  ])('ends softly %s', (_, window) => {
    const { size, data } = drawn(ROOMY, window);
    const shown = data.filter((alpha) => alpha > 0).length;
    expect(shown / data.length).toBeLessThanOrEqual(0.35);
    expect(shown / data.length).toBeGreaterThan(0.05);
    for (const [at, alpha] of data.entries()) {
      const [u, v] = [((at % size) + 0.5) / size, (Math.floor(at / size) + 0.5) / size];
      const inside = u > window.left && u < window.right && v > window.top && v < window.bottom;
      if (!inside && alpha > 0) expect.fail(`(${u}, ${v}) lies outside the window and is masked by ${alpha}`);
    }
    const row = data.subarray(size * Math.round(0.64 * size), size * (Math.round(0.64 * size) + 1));
    const steps = row.slice(1).map((alpha, i) => Math.abs(alpha - row[i]!));
    expect(row[size / 2]).toBe(255);
    expect(Math.max(...steps)).toBeLessThanOrEqual(32);
  });

  it('is cut at the sides by the window of kind soyle only where a face is wider', () => {
    const [whole, cut] = [drawn(ROOMY), drawn(ROOMY, SOYLE)];
    const middle = 256 * Math.round(0.7 * 256) + 128;
    expect(cut.data.subarray(middle - 60, middle + 60)).toEqual(whole.data.subarray(middle - 60, middle + 60));
    expect(cut.data.reduce((sum, alpha) => sum + alpha, 0)).toBeLessThan(whole.data.reduce((sum, a) => sum + a, 0));
  });

  it('needs a face', () => {
    expect(() => drawMask([])).toThrow(RangeError);
  });
});

describe('drawMasks', () => {
  /** A face whose jaw lies `aside` of the crop's middle. */
  function turned(aside: number): PlacedFace {
    const points = new Float32Array(LANDMARKS * 3);
    JAW.forEach((index, i) => {
      const angle = Math.PI * (1 - i / (JAW.length - 1));
      points.set([0.5 + aside + 0.4 * Math.cos(angle), 0.5 + 0.34 * Math.sin(angle), 0], index * 3);
    });
    points.set([0.5 + aside, 0.51, 0], LANDMARK.noseBase * 3);
    setLips(points, 0.5 + aside, 0.64);
    return { face: { points, score: 1 }, crop: [1, 0, 0, 0, 1, 0] };
  }
  const middle = ({ size, data }: FaceMask): number => {
    const columns = [...data].flatMap((alpha, at) => (alpha > 127 ? [at % size] : []));
    return columns.reduce((sum, column) => sum + column, 0) / columns.length / size;
  };

  it('shares one mask while the head is still', () => {
    const masks = drawMasks(Array.from({ length: 30 }, (_, i) => turned(0.0004 * (i % 3))));
    expect(new Set(masks).size).toBe(1);
    expect(masks[0]).toEqual(drawMask([0, 1, 2, 0].map((i) => turned(0.0004 * i))));
  });

  it('follows the jaw of a head that turns, calmly', () => {
    const masks = drawMasks(Array.from({ length: 25 }, (_, i) => turned(0.004 * i + (i === 12 ? 0.02 : 0))));
    const middles = masks.map((mask) => middle(mask!));
    expect(middles[24]! - middles[0]!).toBeGreaterThan(0.07);
    const steps = middles.slice(1).map((value, i) => value - middles[i]!);
    expect(Math.max(...steps.map(Math.abs))).toBeLessThan(0.012);
  });

  it('covers the lips to their corners where a turned head’s jaw lies close to them', () => {
    const face = turned(0);
    for (const index of [132, 58, 172, 136, 150, 149]) face.face.points[index * 3]! += 0.22;
    const [mask] = drawMasks([face]);
    const at = (index: number) => {
      const [x, y] = face.face.points.subarray(index * 3, index * 3 + 2);
      return mask!.data[Math.floor(y! * 256) * 256 + Math.floor(x! * 256)];
    };
    for (const lip of LIPS) expect(at(lip)).toBeGreaterThanOrEqual(230);
    expect(at(LANDMARK.noseBase)).toBe(0);
  });

  it('has none where there is no face, and looks round the seam of a circular loop alone', () => {
    const faces = [turned(0.07), ...Array.from({ length: 8 }, () => turned(0)), undefined, turned(0)];
    const [open, closed] = [drawMasks(faces), drawMasks(faces, { circular: true })];
    expect(open[9]).toBeUndefined();
    expect(middle(closed[10]!)).toBeGreaterThan(middle(open[10]!) + 0.005);
  });
});
