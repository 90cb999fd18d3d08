import type { Box } from './geometry.ts';
import type { YuvPlanes } from './yuv-planes.ts';

/** Numbers per crop sample in `luma` and `chroma`: see `Layers`. */
export const LUMA_STEP = 4;
export const CHROMA_STEP = 6;

/** What blending needs of a crop's samples, side by side; `size`×`size` samples, written inside the mask's box alone. */
export interface Layers {
  /** Reference crop and patch. */
  before: YuvPlanes;
  after: YuvPlanes;
  /**
   * How much of the patch shows, 0…1; how much of the frame's detail, 0…1; Y of the patch less that of its origin; Y of
   * the origin: what the patch was drawn from, the reference moved like the face in the patch.
   */
  luma: Float32Array;
  /** The two shares, U of the patch less its origin's, U of the origin, the same of V. */
  chroma: Float32Array;
  /** How far from a sample its origin lies, in samples (x, y); `undefined` where everything stays in its place. */
  motion: Float32Array | undefined;
  /** `CELL` of the square of four samples right and below of each. */
  cells: Uint8Array;
  /** The samples that pasting changes. */
  active: Box;
}

/** What need not be looked up between four samples; bits. */
export const CELL = { shows: 1, partly: 2, anew: 4, moved: 8 } as const;
