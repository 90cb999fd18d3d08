/** Slaney's mel scale (Auditory Toolbox, 1998): linear to 1 kHz = 15 mel, then 27 mel for every factor of 6.4. */
const LINEAR_HZ_PER_MEL = 200 / 3;
const LOG_FROM_HZ = 1000;
const LOG_FROM_MEL = LOG_FROM_HZ / LINEAR_HZ_PER_MEL;
const LOG_STEP = Math.log(6.4) / 27;

/** One triangle over the spectrum: `weights[i]` belongs to bin `firstBin + i`, zero elsewhere. */
export interface MelFilter {
  firstBin: number;
  weights: Float64Array;
}

/**
 * `count` triangles of unit area, their corners equally spaced on the mel scale from `minHz` to `maxHz` (librosa's
 * `filters.mel(norm="slaney")`), for a spectrum whose bins lie `binHz` apart.
 */
export function melFilters(count: number, minHz: number, maxHz: number, binHz: number): MelFilter[] {
  const low = hertzToMel(minHz);
  const step = (hertzToMel(maxHz) - low) / (count + 1);
  const corner = (i: number) => melToHertz(low + i * step);
  return Array.from({ length: count }, (_, band) => {
    const [left, peak, right] = [corner(band), corner(band + 1), corner(band + 2)];
    const firstBin = Math.ceil(left / binHz);
    const weights = Float64Array.from({ length: Math.floor(right / binHz) - firstBin + 1 }, (_, i) => {
      const hz = (firstBin + i) * binHz;
      const height = Math.min((hz - left) / (peak - left), (right - hz) / (right - peak));
      return (2 * height) / (right - left);
    });
    return { firstBin, weights };
  });
}

function hertzToMel(hz: number): number {
  return hz < LOG_FROM_HZ ? hz / LINEAR_HZ_PER_MEL : LOG_FROM_MEL + Math.log(hz / LOG_FROM_HZ) / LOG_STEP;
}

function melToHertz(mel: number): number {
  return mel < LOG_FROM_MEL ? mel * LINEAR_HZ_PER_MEL : LOG_FROM_HZ * Math.exp((mel - LOG_FROM_MEL) * LOG_STEP);
}
