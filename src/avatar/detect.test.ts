import { describe, expect, it } from 'vitest';
import { covers, searchLayers } from './detect.ts';

describe('searchLayers', () => {
  it('looks at the whole picture first', () => {
    expect(searchLayers(1080, 608)[0]).toEqual([{ x: 540, y: 304, side: 1080, angle: 0 }]);
  });

  it.each([
    [720, 720],
    [1080, 400],
    [300, 1000],
  ])('covers %i×%i with tiles inside it that overlap by half or more', (width, height) => {
    const layers = searchLayers(width, height).slice(1);
    expect(layers.length).toBeGreaterThan(0);
    for (const layer of layers) {
      const side = layer[0]?.side ?? 0;
      for (const { x, y } of layer) {
        expect(x - side / 2).toBeGreaterThanOrEqual(-1e-9);
        expect(x + side / 2).toBeLessThanOrEqual(width + 1e-9);
        expect(y - side / 2).toBeGreaterThanOrEqual(-1e-9);
        expect(y + side / 2).toBeLessThanOrEqual(height + 1e-9);
      }
      const columns = [...new Set(layer.map(({ x }) => x))].sort((a, b) => a - b);
      expect(columns.at(-1)).toBeCloseTo(width - side / 2, 6);
      columns.slice(1).forEach((x, i) => {
        expect(x - columns[i]!).toBeLessThanOrEqual(side / 2 + 1e-9);
      });
    }
  });
});

describe('searchLayers in thin pictures', () => {
  it.each([
    [2, 1920],
    [1920, 31],
    [4000, 1],
    [1920, 40],
    [1920, 78],
  ])('looks at few places of %i×%i', (width, height) => {
    const looks = searchLayers(width, height).flat().length;
    expect(looks).toBeLessThanOrEqual(65);
    if (Math.min(width, height) < 32) expect(looks).toBe(1);
  });

  it('still finds the heads of a frieze', () => {
    expect(searchLayers(1920, 78)[1]?.length).toBeGreaterThan(24);
  });
});

describe('searchLayers with a picked point', () => {
  it('looks at the whole picture, then closer and closer around the point', () => {
    const layers = searchLayers(800, 600, { x: 100, y: 500 });
    expect(layers.map((layer) => layer.length)).toEqual([1, 1, 1, 1]);
    expect(layers.map(([square]) => square?.side)).toEqual([800, 400, 200, 100]);
    for (const [square] of layers.slice(1)) expect(square).toMatchObject({ x: 100, y: 500 });
  });
});

describe('covers', () => {
  it('tells whether a point lies on the face in a region, not in its margin', () => {
    const face = { x: 100, y: 100, side: 150, angle: 0 };
    expect(covers(face, { x: 145, y: 60 })).toBe(true);
    expect(covers(face, { x: 155, y: 100 })).toBe(false);
    expect(covers({ ...face, angle: Math.PI / 4 }, { x: 100, y: 165 })).toBe(true);
    expect(covers(face, { x: 100, y: 165 })).toBe(false);
    expect(covers(face, { x: 155, y: 100 }, 1.5)).toBe(true);
  });
});
