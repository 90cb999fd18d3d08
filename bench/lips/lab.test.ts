import { expect, it } from 'vitest';
import { deltaE, labOf } from './lab.ts';

// Reference values: Bruce Lindbloom's CIE colour calculator, sRGB, D65.
it.each([
  ['white', [255, 255, 255], [100, 0, 0]],
  ['black', [0, 0, 0], [0, 0, 0]],
  ['red', [255, 0, 0], [53.24, 80.09, 67.2]],
  ['blue', [0, 0, 255], [32.3, 79.19, -107.86]],
] as const)('gives the known CIELAB of %s', (_, rgb, lab) => {
  const found = labOf(rgb[0], rgb[1], rgb[2]);
  for (const i of [0, 1, 2] as const) expect(found[i]).toBeCloseTo(lab[i], 1);
});

it('measures the way between two colours', () => expect(deltaE([50, 3, 4], [50, 0, 0])).toBe(5));
