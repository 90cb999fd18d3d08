// One function for each kind of array: what sees both is compiled into much slower code.

/** The value of a `width`×`height` plane between its samples, at fractional indices; the nearest one outside. */
export function floatAt(data: Float32Array, width: number, height: number, x: number, y: number): number {
  const cx = clamp(x, 0, width - 1);
  const cy = clamp(y, 0, height - 1);
  const at = (cy | 0) * width + (cx | 0);
  const next = cx < width - 1 ? 1 : 0;
  const below = cy < height - 1 ? width : 0;
  const fx = cx - (cx | 0);
  const upper = data[at]! + (data[at + next]! - data[at]!) * fx;
  const lower = data[at + below]! + (data[at + below + next]! - data[at + below]!) * fx;
  return upper + (lower - upper) * (cy - (cy | 0));
}

/** The same of a plane of bytes that begins at `from` in its buffer. */
export function byteAt(data: Uint8Array, from: number, width: number, height: number, x: number, y: number): number {
  const cx = clamp(x, 0, width - 1);
  const cy = clamp(y, 0, height - 1);
  const at = from + (cy | 0) * width + (cx | 0);
  const next = cx < width - 1 ? 1 : 0;
  const below = cy < height - 1 ? width : 0;
  const fx = cx - (cx | 0);
  const upper = data[at]! + (data[at + next]! - data[at]!) * fx;
  const lower = data[at + below]! + (data[at + below + next]! - data[at + below]!) * fx;
  return upper + (lower - upper) * (cy - (cy | 0));
}

export const clamp = (value: number, from: number, to: number): number => Math.min(Math.max(value, from), to);
