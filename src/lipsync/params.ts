import { MEL_RATE } from '../audio/mel.ts';
import { FPS } from '../types.ts';

/** What a mouth network says of the mouth, in this order; 0 each is the mouth at rest. */
export const PARAMETERS = ['jaw', 'press', 'pucker', 'wide', 'raise', 'depress', 'tongue'] as const;
const COUNT = PARAMETERS.length;
const PRESS = PARAMETERS.indexOf('press');

/** Lowest value of each; all end at 1. The lower lip alone goes both ways: up to the teeth in f and v. */
const LOWEST = [0, 0, 0, 0, 0, -0.5, 0] as const;
/** Those that `intensity` scales; the tongue hardly shows, and lips that press must meet whatever it says. */
const SCALED = PARAMETERS.map((name) => name !== 'press' && name !== 'tongue');

/** Mouth parameters in time: 80 columns a second as in the mel, `data[column * 7 + parameter]`. */
export interface MouthTrack {
  data: Float32Array;
  columns: number;
}

/** From this press on the lips touch: m, p, b. */
const CLOSED = 0.6;
/** Below this press a column is smoothed in full, from `CLOSED` on not at all. */
const OPEN = 0.3;
/** So close (25 ms) to where they touch nothing is smoothed: the vowel between two closures may be no longer. */
const NEAR_COLUMNS = 2;
/** Gaussian over ±3 columns, σ = 15 ms: calms a trembling network, too short to round a syllable off. */
const REACH = 3;
const SIGMA_COLUMNS = 1.2;
const KERNEL = Array.from({ length: 2 * REACH + 1 }, (_, i) => Math.exp(-0.5 * ((i - REACH) / SIGMA_COLUMNS) ** 2));

/**
 * The track without its trembling and, the kernel being symmetric, without lag. Columns in and beside which the lips
 * close stay as they are: a closure lasts few columns, and an average would leave a gap in it, or close the short vowel
 * behind it. At the ends the first and the last column go on.
 */
export function smoothTrack({ data, columns }: MouthTrack): MouthTrack {
  const smooth = new Float32Array(data.length);
  const total = KERNEL.reduce((sum, weight) => sum + weight, 0);
  for (let column = 0; column < columns; column++) {
    let press = 0;
    for (let near = Math.max(0, column - NEAR_COLUMNS); near <= Math.min(columns - 1, column + NEAR_COLUMNS); near++) {
      press = Math.max(press, data[near * COUNT + PRESS]!);
    }
    const kept = ramp(press, OPEN, CLOSED);
    for (let parameter = 0; parameter < COUNT; parameter++) {
      let sum = 0;
      for (const [i, weight] of KERNEL.entries()) {
        const neighbour = Math.min(columns - 1, Math.max(0, column + i - REACH));
        sum += weight * data[neighbour * COUNT + parameter]!;
      }
      const at = column * COUNT + parameter;
      smooth[at] = kept * data[at]! + ((1 - kept) * sum) / total;
    }
  }
  return { data: smooth, columns };
}

/** The track scaled towards rest by a weight (0 … 1) for each column. */
export function weighTrack({ data, columns }: MouthTrack, weights: Float32Array): MouthTrack {
  return { data: data.map((value, at) => value * weights[Math.floor(at / COUNT)]!), columns };
}

/** Columns under one video frame (3.2). */
const COLUMNS_PER_FRAME = MEL_RATE / FPS;

/**
 * Writes the seven parameters of video frame `frame` into `out` at `offset`: the track at the frame's middle, between
 * columns by linear interpolation. A closure can be shorter than a frame; where one peaks within the frame, the frame
 * shows that peak, so that none falls between two pictures. A track without columns is at rest.
 */
export function readFrame(track: MouthTrack, frame: number, out: Float32Array, offset: number): void {
  const { data, columns } = track;
  if (columns === 0) {
    out.fill(0, offset, offset + COUNT);
    return;
  }
  const position = Math.min(columns - 1, closureIn(track, frame) ?? (frame + 0.5) * COLUMNS_PER_FRAME);
  const column = Math.floor(position);
  const next = Math.min(columns - 1, column + 1);
  for (let parameter = 0; parameter < COUNT; parameter++) {
    const from = data[column * COUNT + parameter]!;
    out[offset + parameter] = from + (position - column) * (data[next * COUNT + parameter]! - from);
  }
  out[offset + PRESS] = parted(out[offset + PRESS]!);
}

/**
 * Lips that do not touch are further apart than the network says, which is trained on the mean of what may be said: a
 * short vowel between two closures it opens half, and half is drawn as shut. From `CLOSED` on nothing changes.
 */
const parted = (press: number): number => (press < CLOSED ? press * Math.sqrt(Math.max(0, press) / CLOSED) : press);

/** The column at which the lips are closed most, if that peak lies inside the frame and not merely at its edge. */
function closureIn({ data, columns }: MouthTrack, frame: number): number | undefined {
  const press = (column: number): number => data[Math.min(columns - 1, Math.max(0, column)) * COUNT + PRESS]!;
  let closest: number | undefined;
  const end = Math.min(columns, (frame + 1) * COLUMNS_PER_FRAME);
  for (let column = Math.ceil(frame * COLUMNS_PER_FRAME); column < end; column++) {
    const isPeak = press(column) > press(column - 1) && press(column) >= press(column + 1);
    if (!isPeak || press(column) < CLOSED) continue;
    if (closest === undefined || press(column) > press(closest)) closest = column;
  }
  return closest;
}

/**
 * Scales how far the seven parameters in `params` at `offset` leave rest, in place, and keeps them in their ranges.
 * The more the lips press, the less is scaled: a closed mouth stays closed at every intensity.
 */
export function intensify(params: Float32Array, offset: number, intensity: number): void {
  const press = Math.min(1, Math.max(0, params[offset + PRESS]!));
  const scale = 1 + (intensity - 1) * (1 - press);
  for (let parameter = 0; parameter < COUNT; parameter++) {
    const value = params[offset + parameter]! * (SCALED[parameter] ? scale : 1);
    params[offset + parameter] = Math.min(1, Math.max(LOWEST[parameter]!, value));
  }
}

/** 0 up to `from`, 1 from `to` on, straight between. */
const ramp = (value: number, from: number, to: number): number =>
  Math.min(1, Math.max(0, (value - from) / (to - from)));
