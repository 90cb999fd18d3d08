import { cropPose, type Framing, poseMatrix } from '../../src/avatar/align.ts';
import type { FaceMask } from '../../src/avatar/avatar.ts';
import { cropFrame } from '../../src/avatar/crop.ts';
import { invert } from '../../src/avatar/geometry.ts';
import { drawMask } from '../../src/avatar/mask.ts';
import type { FaceLandmarks } from '../../src/avatar/mesh.ts';
import { applyMatrix } from '../../src/avatar/roi.ts';
import type { CropMatrix, FaceCrop, Frame } from '../../src/types.ts';
import { SIDE } from './contract.ts';

/** Somebody whose lips are moved: a picture at rest and the face found in it. */
export interface Sitter {
  name: string;
  frame: Frame;
  face: FaceLandmarks;
}

/** A sitter as one model sees them. */
export interface Placed {
  matrix: CropMatrix;
  reference: FaceCrop;
  mask: FaceMask;
}

/** Cuts the crop a model of that framing wants, as the server does for a still picture. */
export function place({ frame, face }: Sitter, framing: Framing, size = SIDE): Placed {
  const matrix = poseMatrix(cropPose(face, framing), framing.aspect);
  return { matrix, reference: cropFrame(frame, matrix, size), mask: drawMask([{ face, crop: matrix }]) };
}

/** Differences below this (8-bit levels) are none; from the second on the drawn sample stands alone. */
const UNCHANGED = 1;
const CHANGED = 4;

/**
 * What a model drew in its own crop (planar BGR, 0 … 1), brought into another crop of the same picture, 0 … 255. Where
 * it drew nothing new the other crop keeps its own samples, which no second resampling has softened.
 */
export function mapped(drawn: Float32Array, from: Placed, to: Placed): Float32Array {
  const area = SIDE * SIDE;
  const out = Float32Array.from(to.reference.data);
  if (from.matrix.every((value, i) => Math.abs(value - to.matrix[i]!) < 1e-6)) return drawn.map((value) => value * 255);
  const back = invert(from.matrix);
  for (let at = 0; at < area; at++) {
    const pixel = applyMatrix(to.matrix, ((at % SIDE) + 0.5) / SIDE, (Math.floor(at / SIDE) + 0.5) / SIDE);
    const { x: u, y: v } = applyMatrix(back, pixel.x, pixel.y);
    if (u < 0 || v < 0 || u > 1 || v > 1) continue;
    const corners = neighbours(u * SIDE - 0.5, v * SIDE - 0.5);
    const values = [0, 1, 2].map((channel) =>
      corners.reduce((sum, [i, w]) => sum + w * drawn[channel * area + i]! * 255, 0),
    );
    const before = [0, 1, 2].map((channel) =>
      corners.reduce((sum, [i, w]) => sum + w * from.reference.data[channel * area + i]!, 0),
    );
    const change = Math.max(...values.map((value, channel) => Math.abs(value - before[channel]!)));
    const share = Math.min(1, Math.max(0, (change - UNCHANGED) / (CHANGED - UNCHANGED)));
    for (const [channel, value] of values.entries())
      out[channel * area + at]! += share * (value - out[channel * area + at]!);
  }
  return out;
}

/** The four samples around a place of a crop, and what each weighs. */
function neighbours(x: number, y: number): [index: number, weight: number][] {
  const [cx, cy] = [Math.min(Math.max(x, 0), SIDE - 1), Math.min(Math.max(y, 0), SIDE - 1)];
  const [left, top] = [Math.floor(cx), Math.floor(cy)];
  const [fx, fy] = [cx - left, cy - top];
  const [right, bottom] = [Math.min(SIDE - 1, left + 1), Math.min(SIDE - 1, top + 1)];
  return [
    [top * SIDE + left, (1 - fx) * (1 - fy)],
    [top * SIDE + right, fx * (1 - fy)],
    [bottom * SIDE + left, (1 - fx) * fy],
    [bottom * SIDE + right, fx * fy],
  ];
}
