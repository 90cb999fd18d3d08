import { describe, expect, it } from 'vitest';
import { i420Size, i420ToRgb } from '../media/colour.ts';
import { blendOver, cutFrame, plainFrame } from './picture.ts';

describe('cutFrame', () => {
  it('copies exactly the samples of the rectangle, of all planes', () => {
    const data = Uint8Array.from({ length: i420Size(8, 4) }, (_, at) => at);
    const out = new Uint8Array(i420Size(4, 2));
    cutFrame({ width: 8, height: 4, data }, { x: 2, y: 2, width: 4, height: 2 }, out);
    expect([...out]).toEqual([18, 19, 20, 21, 26, 27, 28, 29, 37, 38, 45, 46]);
  });
});

describe('plainFrame', () => {
  it.each(['#000000', '#ffffff', '#14aa46', '#3060C0'])('is %s all over', (colour) => {
    const { data } = plainFrame(colour, { width: 4, height: 2 });
    const rgb = i420ToRgb(data, 4, 2);
    const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    for (const [at, value] of rgb.entries()) expect(Math.abs(value - wanted[at % 3]!)).toBeLessThanOrEqual(3);
  });
});

describe('blendOver', () => {
  it('keeps what is seen, shows what is behind, and mixes in between', () => {
    const plane = Uint8Array.of(200, 200, 200, 10);
    blendOver(plane, Uint8Array.of(255, 0, 51, 128), Uint8Array.of(100, 100, 100, 255));
    expect([...plane]).toEqual([200, 100, 120, 132]);
  });
});
