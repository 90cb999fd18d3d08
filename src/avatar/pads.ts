import type { CropMatrix, Pads } from '../types.ts';

const NONE: Pads = [0, 0, 0, 0];

/**
 * The crop with so much more (or, below 0, less) of the frame at its top, bottom, left and right, percent of its own
 * height and width: the face then lies lower, higher, … and smaller in what the model sees, as with Wav2Lip's `--pads`.
 */
export function padCrop([a, b, tx, c, d, ty]: CropMatrix, pads: Pads = NONE): CropMatrix {
  const [top, bottom, left, right] = pads.map((percent) => percent / 100) as unknown as Pads;
  const [wide, high] = [1 + left + right, 1 + top + bottom];
  return [a * wide, b * high, tx - a * left - b * top, c * wide, d * high, ty - c * left - d * top];
}
