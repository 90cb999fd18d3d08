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
  /** Outside it nothing moves, pixels. */
  moving: Box;
}

/** The field of a motion over a picture of that size; no shift may be longer than 24 pixels. */
export function shiftField(width: number, height: number, motion: (x: number, y: number) => Point): ShiftField {
  const [columns, rows] = [Math.ceil(width / GRID) + 2, Math.ceil(height / GRID) + 2];
  const [x, y] = [new Float32Array(columns * rows), new Float32Array(columns * rows)];
  const moving: Box = { left: width, top: height, right: 0, bottom: 0 };
  for (let i = 0; i < x.length; i++) {
    const [column, row] = [(i % columns) * GRID, Math.floor(i / columns) * GRID];
    const shift = motion(column, row);
    if (shift.x === 0 && shift.y === 0) continue;
    x[i] = shift.x;
    y[i] = shift.y;
    moving.left = Math.min(moving.left, Math.max(0, column - GRID));
    moving.top = Math.min(moving.top, Math.max(0, row - GRID));
    moving.right = Math.max(moving.right, Math.min(width, column + GRID));
    moving.bottom = Math.max(moving.bottom, Math.min(height, row + GRID));
  }
  return { columns, x, y, moving };
}

/**
 * Draws `plane`, moved by `amount` times the field, into `into` at the same place. Bicubic, sideways and then up and
 * down: for shifts that change little from pixel to pixel that is as good as both at once. `scale`: pixels a sample.
 */
export function shiftPlane(plane: Plane, field: ShiftField, scale: number, amount: number, into: Uint8Array): void {
  const { data, width, height, offset } = plane;
  into.set(data.subarray(offset, offset + width * height), offset);
  const { left, right, top, bottom } = {
    left: Math.floor(field.moving.left / scale),
    right: Math.min(width, Math.ceil(field.moving.right / scale)),
    top: Math.floor(field.moving.top / scale),
    bottom: Math.min(height, Math.ceil(field.moving.bottom / scale)),
  };
  if (right <= left || bottom <= top) return;
  const [first, last] = [Math.max(0, top - REACH), Math.min(height, bottom + REACH)];
  const across = right - left;
  const sideways = new Float32Array(across * (last - first));
  const shifts = new Float32Array(across);
  for (let row = first; row < last; row++) {
    shiftsAlong(field, field.x, { row, left, scale, amount }, shifts);
    const from = data.subarray(offset + row * width, offset + (row + 1) * width);
    shiftSideways(from, left, shifts, sideways.subarray((row - first) * across, (row - first + 1) * across));
  }
  for (let row = top; row < bottom; row++) {
    shiftsAlong(field, field.y, { row, left, scale, amount }, shifts);
    const target = offset + row * width + left;
    shiftUpright(sideways, row - first, shifts, into.subarray(target, target + across));
  }
}

/** One row: `into[i]` is what lies `shifts[i]` beside column `left + i` of `from`. */
function shiftSideways(from: Uint8Array, left: number, shifts: Float32Array, into: Float32Array): void {
  const width = from.length;
  for (let i = 0; i < into.length; i++) {
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
function shiftUpright(from: Float32Array, row: number, shifts: Float32Array, into: Uint8Array): void {
  const across = into.length;
  const rows = from.length / across;
  for (let i = 0; i < across; i++) {
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

interface Line {
  row: number;
  left: number;
  scale: number;
  amount: number;
}

/** The shifts of one row of samples from `left` on, in samples. */
function shiftsAlong(
  { columns }: ShiftField,
  values: Float32Array,
  { row, left, scale, amount }: Line,
  into: Float32Array,
): void {
  const v = ((row + 0.5) * scale) / GRID;
  const upper = Math.floor(v) * columns;
  const [lower, share] = [upper + columns, v - Math.floor(v)];
  const strength = amount / scale;
  for (let i = 0; i < into.length; i++) {
    const u = ((left + i + 0.5) * scale) / GRID;
    const cell = u | 0;
    const above = values[upper + cell]! + (values[upper + cell + 1]! - values[upper + cell]!) * (u - cell);
    const below = values[lower + cell]! + (values[lower + cell + 1]! - values[lower + cell]!) * (u - cell);
    into[i] = strength * (above + (below - above) * share);
  }
}

const clamp = (index: number, length: number): number => (index < 0 ? 0 : index >= length ? length - 1 : index);
