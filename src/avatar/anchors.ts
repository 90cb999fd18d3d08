/**
 * The outputs of BlazeFace (arXiv:1907.05047, short-range variant of MediaPipe) as faces.
 */

/** Side of the network's input, pixels. */
export const DETECTOR_SIDE = 128;
/** Anchors: 16×16 cells with 2 each, then 8×8 cells with 6 each. */
const LAYERS = [
  { cells: 16, perCell: 2 },
  { cells: 8, perCell: 6 },
] as const;
/** Logit, box (cx, cy, w, h) and six points (x, y). */
const VALUES = 17;
const MIN_SCORE = 0.5;
/** Detections that overlap more than this are the same face. */
const SAME_FACE = 0.3;

/** A face in the unit square of the network's input. */
export interface Detection {
  score: number;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Subject's right eye, left eye, nose tip, mouth, right ear, left ear. */
  points: { x: number; y: number }[];
}

/** Centres of the 896 anchors, [x, y] each, in the unit square. */
export function anchorCentres(): Float32Array {
  const centres: number[] = [];
  for (const { cells, perCell } of LAYERS) {
    for (let cell = 0; cell < cells * cells; cell++) {
      const x = ((cell % cells) + 0.5) / cells;
      const y = (Math.floor(cell / cells) + 0.5) / cells;
      for (let i = 0; i < perCell; i++) centres.push(x, y);
    }
  }
  return Float32Array.from(centres);
}

/** `objects` is the network's [896, 17]; boxes and points are pixels relative to the anchor. Best first. */
export function decodeDetections(objects: Float32Array, centres: Float32Array): Detection[] {
  const found: Detection[] = [];
  for (let anchor = 0; anchor < centres.length / 2; anchor++) {
    const at = anchor * VALUES;
    const score = 1 / (1 + Math.exp(-objects[at]!));
    if (score < MIN_SCORE) continue;
    const pair = (index: number) => ({
      x: objects[at + index]! / DETECTOR_SIDE + centres[anchor * 2]!,
      y: objects[at + index + 1]! / DETECTOR_SIDE + centres[anchor * 2 + 1]!,
    });
    const width = objects[at + 3]! / DETECTOR_SIDE;
    const height = objects[at + 4]! / DETECTOR_SIDE;
    found.push({ score, ...pair(1), width, height, points: [5, 7, 9, 11, 13, 15].map(pair) });
  }
  return found.sort((a, b) => b.score - a.score);
}

/**
 * Non-maximum suppression by blending: a face is the score-weighted mean of all its detections, which jitters less
 * than the best one alone (section 3.4 of the paper). `detections` come best first.
 */
export function blendDetections(detections: readonly Detection[]): Detection[] {
  const faces: Detection[] = [];
  let rest = [...detections];
  while (rest[0]) {
    const best = rest[0];
    faces.push(mean(rest.filter((other) => other === best || sameFace(best, other))));
    rest = rest.filter((other) => other !== best && !sameFace(best, other));
  }
  return faces;
}

/** Whether two detections overlap so much that they show one face. */
export const sameFace = (a: Detection, b: Detection): boolean => overlap(a, b) > SAME_FACE;

/** Intersection over union of two boxes, 0…1. */
export function overlap(a: Detection, b: Detection): number {
  const side = (ca: number, la: number, cb: number, lb: number) =>
    Math.max(0, Math.min(ca + la / 2, cb + lb / 2) - Math.max(ca - la / 2, cb - lb / 2));
  const shared = side(a.x, a.width, b.x, b.width) * side(a.y, a.height, b.y, b.height);
  return shared / (a.width * a.height + b.width * b.height - shared);
}

function mean(group: readonly Detection[]): Detection {
  const total = group.reduce((sum, { score }) => sum + score, 0);
  const of = (value: (one: Detection) => number) => group.reduce((sum, one) => sum + value(one) * one.score, 0) / total;
  return {
    score: group[0]!.score,
    x: of((one) => one.x),
    y: of((one) => one.y),
    width: of((one) => one.width),
    height: of((one) => one.height),
    points: group[0]!.points.map((_, i) => ({ x: of((one) => one.points[i]!.x), y: of((one) => one.points[i]!.y) })),
  };
}
