import type { CropMatrix } from '../types.ts';
import type { FaceMask } from './avatar.ts';

/** Rectangle in samples; right and bottom are exclusive. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Rectangle of a crop of `size` samples outside which the mask is 0, two samples wider for interpolation. */
export function maskBounds({ size: side, data }: FaceMask, size: number): Box {
  let left = side;
  let top = side;
  let right = 0;
  let bottom = 0;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (data[y * side + x] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
    }
  }
  const scale = size / side;
  return {
    left: Math.max(0, Math.floor(left * scale) - 2),
    top: Math.max(0, Math.floor(top * scale) - 2),
    right: Math.min(size, Math.ceil(right * scale) + 2),
    bottom: Math.min(size, Math.ceil(bottom * scale) + 2),
  };
}

/** The inverse of a crop matrix: frame pixels → unit square of the crop. */
export function invert([a, b, tx, c, d, ty]: CropMatrix): CropMatrix {
  const det = a * d - b * c;
  return [d / det, -b / det, (b * ty - d * tx) / det, -c / det, a / det, (c * tx - a * ty) / det];
}

/** Frame-pixel rectangle that holds the crop rectangle `box` (in samples of a `size`×`size` crop). */
export function cropBounds([a, b, tx, c, d, ty]: CropMatrix, box: Box, size: number): Box {
  const corners = [
    [box.left, box.top],
    [box.right, box.top],
    [box.left, box.bottom],
    [box.right, box.bottom],
  ] as const;
  const xs = corners.map(([u, v]) => (a * u + b * v) / size + tx);
  const ys = corners.map(([u, v]) => (c * u + d * v) / size + ty);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** The samples of a `width`×`height` plane, `step` frame pixels apart, that touch a rectangle in frame pixels. */
export function clampBox(box: Box, step: number, width: number, height: number): Box {
  return {
    left: Math.max(0, Math.floor(box.left / step)),
    top: Math.max(0, Math.floor(box.top / step)),
    right: Math.min(width, Math.ceil(box.right / step)),
    bottom: Math.min(height, Math.ceil(box.bottom / step)),
  };
}
