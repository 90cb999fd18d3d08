import type { CropMatrix, Frame } from '../types.ts';
import { average, sampleFrame } from './skin.ts';

const GRID = 32;
/** A lower face that agrees less than this with the clip's mean one, where others agree well, is hidden by something. */
const STRANGE = 0.55;
/** Below this agreement of the middle frame the clip has no mean face to compare with (cuts, a turning head). */
const STEADY = 0.8;

/**
 * Whether something passes before the mouth in each frame of a clip: the lower half of its crop no longer looks like
 * the clip's mean (normalised cross-correlation, which light does not change). `false` without a crop.
 */
export function passingBefore(frames: readonly Frame[], crops: readonly (CropMatrix | undefined)[]): boolean[] {
  const known = new Map<Frame, Float32Array>();
  const looks = crops.map((crop, i) => {
    const frame = frames[i]!;
    const look = crop && (known.get(frame) ?? standardised(lowerHalf(frame, crop)));
    if (look) known.set(frame, look);
    return look;
  });
  const seen = looks.filter((look) => look !== undefined);
  if (seen.length === 0) return crops.map(() => false);
  const mean = seen[0]!.map((_, i) => average(seen.map((look) => look[i]!)));
  const standard = standardised(mean);
  const agreement = looks.map((look) => look && average(look.map((value, i) => value * standard[i]!)));
  const sorted = agreement.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted[Math.floor(sorted.length / 2)]! < STEADY) return crops.map(() => false);
  return agreement.map((value) => value !== undefined && value < STRANGE);
}

const lowerHalf = (frame: Frame, crop: CropMatrix): Float32Array =>
  sampleFrame(frame, 'y', crop, GRID).subarray((GRID * GRID) / 2);

/** Mean 0 and standard deviation 1; all 0 where nothing varies. */
function standardised(values: Float32Array): Float32Array {
  const mean = average(values);
  const spread = Math.sqrt(average(values.map((value) => (value - mean) ** 2)));
  return values.map((value) => (spread > 0 ? (value - mean) / spread : 0));
}
