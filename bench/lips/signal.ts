/** Pearson's correlation of two signals of equal length; `undefined` where one of them does not change. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number | undefined {
  const [ma, mb] = [meanOf(a), meanOf(b)];
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - ma, b[i]! - mb];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : undefined;
}

/**
 * How many samples `signal` comes after `truth` (negative: before): the peak of their correlation within ±`reach`
 * samples, refined by a parabola through its neighbours. `undefined` where one of them does not change.
 */
export function lagOf(signal: ArrayLike<number>, truth: ArrayLike<number>, reach: number): number | undefined {
  const [a, b] = [Array.from(signal), Array.from(truth)];
  const at = (lag: number): number | undefined => {
    const length = Math.min(a.length, b.length) - Math.abs(lag);
    const [from, against] = [Math.max(0, lag), Math.max(0, -lag)];
    return length < 2 ? undefined : correlation(a.slice(from, from + length), b.slice(against, against + length));
  };
  let best: number | undefined;
  for (let lag = -reach; lag <= reach; lag++) {
    if ((at(lag) ?? -2) > (best === undefined ? -2 : (at(best) ?? -2))) best = lag;
  }
  if (best === undefined) return undefined;
  const [before, peak, after] = [at(best - 1), at(best), at(best + 1)];
  if (before === undefined || peak === undefined || after === undefined) return best;
  const bend = before - 2 * peak + after;
  // At the end of the reach the correlation may still rise: there is no peak to refine.
  return bend < 0 && before < peak && after < peak ? best + (before - after) / (2 * bend) : best;
}

/** Mean size of the second difference f[i+1] − 2·f[i] + f[i−1] over all values of equally long frames. */
export function secondDifference(frames: readonly ArrayLike<number>[]): number {
  let sum = 0;
  let count = 0;
  for (let i = 1; i + 1 < frames.length; i++) {
    const [before, now, after] = [frames[i - 1]!, frames[i]!, frames[i + 1]!];
    for (let k = 0; k < now.length; k++) sum += Math.abs(after[k]! - 2 * now[k]! + before[k]!);
    count += now.length;
  }
  return count === 0 ? 0 : sum / count;
}

/** Mean; NaN of nothing. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
