import { expect, it } from 'vitest';
import { MEL_BANDS, melSpectrogram } from '../../src/audio/mel.ts';
import { heldVowel } from './vowel.ts';

/** Mean level of mel bands `from` … `to` in the middle second. */
function level(vowel: 'a' | 'i', from: number, to: number): number {
  const { data, columns } = melSpectrogram(heldVowel(vowel, 32_000));
  let sum = 0;
  for (let band = from; band < to; band++) {
    for (let column = 40; column < 120; column++) sum += data[band * columns + column]!;
  }
  return sum / ((to - from) * 80);
}

it('puts an a’s energy about 1 kHz and an i’s above 2 kHz', () => {
  // Slaney’s scale: bands 18 … 26 hold 0.7 … 1.1 kHz, bands 42 … 50 hold 2.2 … 3 kHz.
  expect(level('a', 18, 26)).toBeGreaterThan(level('i', 18, 26) + 0.5);
  expect(level('i', 42, 50)).toBeGreaterThan(level('i', 24, 34) + 0.5);
});

it('is held: loud to the end and the same every time', () => {
  const sound = heldVowel('o', 16_000);
  expect(sound).toEqual(heldVowel('o', 16_000));
  expect(Math.max(...sound.subarray(15_000))).toBeGreaterThan(6000);
  expect(melSpectrogram(sound).data.length).toBe(81 * MEL_BANDS);
});
