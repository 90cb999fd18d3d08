import { type Mel, SAMPLE_RATE } from '../types.ts';
import { RealFft } from './fft.ts';
import { melFilters } from './mel-filters.ts';

/** Frequency bands of a mel column. */
export const MEL_BANDS = 80;
/** Columns per second. */
export const MEL_RATE = 80;
/** Value of silence, the lowest one. */
export const MEL_FLOOR = -4;

const PRE_EMPHASIS = 0.97;
const WINDOW = 800;
const HOP = SAMPLE_RATE / MEL_RATE;
const MIN_HZ = 55;
const MAX_HZ = 7600;
const MIN_MAGNITUDE = 1e-5;
const REFERENCE_DB = 20;
const RANGE_DB = 100;

const fft = new RealFft(WINDOW);
/** Periodic Hann. */
const hann = Float64Array.from({ length: WINDOW }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW));
const filters = melFilters(MEL_BANDS, MIN_HZ, MAX_HZ, SAMPLE_RATE / WINDOW);

/**
 * Log-mel spectrogram of 16 kHz speech as Wav2Lip computes it (Prajwal et al. 2020; its audio.py with librosa 0.7).
 * Column c is centred on sample 200·c; there are 1 + ⌊samples / 200⌋ columns, none for empty speech.
 */
export function melSpectrogram(pcm: Int16Array): Mel {
  if (pcm.length === 0) return { data: new Float32Array(0), columns: 0 };
  const columns = 1 + Math.floor(pcm.length / HOP);
  const data = new Float32Array(MEL_BANDS * columns);
  const signal = reflectPadded(preEmphasised(pcm), WINDOW / 2);
  const frame = new Float64Array(WINDOW);
  const spectrum = new Float64Array(WINDOW + 2);
  const magnitudes = new Float64Array(WINDOW / 2 + 1);
  for (let column = 0; column < columns; column++) {
    for (let i = 0; i < WINDOW; i++) frame[i] = hann[i]! * signal[column * HOP + i]!;
    fft.transform(frame, spectrum);
    for (let bin = 0; bin < magnitudes.length; bin++) {
      const re = spectrum[2 * bin]!;
      const im = spectrum[2 * bin + 1]!;
      magnitudes[bin] = Math.sqrt(re * re + im * im);
    }
    for (let band = 0; band < MEL_BANDS; band++) {
      const { firstBin, weights } = filters[band]!;
      let magnitude = 0;
      for (let i = 0; i < weights.length; i++) magnitude += weights[i]! * magnitudes[firstBin + i]!;
      data[band * columns + column] = scaled(magnitude);
    }
  }
  return { data, columns };
}

/** Magnitude → decibels under the reference, [−100, 0] dB → [−4, 4], clipped. */
function scaled(magnitude: number): number {
  const db = 20 * Math.log10(Math.max(MIN_MAGNITUDE, magnitude)) - REFERENCE_DB;
  return Math.min(4, Math.max(MEL_FLOOR, (8 * (db + RANGE_DB)) / RANGE_DB - 4));
}

/** Samples in [−1, 1), lifted towards the high frequencies. */
function preEmphasised(pcm: Int16Array): Float64Array {
  const out = new Float64Array(pcm.length);
  let previous = 0;
  for (let i = 0; i < pcm.length; i++) {
    const sample = pcm[i]! / 32_768;
    out[i] = sample - PRE_EMPHASIS * previous;
    previous = sample;
  }
  return out;
}

/** Mirrored about its first and last sample, again and again where the signal is shorter than the padding. */
function reflectPadded(signal: Float64Array, padding: number): Float64Array {
  const period = Math.max(1, 2 * (signal.length - 1));
  const out = new Float64Array(signal.length + 2 * padding);
  out.set(signal, padding);
  const mirrored = (i: number) => {
    const phase = ((i % period) + period) % period;
    return signal[Math.min(phase, period - phase)]!;
  };
  for (let i = 0; i < padding; i++) {
    out[i] = mirrored(i - padding);
    out[padding + signal.length + i] = mirrored(signal.length + i);
  }
  return out;
}
