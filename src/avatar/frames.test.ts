import { describe, expect, it } from 'vitest';
import { drawnLater } from './frames.ts';

describe('drawnLater', () => {
  it('draws every frame once, when it is looked at', () => {
    const drawn: number[] = [];
    const frames = drawnLater(3, (index) => {
      drawn.push(index);
      return { width: 2, height: 2, data: new Uint8Array([index]) };
    });
    expect(drawn).toEqual([]);
    expect(frames.at(1)?.data[0]).toBe(1);
    expect(drawn).toEqual([1]);
    const [first, second, third] = frames;
    expect(drawn).toEqual([1, 0, 2]);
    expect([...frames]).toEqual([first, second, third]);
    expect(frames.at(1)).toBe(second);
    expect(drawn).toEqual([1, 0, 2]);
  });

  it('holds none outside', () => {
    const frames = drawnLater(1, () => ({ width: 2, height: 2, data: new Uint8Array(6) }));
    expect([frames.at(-1), frames.at(1), frames.length]).toEqual([undefined, undefined, 1]);
  });
});
