import { describe, expect, it } from 'vitest';
import { missingQuietStart, padToFrames } from './chunk-sound.ts';

describe('padToFrames', () => {
  it.each([
    [1, 640],
    [639, 640],
    [640, 640],
    [641, 1280],
    [0, 12 * 640],
  ])('%i samples become %i', (length, padded) => {
    const pcm = padToFrames(new Int16Array(length).fill(7));
    expect(pcm).toHaveLength(padded);
    expect(pcm.subarray(0, length).every((value) => value === 7)).toBe(true);
    expect(pcm.subarray(length).every((value) => value === 0)).toBe(true);
  });
});

describe('missingQuietStart', () => {
  it('is what lacks of 21 ms before the first sound', () => {
    const tone = new Int16Array(1000).fill(5000);
    expect(missingQuietStart(tone)).toBe(342);
    expect(missingQuietStart(Int16Array.from([...new Int16Array(100).fill(-32), ...tone]))).toBe(242);
    expect(missingQuietStart(Int16Array.from([...new Int16Array(342), ...tone]))).toBe(0);
    expect(missingQuietStart(new Int16Array())).toBe(0);
  });
});
