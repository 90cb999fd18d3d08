/**
 * Discrete Fourier transform of real signals by a mixed-radix Stockham FFT (radix 4 and 5), so that Wav2Lip's window
 * of 800 = 2·4²·5² samples needs no padding. Pairs of real samples are taken as complex ones, transformed at half the
 * size and untangled (Press et al., Numerical Recipes, §12.3). Complex numbers lie interleaved: re, im, re, im, …
 */
export class RealFft {
  /** Samples in, a product 2·4^a·5^b. */
  readonly size: number;
  readonly #radices: readonly Radix[];
  /** e^(−2πik/size) for k < size. */
  readonly #twiddles: Float64Array;
  readonly #buffers: readonly [Float64Array, Float64Array];

  /** Throws `RangeError` when `size` is not 2·4^a·5^b. */
  constructor(size: number) {
    this.size = size;
    this.#radices = factor(size / 2);
    this.#twiddles = new Float64Array(2 * size);
    for (let k = 0; k < size; k++) {
      this.#twiddles[2 * k] = Math.cos((2 * Math.PI * k) / size);
      this.#twiddles[2 * k + 1] = -Math.sin((2 * Math.PI * k) / size);
    }
    this.#buffers = [new Float64Array(size), new Float64Array(size)];
  }

  /** Writes the bins 0 … size/2 of `signal` (`size` samples) into `spectrum` (size + 2 numbers). */
  transform(signal: Float64Array, spectrum: Float64Array): void {
    const [even, odd] = this.#buffers;
    let input = signal;
    let output = even;
    let length = this.size / 2;
    let stride = 1;
    for (const radix of this.#radices) {
      const stage = radix === 4 ? radix4 : radix5;
      stage(input, output, length, stride, this.#twiddles);
      length /= radix;
      stride *= radix;
      input = output;
      output = output === even ? odd : even;
    }
    untangle(input, spectrum, this.#twiddles, this.size / 2);
  }
}

type Radix = 4 | 5;

function factor(size: number): Radix[] {
  const radices: Radix[] = [];
  let rest = size;
  for (const radix of [4, 5] as const) {
    while (rest > 1 && rest % radix === 0) {
      radices.push(radix);
      rest /= radix;
    }
  }
  if (rest !== 1) throw new RangeError(`FFT size ${2 * size} is not 2·4^a·5^b`);
  return radices;
}

/** out[at] = (re + i·im) · twiddles[w], both indices in complex numbers. */
function rotate(out: Float64Array, at: number, re: number, im: number, twiddles: Float64Array, w: number): void {
  const cos = twiddles[2 * w]!;
  const sin = twiddles[2 * w + 1]!;
  out[2 * at] = re * cos - im * sin;
  out[2 * at + 1] = re * sin + im * cos;
}

/** One Stockham stage: `stride` interleaved transforms of `length` points become 4·`stride` of a quarter of it. */
function radix4(x: Float64Array, y: Float64Array, length: number, stride: number, twiddles: Float64Array): void {
  const part = length / 4;
  const step = 2 * stride * part;
  for (let p = 0; p < part; p++) {
    const w = 2 * p * stride; // the table is of twice the transform's size
    for (let q = 0; q < stride; q++) {
      const i = 2 * (q + stride * p);
      const sum02re = x[i]! + x[i + 2 * step]!;
      const sum02im = x[i + 1]! + x[i + 2 * step + 1]!;
      const dif02re = x[i]! - x[i + 2 * step]!;
      const dif02im = x[i + 1]! - x[i + 2 * step + 1]!;
      const sum13re = x[i + step]! + x[i + 3 * step]!;
      const sum13im = x[i + step + 1]! + x[i + 3 * step + 1]!;
      const dif13re = x[i + step]! - x[i + 3 * step]!;
      const dif13im = x[i + step + 1]! - x[i + 3 * step + 1]!;
      const o = q + 4 * stride * p;
      y[2 * o] = sum02re + sum13re;
      y[2 * o + 1] = sum02im + sum13im;
      rotate(y, o + stride, dif02re + dif13im, dif02im - dif13re, twiddles, w);
      rotate(y, o + 2 * stride, sum02re - sum13re, sum02im - sum13im, twiddles, 2 * w);
      rotate(y, o + 3 * stride, dif02re - dif13im, dif02im + dif13re, twiddles, 3 * w);
    }
  }
}

const COS1 = Math.cos((2 * Math.PI) / 5);
const SIN1 = Math.sin((2 * Math.PI) / 5);
const COS2 = Math.cos((4 * Math.PI) / 5);
const SIN2 = Math.sin((4 * Math.PI) / 5);

/** As `radix4`, with 5 in place of 4. */
function radix5(x: Float64Array, y: Float64Array, length: number, stride: number, twiddles: Float64Array): void {
  const part = length / 5;
  const step = 2 * stride * part;
  for (let p = 0; p < part; p++) {
    const w = 2 * p * stride;
    for (let q = 0; q < stride; q++) {
      const i = 2 * (q + stride * p);
      const re0 = x[i]!;
      const im0 = x[i + 1]!;
      const sum14re = x[i + step]! + x[i + 4 * step]!;
      const sum14im = x[i + step + 1]! + x[i + 4 * step + 1]!;
      const dif14re = x[i + step]! - x[i + 4 * step]!;
      const dif14im = x[i + step + 1]! - x[i + 4 * step + 1]!;
      const sum23re = x[i + 2 * step]! + x[i + 3 * step]!;
      const sum23im = x[i + 2 * step + 1]! + x[i + 3 * step + 1]!;
      const dif23re = x[i + 2 * step]! - x[i + 3 * step]!;
      const dif23im = x[i + 2 * step + 1]! - x[i + 3 * step + 1]!;
      const mid1re = re0 + COS1 * sum14re + COS2 * sum23re;
      const mid1im = im0 + COS1 * sum14im + COS2 * sum23im;
      const mid2re = re0 + COS2 * sum14re + COS1 * sum23re;
      const mid2im = im0 + COS2 * sum14im + COS1 * sum23im;
      const turn1re = SIN1 * dif14re + SIN2 * dif23re;
      const turn1im = SIN1 * dif14im + SIN2 * dif23im;
      const turn2re = SIN2 * dif14re - SIN1 * dif23re;
      const turn2im = SIN2 * dif14im - SIN1 * dif23im;
      const o = q + 5 * stride * p;
      y[2 * o] = re0 + sum14re + sum23re;
      y[2 * o + 1] = im0 + sum14im + sum23im;
      rotate(y, o + stride, mid1re + turn1im, mid1im - turn1re, twiddles, w);
      rotate(y, o + 2 * stride, mid2re + turn2im, mid2im - turn2re, twiddles, 2 * w);
      rotate(y, o + 3 * stride, mid2re - turn2im, mid2im + turn2re, twiddles, 3 * w);
      rotate(y, o + 4 * stride, mid1re - turn1im, mid1im + turn1re, twiddles, 4 * w);
    }
  }
}

/** Spectrum of 2·`half` real samples from the transform `z` of their `half` complex pairs. */
function untangle(z: Float64Array, spectrum: Float64Array, twiddles: Float64Array, half: number): void {
  for (let k = 0; k <= half; k++) {
    const here = 2 * (k % half);
    const mirror = 2 * ((half - k) % half);
    const evenRe = (z[here]! + z[mirror]!) / 2;
    const evenIm = (z[here + 1]! - z[mirror + 1]!) / 2;
    const oddRe = (z[here + 1]! + z[mirror + 1]!) / 2;
    const oddIm = (z[mirror]! - z[here]!) / 2;
    const cos = twiddles[2 * k]!;
    const sin = twiddles[2 * k + 1]!;
    spectrum[2 * k] = evenRe + oddRe * cos - oddIm * sin;
    spectrum[2 * k + 1] = evenIm + oddRe * sin + oddIm * cos;
  }
}
