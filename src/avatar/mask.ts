import type { CropMatrix } from '../types.ts';
import type { Window } from './align.ts';
import type { FaceMask } from './avatar.ts';
import { invert } from './geometry.ts';
import { type FaceLandmarks, LANDMARK, landmark } from './mesh.ts';
import { applyMatrix, type Point } from './roi.ts';

const SIZE = 256;
/** The edge of the jaw from the subject's right cheek over the chin to the left cheek, in FaceMesh's numbering. */
const JAW = [132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361];
/**
 * At the chin the outline lies this share of the way from nose to chin lower: a wide mouth carries it down by .2, the
 * soft edge does the rest.
 */
const CHIN_DROP = 0.14;
/** The outline ends above this height of the crop, so that the soft edge has room inside, however tight the framing. */
const LOWEST = 0.93;
/** On the cheeks the outline stays this share of the way inside the face's edge, clear of hair; at the chin not at all. */
const INSET = 0.34;
/** The upper edge lies this share of the way from the base of the nose to the chin below the nose. */
const BELOW_NOSE = 0.11;
/** Where the model draws nothing more the mask has faded to 0, over this share of the crop. */
const WINDOW_FADE = 0.08;
/** Of a model that draws everywhere. */
const WHOLE: Window = { left: 0, top: 0, right: 1, bottom: 1 };
/** Three box blurs of this radius come close to a Gaussian (σ ≈ 5.5 px): a soft edge some 20 px wide. */
const BLUR_RADIUS = 5;

/** A face and where it was cut from, for one frame. */
export interface PlacedFace {
  face: FaceLandmarks;
  crop: CropMatrix;
}

/**
 * Mask over lips, chin and lower cheeks, from below the nose to below the chin, with a soft edge, and 0 at the border of
 * the crop and of the model's `window` in it; drawn after the mean of all frames' landmarks. Throws RangeError without
 * any face.
 */
export function drawMask(faces: readonly PlacedFace[], window: Window = WHOLE): FaceMask {
  if (faces.length === 0) throw new RangeError('A mask needs at least one face');
  let alpha = fillPolygon(mouthAndJaw(faces));
  for (let pass = 0; pass < 3; pass++) alpha = blur(alpha);
  const data = new Uint8Array(SIZE * SIZE);
  for (let i = 0; i < data.length; i++) {
    const u = ((i % SIZE) + 0.5) / SIZE;
    const v = (Math.floor(i / SIZE) + 0.5) / SIZE;
    data[i] = Math.round(255 * alpha[i]! * insideWindow(u, v, window));
  }
  return { size: SIZE, data };
}

/** The outline in the crop's unit square: along the jaw, lowered towards the chin, and back below the nose. */
function mouthAndJaw(faces: readonly PlacedFace[]): Point[] {
  const at = (index: number): Point => {
    const sum = { x: 0, y: 0 };
    for (const { face, crop } of faces) {
      const { x, y } = landmark(face, index);
      const point = applyMatrix(invert(crop), x, y);
      sum.x += point.x / faces.length;
      sum.y += point.y / faces.length;
    }
    return sum;
  };
  const nose = at(LANDMARK.noseBase);
  const chin = at(LANDMARK.chin);
  const height = chin.y - nose.y;
  const top = nose.y + BELOW_NOSE * height;
  return JAW.map(at).map(({ x, y }) => {
    const towardsChin = Math.min(1, Math.max(0, (y - top) / (chin.y - top)));
    return {
      x: x + INSET * (1 - towardsChin) * (chin.x - x),
      y: Math.min(LOWEST, Math.max(top, y + CHIN_DROP * height * towardsChin)),
    };
  });
}

/** 1 inside the polygon, 0 outside, by the even-odd rule at pixel centres. */
function fillPolygon(outline: readonly Point[]): Float32Array {
  const out = new Float32Array(SIZE * SIZE);
  for (let row = 0; row < SIZE; row++) {
    const v = (row + 0.5) / SIZE;
    const crossings: number[] = [];
    outline.forEach((from, i) => {
      const to = outline[(i + 1) % outline.length]!;
      if (from.y > v === to.y > v) return;
      crossings.push(from.x + ((v - from.y) / (to.y - from.y)) * (to.x - from.x));
    });
    crossings.sort((a, b) => a - b);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const from = Math.max(0, Math.round(crossings[pair]! * SIZE));
      out.fill(
        1,
        row * SIZE + from,
        row * SIZE + Math.max(from, Math.min(SIZE, Math.round(crossings[pair + 1]! * SIZE))),
      );
    }
  }
  return out;
}

/** Box blur in both directions; outside the mask lies nothing. */
function blur(alpha: Float32Array): Float32Array {
  return blurLines(blurLines(alpha, 1, SIZE), SIZE, 1);
}

function blurLines(alpha: Float32Array, step: number, line: number): Float32Array {
  const out = new Float32Array(alpha.length);
  const width = 2 * BLUR_RADIUS + 1;
  for (let start = 0; start < SIZE; start++) {
    for (let i = 0; i < SIZE; i++) {
      let sum = 0;
      const last = Math.min(SIZE - 1, i + BLUR_RADIUS);
      for (let j = Math.max(0, i - BLUR_RADIUS); j <= last; j++) sum += alpha[start * line + j * step]!;
      out[start * line + i * step] = sum / width;
    }
  }
  return out;
}

/** 1 well inside the model's window, falling smoothly to 0 at its border. */
function insideWindow(u: number, v: number, { left, top, right, bottom }: Window): number {
  const margin = Math.min(u - left, right - u, v - top, bottom - v);
  const t = Math.min(1, Math.max(0, margin / WINDOW_FADE));
  return t * t * (3 - 2 * t);
}
