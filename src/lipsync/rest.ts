import { MEL_BANDS, MEL_RATE } from '../audio/mel.ts';
import type { Mel } from '../types.ts';

/** A column whose loudest band stays below this is silent; a tone or hiss of −55 dBFS reaches about −2.4. */
const SILENT_BELOW = -2.4;
/** Lips get ready before a sound and come to rest after it: that far from it (100 ms) they still move freely … */
const FREE_COLUMNS = 0.1 * MEL_RATE;
/** … and from here on (200 ms, what also counts as silence between frames) they rest. */
const REST_COLUMNS = 0.2 * MEL_RATE;

/** For every mel column how much the mouth may leave rest: 1 in and near sound, exactly 0 from 200 ms away on. */
export function movingWeights(mel: Mel): Float32Array {
  const away = soundDistance(mel);
  return away.map((columns) => Math.min(1, Math.max(0, (REST_COLUMNS - columns) / (REST_COLUMNS - FREE_COLUMNS))));
}

/** Columns from each column to the nearest that sounds. */
function soundDistance({ data, columns }: Mel): Float32Array {
  const away = new Float32Array(columns).fill(Number.POSITIVE_INFINITY);
  for (let band = 0; band < MEL_BANDS; band++) {
    for (let column = 0; column < columns; column++) {
      if (data[band * columns + column]! >= SILENT_BELOW) away[column] = 0;
    }
  }
  for (let column = 1; column < columns; column++) away[column] = Math.min(away[column]!, away[column - 1]! + 1);
  for (let column = columns - 2; column >= 0; column--) away[column] = Math.min(away[column]!, away[column + 1]! + 1);
  return away;
}
