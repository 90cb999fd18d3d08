import type { Framing } from '../../src/avatar/align.ts';
import type { Rect } from './picture.ts';

/** Side of the crops all pictures are compared in, pixels. */
export const SIDE = 256;
/** How a crop of kind `soyle` frames a face; crops of other framings are mapped into it before they are compared. */
export const FRAMING: Framing = { eyes: 0.25, mouth: 0.62, aspect: 1, centre: 'mouth' };
/** The mouth window at half size, where PSNR and SSIM are measured. */
export const HALF_WINDOW: Rect = { left: 24, top: 36, right: 104, bottom: 128 };
/** Lips and the skin around them in the full crop, where sharpness is measured. */
export const LIPS: Rect = { left: 56, top: 104, right: 200, bottom: 224 };

/** Numbers of one frame's mouth parameters: jaw, press, pucker, wide, raise, depress, tongue. */
export const PARAMETERS = 7;
export const JAW = 0;
export const PRESS = 1;
