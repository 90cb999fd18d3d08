import type { Box } from './geometry.ts';
import { PHASES, WEIGHTS } from './resample.ts';
import type { Point } from './roi.ts';
import type { Plane } from './warp.ts';

/** Pixels between the points where a field is known; between them it is straight. */
const GRID = 8;
/** Rows beyond a box that its pixels may come from. */
const REACH = 24;

/** How far away each place's colour comes from, pixels, on a coarse grid over a picture. */
export interface ShiftField {
  columns: number;
  x: Float32Array;
  y: Float32Array;
  /** Outside it nothing moves, pixels, whole cells of the grid. */
  moving: Box;
  /** Per row of the grid the first column that moves and the one after the last. */
  spans: Int32Array;
}

/** The field of a motion over a picture of that size; no shift may be longer than 24 pixels. */
export function shiftField(width: number, height: number, motion: (x: number, y: number) => Point): ShiftField {
  const [columns, rows] = [Math.ceil(width / GRID) + 2, Math.ceil(height / GRID) + 2];
  const [x, y] = [new Float32Array(columns * rows), new Float32Array(columns * rows)];
  const spans = Int32Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? 0 : columns));
  let [left, right, top, bottom] = [columns, 0, rows, 0];
  for (let i = 0; i < x.length; i++) {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const shift = motion(column * GRID, row * GRID);
    if (shift.x === 0 && shift.y === 0) continue;
    x[i] = shift.x;
    y[i] = shift.y;
    spans[2 * row] = Math.min(spans[2 * row]!, column);
    spans[2 * row + 1] = column + 1;
    [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
  }
  const moving = { left: before(left), top: before(top), right: right * GRID, bottom: bottom * GRID };
  return { columns, x, y, moving, spans };
}

/** Where the cell before a line of the grid begins, pixels. */
const before = (line: number): number => Math.max(0, line - 1) * GRID;

/**
 * Draws `plane`, moved by `amount` times the field, into `into` at the same place. Bicubic, sideways and then up and
 * down: for shifts that change little from pixel to pixel that is as good as both at once. `scale`: pixels a sample,
 * a divisor of 8.
 */
export function shiftPlane(plane: Plane, field: ShiftField, scale: number, amount: number, into: Uint8Array): void {
  const { data, width, height, offset } = plane;
  into.set(data.subarray(offset, offset + width * height), offset);
  const left = field.moving.left / scale;
  const top = field.moving.top / scale;
  const right = Math.min(width, field.moving.right / scale);
  const bottom = Math.min(height, field.moving.bottom / scale);
  if (right <= left || bottom <= top) return;
  const [first, last] = [Math.max(0, top - REACH), Math.min(height, bottom + REACH)];
  const across = right - left;
  const sideways = new Float32Array(across * (last - first));
  const shifts = new Float32Array(across);
  const line = new Float32Array(field.columns);
  for (let row = first; row < last; row++) {
    const { from, to } = movingIn(field, row, { left, across, scale });
    const samples = data.subarray(offset + row * width, offset + (row + 1) * width);
    const moved = sideways.subarray((row - first) * across, (row - first + 1) * across);
    shiftsAlong(field.x, field.columns, { row, left, scale, amount, from, to, line }, shifts);
    for (let i = 0; i < from; i++) moved[i] = samples[left + i]!;
    shiftSideways(samples, left, shifts, { from, to }, moved);
    for (let i = to; i < across; i++) moved[i] = samples[left + i]!;
  }
  for (let row = top; row < bottom; row++) {
    const { from, to } = movingIn(field, row, { left, across, scale });
    shiftsAlong(field.y, field.columns, { row, left, scale, amount, from, to, line }, shifts);
    const target = offset + row * width + left;
    shiftUpright(sideways, row - first, shifts, { from, to }, into.subarray(target, target + across));
  }
}

/** Samples of a row, counted from a box's left. */
interface Span {
  from: number;
  to: number;
}

