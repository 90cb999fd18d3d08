/** Rates that audio comes in, Hz. Beyond them a few bytes of a forged header would ask for gigabytes. */
export const MIN_RATE = 4000;
export const MAX_RATE = 192_000;

/** Attenuation the filter is designed for; measured aliases lie below −72 dB. */
const STOP_BAND_DB = 70;
/** The filter falls from flat at 7/8 of the lower Nyquist frequency to its stop band there. */
const TRANSITION = 1 / 8;
/** Above so many phases the nearest one is taken: 1/8192 of a sample off at most, errors below −69 dB. */
const MAX_PHASES = 4096;
/** Filters kept: rates of engines are few, those of strangers' files must not fill the memory. */
const MAX_FILTERS = 4;

interface Filter {
  /** Taps on either side of the point to be interpolated. */
  reach: number;
  phases: number;
  /** Row p, of 2·reach taps, interpolates p / phases after an input sample; there are phases + 1 rows. */
  taps: Float64Array;
}

const filters = new Map<string, Filter>();

/**
 * Speech at another sample rate: band-limited interpolation by a Kaiser-windowed sinc (Smith & Gossett 1984) whose
 * polyphase rows are computed once per pair of rates. Flat within 0.1 dB to 7/8 of the lower Nyquist frequency,
 * without delay, round(n·to/from) samples long. Rates are whole Hz, 4,000 … 192,000, else `RangeError`. At equal
 * rates the answer is `pcm` itself.
 */
export function resample(pcm: Int16Array, from: number, to: number): Int16Array {
  for (const rate of [from, to]) {
    if (!Number.isInteger(rate) || rate < MIN_RATE || rate > MAX_RATE) {
      throw new RangeError(`Sample rate must be a whole number of Hz, ${MIN_RATE} … ${MAX_RATE}, got ${rate}`);
    }
  }
  if (from === to) return pcm;
  const divisor = greatestCommonDivisor(from, to);
  const up = to / divisor;
  const down = from / divisor;
  const { reach, phases, taps } = filterFor(up, down);
  const width = 2 * reach;
  const input = new Float64Array(pcm.length + 2 * width);
  input.set(pcm, reach);
  const out = new Int16Array(Math.round((pcm.length * to) / from));

  // Output i lies at input position i·down/up = whole + part/up.
  const wholeStep = Math.floor(down / up);
  const partStep = down % up;
  let whole = 0;
  let part = 0;
  for (let i = 0; i < out.length; i++) {
    const row = width * Math.round((part * phases) / up);
    const first = whole + 1; // of the padded input: position − reach + 1
    let sum = 0;
    for (let t = 0; t < width; t++) sum += taps[row + t]! * input[first + t]!;
    out[i] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
    whole += wholeStep;
    part += partStep;
    if (part >= up) {
      part -= up;
      whole++;
    }
  }
  return out;
}

function filterFor(up: number, down: number): Filter {
  const key = `${up}/${down}`;
  let filter = filters.get(key);
  if (!filter) {
    filter = designFilter(up, down);
    if (filters.size >= MAX_FILTERS) filters.clear();
    filters.set(key, filter);
  }
  return filter;
}

function designFilter(up: number, down: number): Filter {
  /** Lower Nyquist frequency, in half cycles per input sample. */
  const limit = Math.min(1, up / down);
  const cutoff = limit * (1 - TRANSITION / 2);
  // Kaiser's estimates of length and shape (Oppenheim & Schafer, Discrete-Time Signal Processing, §7.5).
  const reach = Math.ceil((STOP_BAND_DB - 7.95) / (2.285 * Math.PI * limit * TRANSITION) / 2);
  const beta = 0.1102 * (STOP_BAND_DB - 8.7);
  const phases = Math.min(up, MAX_PHASES);
  const width = 2 * reach;
  const taps = new Float64Array((phases + 1) * width);
  for (let phase = 0; phase <= phases; phase++) {
    const row = taps.subarray(phase * width, (phase + 1) * width);
    for (let t = 0; t < width; t++) {
      const distance = phase / phases - (t + 1 - reach);
      row[t] = cutoff * sinc(cutoff * distance) * kaiser(distance / reach, beta);
    }
    const gain = row.reduce((sum, tap) => sum + tap, 0);
    for (let t = 0; t < width; t++) row[t]! /= gain;
  }
  return { reach, phases, taps };
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Kaiser window at −1 … 1. */
const kaiser = (x: number, beta: number): number =>
  Math.abs(x) > 1 ? 0 : besselI0(beta * Math.sqrt(1 - x * x)) / besselI0(beta);

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
