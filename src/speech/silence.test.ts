import { describe, expect, it } from 'vitest';
import { trimSilence } from './silence.ts';

/** At 1,000 Hz a sample is a millisecond. */
const sound = (before: number, after: number) =>
  Int16Array.from([...Array(before).fill(3), ...Array(10).fill(1000), ...Array(after).fill(-3)]);

describe('trimSilence', () => {
  it.each([
    { before: 0, after: 0, cutMs: 0, length: 130 },
    { before: 150, after: 150, cutMs: 0, length: 310 },
    { before: 500, after: 900, cutMs: 300, length: 410 },
  ])('$before ms before and $after ms after become $length ms', ({ before, after, cutMs, length }) => {
    const trimmed = trimSilence(sound(before, after), 1000);
    expect(trimmed.cutMs).toBe(cutMs);
    expect(trimmed.pcm.length).toBe(length);
    expect(trimmed.pcm[before - cutMs]).toBe(1000);
  });

  it('leaves nothing of silence', () => {
    expect(trimSilence(new Int16Array(500).fill(20), 1000)).toEqual({ pcm: new Int16Array(0), cutMs: 0 });
  });

  it('does not change what it is given', () => {
    const pcm = sound(500, 900);
    trimSilence(pcm, 1000);
    expect(pcm).toEqual(sound(500, 900));
  });
});
