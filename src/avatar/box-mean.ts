/** Replaces every value of a grid by the mean of those within `reach` of it in both directions, as far as there are. */
export function boxMeans(
  data: Float32Array,
  scratch: Float32Array,
  width: number,
  height: number,
  reach: number,
): void {
  lineMeans(data, scratch, { lines: height, line: width, count: width, step: 1, reach });
  lineMeans(scratch, data, { lines: width, line: 1, count: height, step: width, reach });
}

interface Lines {
  /** How many there are, and from one to the next. */
  lines: number;
  line: number;
  /** Values in each, and from one to the next. */
  count: number;
  step: number;
  reach: number;
}

/** Running means: one value comes in, one goes out; at the ends only one of both. */
function lineMeans(from: Float32Array, to: Float32Array, { lines, line, count, step, reach }: Lines): void {
  // Up to where nothing goes out, and from where nothing comes in.
  const first = Math.min(count, reach + 1);
  const last = Math.max(first, count - reach);
  const ahead = reach * step;
  const behind = ahead + step;
  const share = 1 / (2 * reach + 1);
  for (let start = 0; start < lines * line; start += line) {
    let sum = 0;
    let inside = Math.min(reach, count);
    for (let i = 0; i < inside; i++) sum += from[start + i * step]!;
    let at = start;
    for (let i = 0; i < first; i++, at += step) {
      if (i + reach < count) {
        sum += from[at + ahead]!;
        inside++;
      }
      to[at] = sum / inside;
    }
    for (const end = start + last * step; at < end; at += step) {
      sum += from[at + ahead]! - from[at - behind]!;
      to[at] = sum * share;
    }
    for (const end = start + count * step; at < end; at += step) {
      sum -= from[at - behind]!;
      to[at] = sum / --inside;
    }
  }
}
