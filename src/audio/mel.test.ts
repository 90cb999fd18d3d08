import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MEL_BANDS, MEL_FLOOR, melSpectrogram } from './mel.ts';

/** Written by training/golden/mel.py, an independent implementation from the definition. */
const golden: { name: string; pcm: number[]; columns: number; mel: number[] }[] = JSON.parse(
  readFileSync(new URL('fixtures/mel-golden.json', import.meta.url), 'utf8'),
);

describe('melSpectrogram', () => {
  it.each(golden)('agrees with the golden vectors: $name', (expected) => {
    const mel = melSpectrogram(Int16Array.from(expected.pcm));
    expect(mel.columns).toBe(expected.columns);
    expect(mel.data).toHaveLength(MEL_BANDS * mel.columns);
    const gaps = expected.mel.map((value, i) => Math.abs(value - mel.data[i]!));
    expect(Math.max(...gaps)).toBeLessThan(1e-3);
  });

  it('has 80 columns a second and one more', () => {
    expect(melSpectrogram(new Int16Array(16_000)).columns).toBe(81);
    expect(melSpectrogram(new Int16Array(199)).columns).toBe(1);
    expect(melSpectrogram(new Int16Array(200)).columns).toBe(2);
  });

  it('is at its floor in silence and has no columns without audio', () => {
    expect(melSpectrogram(new Int16Array(640)).data.every((value) => value === MEL_FLOOR)).toBe(true);
    expect(melSpectrogram(new Int16Array(0))).toEqual({ data: new Float32Array(0), columns: 0 });
  });

  it('stays in range for the loudest square wave', () => {
    const pcm = Int16Array.from({ length: 4000 }, (_, i) => (i % 40 < 20 ? 32_767 : -32_768));
    const { data } = melSpectrogram(pcm);
    expect(Math.max(...data)).toBeLessThanOrEqual(4);
    expect(Math.min(...data)).toBeGreaterThanOrEqual(MEL_FLOOR);
    expect(Math.max(...data)).toBeGreaterThan(2);
  });
});
