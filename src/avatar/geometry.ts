import type { CropMatrix } from '../types.ts';
import type { FaceMask } from './avatar.ts';

/** Rectangle in samples; right and bottom are exclusive. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Masks are looked at once: an avatar's are used by many streams. */
const known = new WeakMap<FaceMask, Box>();

/** Rectangle of a crop of `size` samples outside which all masks are 0, two samples wider for interpolation. */
export function maskBounds(masks: readonly FaceMask[], size: number): Box {
  const box = { left: size, top: size, right: 0, bottom: 0 };
  for (const mask of masks) {
    const own = known.get(mask) ?? boundsOf(mask);
    known.set(mask, own);
    const scale = size / mask.size;
    box.left = Math.max(0, Math.min(box.left, Math.floor(own.left * scale) - 2));
    box.top = Math.max(0, Math.min(box.top, Math.floor(own.top * scale) - 2));
    box.right = Math.min(size, Math.max(box.right, Math.ceil(own.right * scale) + 2));
    box.bottom = Math.min(size, Math.max(box.bottom, Math.ceil(own.bottom * scale) + 2));
  }
  return box;
}

/** Rectangle of the samples above 0, in the mask's own. */
function boundsOf({ size, data }: FaceMask): Box {
  const box = { left: size, top: size, right: 0, bottom: 0 };
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (data[y * size + x] === 0) continue;
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x + 1);
      box.top = Math.min(box.top, y);
      box.bottom = Math.max(box.bottom, y + 1);
    }
  }
  return box;
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
