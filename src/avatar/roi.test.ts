import { describe, expect, it } from 'vitest';
import { applyMatrix, roiAround, roiMatrix } from './roi.ts';

describe('roiMatrix', () => {
  it('puts the middle of the unit square on the centre and turns clockwise', () => {
    const matrix = roiMatrix({ x: 100, y: 50, side: 40, angle: Math.PI / 2 });
    expect(applyMatrix(matrix, 0.5, 0.5)).toEqual({ x: expect.closeTo(100), y: expect.closeTo(50) });
    expect(applyMatrix(matrix, 1, 0.5)).toEqual({ x: expect.closeTo(100), y: expect.closeTo(70) });
    expect(applyMatrix(matrix, 0.5, 1)).toEqual({ x: expect.closeTo(80), y: expect.closeTo(50) });
  });
});

describe('roiAround', () => {
  it('is square, half as wide again as the points, and turned with the eyes', () => {
    const turn = (x: number, y: number) => ({ x: 200 + x * 0.8 - y * 0.6, y: 100 + x * 0.6 + y * 0.8 });
    const points = [turn(-30, -40), turn(30, -40), turn(0, 60)];
    const roi = roiAround(points, turn(-30, -40), turn(30, -40));
    expect(roi.angle).toBeCloseTo(Math.atan2(0.6, 0.8), 9);
    expect(roi.side).toBeCloseTo(150, 9);
    expect({ x: roi.x, y: roi.y }).toEqual({ x: expect.closeTo(turn(0, 10).x), y: expect.closeTo(turn(0, 10).y) });
  });
});
