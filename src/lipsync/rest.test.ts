import { describe, expect, it } from 'vitest';
import { melSpectrogram } from '../audio/mel.ts';
import { SAMPLE_RATE } from '../types.ts';
import { movingWeights } from './rest.ts';

/** Two seconds with a tone of that level (dB of full scale) in the middle one. */
function toneAt(decibels: number): Int16Array {
  const peak = 32_767 * Math.SQRT2 * 10 ** (decibels / 20);
  return Int16Array.from({ length: 3 * SAMPLE_RATE }, (_, n) =>
    n >= SAMPLE_RATE && n < 2 * SAMPLE_RATE ? peak * Math.sin((2 * Math.PI * 220 * n) / SAMPLE_RATE) : 0,
  );
}

describe('movingWeights', () => {
  const weights = movingWeights(melSpectrogram(toneAt(-20)));

  it('lets the mouth move in sound and 100 ms around it', () => {
    expect(weights).toHaveLength(241);
    expect(weights.subarray(80 - 8, 160 + 9).every((weight) => weight === 1)).toBe(true);
  });

  it('rests it from 250 ms away on: 200 ms, and what a mel column hears beside its middle', () => {
    expect(weights.subarray(0, 80 - 20).every((weight) => weight === 0)).toBe(true);
    expect(weights.subarray(160 + 20).every((weight) => weight === 0)).toBe(true);
  });

  it('goes from one to the other without a jump', () => {
    const steps = weights.slice(1).map((weight, i) => Math.abs(weight - weights[i]!));
    expect(Math.max(...steps)).toBeLessThanOrEqual(0.126);
  });

  it('does not rest in a pause of less than 200 ms', () => {
    const pcm = toneAt(-20).fill(0, 1.4 * SAMPLE_RATE, 1.6 * SAMPLE_RATE);
    expect(
      movingWeights(melSpectrogram(pcm))
        .subarray(80, 160)
        .every((weight) => weight === 1),
    ).toBe(true);
  });

  it('hears a quiet voice, and takes a hum below −60 dB for silence', () => {
    expect(movingWeights(melSpectrogram(toneAt(-45)))[120]).toBe(1);
    expect(movingWeights(melSpectrogram(toneAt(-62)))[120]).toBe(0);
    expect(movingWeights({ data: new Float32Array(0), columns: 0 })).toHaveLength(0);
  });
});
