import { describe, expect, it } from 'vitest';
import { resample } from './resample.ts';

const FULL = 30_000;
const SAMPLES = 4000;

const tone = (hertz: number, rate: number, length = SAMPLES) =>
  Int16Array.from({ length }, (_, i) => Math.round(FULL * Math.sin((2 * Math.PI * hertz * i) / rate)));

/** Level in dB below a full tone, away from the ends where the filter sees the silence around the signal. */
function level(samples: ArrayLike<number>): number {
  const middle = Array.from(samples).slice(300, -300);
  const power = middle.reduce((sum, value) => sum + value * value, 0) / middle.length;
  return 10 * Math.log10((2 * power) / FULL ** 2 + 1e-12);
}

const RATES = [22_050, 24_000, 44_100, 48_000];

describe('resample', () => {
  it.each(RATES)('%i Hz → 16 kHz is flat within 0.1 dB to 7 kHz', (rate) => {
    for (let hertz = 100; hertz <= 7000; hertz += 575) {
      const out = resample(tone(hertz, rate), rate, 16_000);
      expect(Math.abs(level(out) - level(tone(hertz, 16_000, out.length)))).toBeLessThan(0.1);
    }
  });

  it.each(RATES)('%i Hz → 16 kHz keeps aliases below −60 dB', (rate) => {
    for (const hertz of [8001, 8300, 9000, 10_000, rate / 2 - 100]) {
      expect(level(resample(tone(hertz, rate), rate, 16_000))).toBeLessThan(-60);
    }
  });

  it.each([8000, 11_025, 16_001, 96_000, ...RATES])('%i Hz → 16 kHz has neither delay nor images', (rate) => {
    const hertz = 1234;
    const ideal = tone(hertz, 16_000, Math.round((SAMPLES * 16_000) / rate));
    const gap = resample(tone(hertz, rate), rate, 16_000).map((value, i) => value - ideal[i]!);
    expect(level(gap)).toBeLessThan(-60);
  });

  it('keeps a constant level exactly', () => {
    const middle = resample(new Int16Array(2000).fill(12_345), 22_050, 16_000).subarray(200, -200);
    expect(new Set(middle)).toEqual(new Set([12_345]));
  });

  it.each([
    [22_050, 22_050, 16_000, 16_000],
    [1, 22_050, 16_000, 1],
    [2, 48_000, 16_000, 1],
    [1, 48_000, 16_000, 0],
    [0, 22_050, 16_000, 0],
    [3333, 44_100, 16_000, 1209],
    [160, 16_000, 48_000, 480],
  ])('%i samples at %i Hz → %i Hz', (length, from, to, expected) => {
    expect(resample(new Int16Array(length).fill(1), from, to)).toHaveLength(expected);
  });

  it('clips instead of wrapping round', () => {
    const square = Int16Array.from({ length: 2000 }, (_, i) => (i % 100 < 50 ? 32_767 : -32_768));
    const out = resample(square, 22_050, 16_000);
    const crests = out.filter((_, i) => {
      const phase = ((i * 22_050) / 16_000) % 100;
      return phase > 5 && phase < 45;
    });
    expect(Math.min(...crests)).toBeGreaterThan(25_000);
    expect(Math.max(...crests)).toBe(32_767);
  });

  it('returns the samples themselves at equal rates', () => {
    const pcm = tone(440, 16_000);
    expect(resample(pcm, 16_000, 16_000)).toBe(pcm);
  });

  it.each([0, -16_000, 3999, 192_001, 22_050.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses the rate %d',
    (rate) => {
      expect(() => resample(new Int16Array(1), rate, 16_000)).toThrow(RangeError);
      expect(() => resample(new Int16Array(1), 16_000, rate)).toThrow(RangeError);
    },
  );
});
