import { describe, expect, it } from 'vitest';
import { RealFft } from './fft.ts';

/** The transform by its definition. */
function slowSpectrum(signal: Float64Array): Float64Array {
  const n = signal.length;
  const spectrum = new Float64Array(n + 2);
  for (let k = 0; k <= n / 2; k++) {
    for (const [t, value] of signal.entries()) {
      const angle = (-2 * Math.PI * ((k * t) % n)) / n;
      spectrum[2 * k]! += value * Math.cos(angle);
      spectrum[2 * k + 1]! += value * Math.sin(angle);
    }
  }
  return spectrum;
}

const largestGap = (a: Float64Array, b: Float64Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe('RealFft', () => {
  it.each([2, 8, 10, 32, 40, 50, 200, 800])('agrees with the definition at size %i', (size) => {
    const signal = Float64Array.from({ length: size }, (_, t) => Math.sin(t * t * 0.37) + 0.25);
    const untouched = signal.slice();
    const spectrum = new Float64Array(size + 2);
    const fft = new RealFft(size);
    fft.transform(signal, spectrum);
    expect(largestGap(spectrum, slowSpectrum(signal))).toBeLessThan(1e-10);
    expect(signal).toEqual(untouched);
    const again = new Float64Array(size + 2);
    fft.transform(signal, again);
    expect(again).toEqual(spectrum);
  });

  it.each([0, 1, 4, 6, 7, 14, 801, -8, 2.5])('refuses size %d', (size) => {
    expect(() => new RealFft(size)).toThrow(RangeError);
  });
});
