import { describe, expect, it } from 'vitest';
import type { Mel } from '../types.ts';
import { melWindow, WINDOW_COLUMNS, WINDOW_SIZE } from './window.ts';

/** Every value names its place: column + band / 1000. */
function countingMel(columns: number): Mel {
  const data = Float32Array.from({ length: 80 * columns }, (_, i) => (i % columns) + Math.floor(i / columns) / 1000);
  return { data, columns };
}

/** The columns of the window, read from its first band. */
function seen(columns: number, frame: number, offset = 0, fps = 25): number[] {
  const out = new Float32Array(WINDOW_SIZE);
  melWindow(countingMel(columns), frame, fps, offset, out, 0);
  return [...out.subarray(0, WINDOW_COLUMNS)];
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const silence = (count: number) => Array<number>(count).fill(-4);

describe('melWindow', () => {
  it('starts at column ⌊80·frame/fps⌋', () => {
    expect(seen(100, 0)).toEqual(range(0, 16));
    expect(seen(100, 1)).toEqual(range(3, 19));
    expect(seen(100, 5)).toEqual(range(16, 32));
    expect(seen(100, 9)).toEqual(range(28, 44));
    expect(seen(100, 7, 0, 30)).toEqual(range(18, 34));
  });

  it('moves by the offset of the model, into silence before the start', () => {
    expect(seen(100, 5, 3)).toEqual(range(19, 35));
    expect(seen(100, 5, -3)).toEqual(range(13, 29));
    expect(seen(100, 0, -3)).toEqual([...silence(3), ...range(0, 13)]);
    expect(seen(100, 0, -40)).toEqual(silence(16));
  });

  it('stays on the last 16 columns past the end', () => {
    expect(seen(100, 26)).toEqual(range(83, 99));
    expect(seen(100, 27)).toEqual(range(84, 100));
    expect(seen(100, 5000, 3)).toEqual(range(84, 100));
  });

  it('fills what a short or empty utterance lacks with silence', () => {
    expect(seen(4, 0)).toEqual([...silence(12), ...range(0, 4)]);
    expect(seen(4, 9)).toEqual([...silence(12), ...range(0, 4)]);
    expect(seen(0, 0)).toEqual(silence(16));
  });

  it('writes [80][16] at the given place and nothing else', () => {
    const out = new Float32Array(WINDOW_SIZE + 20).fill(99);
    melWindow(countingMel(50), 5, 25, 0, out, 10);
    expect([...out.subarray(0, 10), ...out.subarray(WINDOW_SIZE + 10)]).toEqual(Array(20).fill(99));
    expect(out[10 + 79 * WINDOW_COLUMNS]).toBeCloseTo(16.079, 5);
    expect(out[10 + 79 * WINDOW_COLUMNS + 15]).toBeCloseTo(31.079, 5);
  });
});
