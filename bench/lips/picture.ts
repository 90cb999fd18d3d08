/** Planes of one picture region: `channels` × `height` × `width`, 0 … 255. */
export interface Picture {
  width: number;
  height: number;
  channels: number;
  data: Float32Array;
}

/** A rectangle in pixels; right and bottom are exclusive. */
export interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Smaller errors count as this one (60 dB), so that a picture that happens to be exact does not make the mean infinite. */
const MIN_ERROR = 1e-6;

/** Mean squared difference, of values scaled to 0 … 1. */
function meanSquare(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i]! - b[i]!) / 255) ** 2;
  return sum / a.length;
}

/** Peak signal-to-noise ratio over all channels, dB, at most 60. */
export function psnr(a: Picture, b: Picture): number {
  return -10 * Math.log10(Math.max(MIN_ERROR, meanSquare(a.data, b.data)));
}

/** Gaussian window and constants of Wang et al. 2004, "Image Quality Assessment". */
const SIGMA = 1.5;
const REACH = 5;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/** Structural similarity of the luma of two BGR pictures: mean over all places where the 11×11 window fits. */
export function ssim(a: Picture, b: Picture): number {
  const { width, height } = a;
  const [x, y] = [luma(a), luma(b)];
  const product = (p: Float32Array, q: Float32Array) => p.map((value, i) => value * q[i]!);
  const mean = (plane: Float32Array) => gaussian(plane, width, height);
  const [mx, my, xx, yy, xy] = [mean(x), mean(y), mean(product(x, x)), mean(product(y, y)), mean(product(x, y))];
  let sum = 0;
  for (let i = 0; i < mx.length; i++) {
    const [p, q] = [mx[i]!, my[i]!];
    const covariance = xy[i]! - p * q;
    const variances = xx[i]! - p * p + (yy[i]! - q * q);
    sum += ((2 * p * q + C1) * (2 * covariance + C2)) / ((p * p + q * q + C1) * (variances + C2));
  }
  return sum / mx.length;
}

/** BT.601 luma of planar BGR. */
export function luma({ width, height, data }: Picture): Float32Array {
  const area = width * height;
  const out = new Float32Array(area);
  for (let i = 0; i < area; i++) out[i] = 0.114 * data[i]! + 0.587 * data[area + i]! + 0.299 * data[2 * area + i]!;
  return out;
}

/** Gaussian blur where the whole window lies inside: (width − 10) × (height − 10). */
function gaussian(plane: Float32Array, width: number, height: number): Float32Array {
  const taps = Array.from({ length: 2 * REACH + 1 }, (_, i) => Math.exp(-((i - REACH) ** 2) / (2 * SIGMA ** 2)));
  const total = taps.reduce((sum, tap) => sum + tap);
  const inner = width - 2 * REACH;
  const lines = new Float32Array(inner * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < inner; column++) {
      let sum = 0;
      for (const [i, tap] of taps.entries()) sum += tap * plane[row * width + column + i]!;
      lines[row * inner + column] = sum / total;
    }
  }
  const out = new Float32Array(inner * (height - 2 * REACH));
  for (let at = 0; at < out.length; at++) {
    let sum = 0;
    for (const [i, tap] of taps.entries()) sum += tap * lines[at + i * inner]!;
    out[at] = sum / total;
  }
  return out;
}

/** Half the size; each pixel is the mean of four. */
export function halved({ width, height, channels, data }: Picture): Picture {
  const [w, h] = [width >> 1, height >> 1];
  const out = new Float32Array(channels * w * h);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const at = (channel * height + 2 * y) * width + 2 * x;
        const sum = data[at]! + data[at + 1]! + data[at + width]! + data[at + width + 1]!;
        out[(channel * h + y) * w + x] = sum / 4;
      }
    }
  }
  return { width: w, height: h, channels, data: out };
}

/** The part of a picture inside `rect`. */
export function cut({ width, height, channels, data }: Picture, { left, top, right, bottom }: Rect): Picture {
  const [w, h] = [right - left, bottom - top];
  const out = new Float32Array(channels * w * h);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < h; y++) {
      const from = (channel * height + top + y) * width + left;
      out.set(data.subarray(from, from + w), (channel * h + y) * w);
    }
  }
  return { width: w, height: h, channels, data: out };
}
