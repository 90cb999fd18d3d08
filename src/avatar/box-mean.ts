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

/** Running means: one value comes in, one goes out. */
function lineMeans(from: Float32Array, to: Float32Array, { lines, line, count, step, reach }: Lines): void {
  for (let start = 0; start < lines * line; start += line) {
    let sum = 0;
    let inside = 0;
    for (; inside < Math.min(reach, count); inside++) sum += from[start + inside * step]!;
    for (let i = 0; i < count; i++) {
      if (i + reach < count) {
        sum += from[start + (i + reach) * step]!;
        inside++;
      }
      if (i - reach > 0) {
        sum -= from[start + (i - reach - 1) * step]!;
        inside--;
      }
      to[start + i * step] = sum / inside;
    }
  }
}
