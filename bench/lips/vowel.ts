import { SAMPLE_RATE } from '../../src/types.ts';

/** Frequencies of the first three formants, Hz (Peterson & Barney 1952, men). */
const FORMANTS = {
  a: [730, 1090, 2440],
  e: [530, 1840, 2480],
  i: [270, 2290, 3010],
  o: [570, 840, 2410],
  u: [300, 870, 2240],
} as const;
export type Vowel = keyof typeof FORMANTS;

const BANDWIDTH = 90;
const PITCH = 118;
/** No voice holds its pitch and loudness exactly: 1 % of vibrato and breath 34 dB below the voice. */
const VIBRATO = { depth: 0.01, rate: 5.2 };
const BREATH = 0.02;

/** A vowel held for `samples` at 16 kHz: pulses and breath through three resonators (Klatt 1980). */
export function heldVowel(vowel: Vowel, samples: number): Int16Array {
  const random = noise(1);
  let phase = 0;
  let signal: Float64Array = Float64Array.from({ length: samples }, (_, i) => {
    phase += (PITCH * (1 + VIBRATO.depth * Math.sin((2 * Math.PI * VIBRATO.rate * i) / SAMPLE_RATE))) / SAMPLE_RATE;
    const pulse = phase >= 1 ? 1 : 0;
    phase -= pulse;
    return pulse + BREATH * random();
  });
  for (const frequency of FORMANTS[vowel]) signal = resonator(signal, frequency);
  const peak = signal.reduce((highest, value) => Math.max(highest, Math.abs(value)), 0);
  return Int16Array.from(signal, (value) => (value / peak) * 12_000);
}

/** A two-pole filter with its peak at `frequency`. */
function resonator(signal: Float64Array, frequency: number): Float64Array {
  const radius = Math.exp((-Math.PI * BANDWIDTH) / SAMPLE_RATE);
  const b = 2 * radius * Math.cos((2 * Math.PI * frequency) / SAMPLE_RATE);
  const c = -radius * radius;
  const out = new Float64Array(signal.length);
  for (let i = 0; i < signal.length; i++) {
    out[i] = (1 - b - c) * signal[i]! + b * (out[i - 1] ?? 0) + c * (out[i - 2] ?? 0);
  }
  return out;
}

/** Numbers in −1 … 1 that are the same every time (Park & Miller 1988). */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (2 * state) / 2_147_483_647 - 1;
  };
}