/** The part of a row in which something moves: whole cells of the grid, but for a cut at the picture's edge. */
function movingIn(
  { spans }: ShiftField,
  row: number,
  { left, across, scale }: { left: number; across: number; scale: number },
): Span {
  const above = 2 * Math.floor(((row + 0.5) * scale) / GRID);
  const first = before(Math.min(spans[above]!, spans[above + 2]!)) / scale - left;
  const end = (Math.max(spans[above + 1]!, spans[above + 3]!) * GRID) / scale - left;
  return end <= first ? { from: 0, to: 0 } : { from: Math.max(0, first), to: Math.min(across, end) };
}

/** One row: `into[i]` is what lies `shifts[i]` beside column `left + i` of `from`. */
function shiftSideways(from: Uint8Array, left: number, shifts: Float32Array, span: Span, into: Float32Array): void {
  const width = from.length;
  for (let i = span.from; i < span.to; i++) {
    // Truncation rounds down from above 0 only.
    const x = left + i + shifts[i]! + REACH * 2;
    const index = (x | 0) - REACH * 2;
    const phase = (((x - (x | 0)) * PHASES + 0.5) | 0) * 4;
    if (index >= 1 && index < width - 2) {
      into[i] =
        WEIGHTS[phase]! * from[index - 1]! +
        WEIGHTS[phase + 1]! * from[index]! +
        WEIGHTS[phase + 2]! * from[index + 1]! +
        WEIGHTS[phase + 3]! * from[index + 2]!;
    } else {
      into[i] =
        WEIGHTS[phase]! * from[clamp(index - 1, width)]! +
        WEIGHTS[phase + 1]! * from[clamp(index, width)]! +
        WEIGHTS[phase + 2]! * from[clamp(index + 1, width)]! +
        WEIGHTS[phase + 3]! * from[clamp(index + 2, width)]!;
    }
  }
}

/** One row: `into[i]` is what lies `shifts[i]` below column `i` of row `row` of `from`, whose rows are as long as `into`. */
function shiftUpright(from: Float32Array, row: number, shifts: Float32Array, span: Span, into: Uint8Array): void {
  const across = into.length;
  const rows = from.length / across;
  for (let i = span.from; i < span.to; i++) {
    const y = row + shifts[i]! + REACH * 2;
    const index = (y | 0) - REACH * 2;
    const phase = (((y - (y | 0)) * PHASES + 0.5) | 0) * 4;
    const inside = index >= 1 && index < rows - 2;
    const at = index * across + i;
    const value = inside
      ? WEIGHTS[phase]! * from[at - across]! +
        WEIGHTS[phase + 1]! * from[at]! +
        WEIGHTS[phase + 2]! * from[at + across]! +
        WEIGHTS[phase + 3]! * from[at + 2 * across]!
      : WEIGHTS[phase]! * from[clamp(index - 1, rows) * across + i]! +
        WEIGHTS[phase + 1]! * from[clamp(index, rows) * across + i]! +
        WEIGHTS[phase + 2]! * from[clamp(index + 1, rows) * across + i]! +
        WEIGHTS[phase + 3]! * from[clamp(index + 2, rows) * across + i]!;
    into[i] = value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0;
  }
}

interface Line extends Span {
  row: number;
  left: number;
  scale: number;
  amount: number;
  /** Room for one row of the grid. */
  line: Float32Array;
}

/** The shifts of the samples `from` … `to` of one row, in samples: straight from one line of the grid to the next. */
function shiftsAlong(
  values: Float32Array,
  columns: number,
  { row, left, scale, amount, from, to, line }: Line,
  into: Float32Array,
): void {
  const v = ((row + 0.5) * scale) / GRID;
  const upper = Math.floor(v) * columns;
  const share = v - Math.floor(v);
  const strength = amount / scale;
  const inCell = GRID / scale;
  const first = (left + from) / inCell;
  const last = Math.ceil((left + to) / inCell);
  for (let cell = first; cell <= last; cell++) {
    const above = values[upper + cell]!;
    line[cell] = strength * (above + (values[upper + columns + cell]! - above) * share);
  }
  let i = from;
  for (let cell = first; cell < last; cell++) {
    const step = (line[cell + 1]! - line[cell]!) / inCell;
    let shift = line[cell]! + step / 2;
    const end = Math.min(to, i + inCell);
    for (; i < end; i++, shift += step) into[i] = shift;
  }
}

const clamp = (index: number, length: number): number => (index < 0 ? 0 : index >= length ? length - 1 : index);
