import { describe, expect, it } from 'vitest';
import { searchLayers } from './detect.ts';

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
