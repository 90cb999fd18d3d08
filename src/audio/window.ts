import type { Mel } from '../types.ts';
import { MEL_BANDS, MEL_FLOOR, MEL_RATE } from './mel.ts';

/** Mel columns (200 ms) that a Wav2Lip network sees at once. */
export const WINDOW_COLUMNS = 16;
/** Numbers in one window, [80][16] band-major. */
export const WINDOW_SIZE = MEL_BANDS * WINDOW_COLUMNS;

/**
 * Writes into `out` at `outOffset` the [80][16] window that video frame `frame` sees: 16 columns from
 * ⌊80·frame/fps⌋ + `offsetColumns` on (the model's own offset, may be negative). Past the end it is the last 16
 * columns; columns before the first are silence.
 */
export function melWindow(
  mel: Mel,
  frame: number,
  fps: number,
  offsetColumns: number,
  out: Float32Array,
  outOffset: number,
): void {
  const first = Math.min(Math.floor((MEL_RATE * frame) / fps) + offsetColumns, mel.columns - WINDOW_COLUMNS);
  let at = outOffset;
  for (let band = 0; band < MEL_BANDS; band++) {
    for (let column = first; column < first + WINDOW_COLUMNS; column++) {
      out[at++] = column < 0 ? MEL_FLOOR : mel.data[band * mel.columns + column]!;
    }
  }
}
