import type { OnnxSession } from '../onnx/session.ts';
import {
  anchorCentres,
  blendDetections,
  DETECTOR_SIDE,
  type Detection,
  decodeDetections,
  sameFace,
} from './anchors.ts';
import { angleOf, applyMatrix, MESH_MARGIN, type Point, type Roi, roiMatrix } from './roi.ts';
import { cropRgb, type RgbImage } from './warp.ts';

/** A face wants at least an eighth of what the detector sees, so small faces are looked for in tiles of this share. */
const TILE_SHARES = [1, 0.5];
/** Neighbouring tiles overlap by half, so a face cut by one lies whole in the next. */
const TILE_STEP = 0.5;
/** Smaller tiles show nothing that could be an avatar; and a thin strip of a picture would be cut into thousands. */
const SMALLEST_TILE = 32;
const MOST_TILES = 64;
/** Below this share of what the detector saw a face's place is rough, so much that the mesh can slip off it … */
const PRECISE_SHARE = 0.3;
/** … and a closer look at so many times the face tells better. */
const CLOSER_LOOK = 2.5;
/** Round a point someone picked it is looked closer and closer, so that a child beside its parents is found too. */
const CLOSER_SHARES = [0.5, 0.25, 0.125];

const centres = anchorCentres();

export interface Search {
  /** A point that someone picked, pixels. */
  at?: Point;
  /** Only the picture as a whole is looked at. */
  coarse?: boolean;
  signal?: AbortSignal;
}

/**
 * Faces in a picture as regions for the mesh network, best first: in the whole picture letterboxed, else in the first
 * layer of tiles that shows any. With `at` only those on which that point lies, closer looks there included, the nearest
 * first; where it lies on none, on hair or a hat perhaps, the nearest whose region it is in.
 */
export async function detectFaces(
  detector: OnnxSession,
  image: RgbImage,
  { at, coarse = false, signal }: Search = {},
): Promise<Roi[]> {
  const around: Roi[] = [];
  for (const layer of searchLayers(image.width, image.height, at).slice(0, coarse ? 1 : undefined)) {
    const found: Detection[] = [];
    for (const square of layer) {
      signal?.throwIfAborted();
      for (const face of await detectIn(detector, image, square)) {
        const size = Math.max(face.width, face.height);
        if (size >= PRECISE_SHARE * square.side) found.push(face);
        else found.push(...(await lookCloser(detector, image, face)));
      }
    }
    const best = found.sort((a, b) => b.score - a.score);
    const faces = best.filter((one, i) => !best.slice(0, i).some((better) => sameFace(better, one))).map(roiOf);
    if (at) faces.sort(nearestTo(at));
    const wanted = at ? faces.filter((face) => covers(face, at)) : faces;
    if (wanted.length > 0) return wanted;
    if (at) around.push(...faces.filter((face) => covers(face, at, MESH_MARGIN)));
  }
  return at ? around.sort(nearestTo(at)).slice(0, 1) : [];
}

const nearestTo = (at: Point) => (a: Point, b: Point) =>
  Math.hypot(a.x - at.x, a.y - at.y) - Math.hypot(b.x - at.x, b.y - at.y);

/** The faces in and beside the place of a rough one, or just that one where they are not seen from near. */
async function lookCloser(detector: OnnxSession, image: RgbImage, rough: Detection): Promise<Detection[]> {
  const { x, y, angle, side } = roiOf(rough);
  const found = await detectIn(detector, image, { x, y, angle, side: (side / MESH_MARGIN) * CLOSER_LOOK });
  return found.length > 0 ? found : [rough];
}

/** Whether a point lies in the part of a region that the face fills, or in so many times that. */
export function covers({ x, y, side, angle }: Roi, at: Point, times = 1): boolean {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [dx, dy] = [at.x - x, at.y - y];
  return Math.max(Math.abs(dx * cos + dy * sin), Math.abs(dy * cos - dx * sin)) <= ((side / MESH_MARGIN) * times) / 2;
}

/** Squares to look at, coarsest layer first; the first is the whole picture with bars. */
export function searchLayers(width: number, height: number, at?: Point): Roi[][] {
  const whole: Roi = { x: width / 2, y: height / 2, side: Math.max(width, height), angle: 0 };
  if (at) return [[whole], ...CLOSER_SHARES.map((share) => [{ ...at, side: whole.side * share, angle: 0 }])];
  const sides = TILE_SHARES.map((share) => Math.min(width, height) * share).filter((side) => side >= SMALLEST_TILE);
  const tiles = sides.map((side) => {
    return starts(height, side).flatMap((y) =>
      starts(width, side).map((x): Roi => ({ x: x + side / 2, y: y + side / 2, side, angle: 0 })),
    );
  });
  return [[whole], ...tiles.filter((layer) => layer.length > 1 && layer.length <= MOST_TILES)];
}

/** Evenly spaced beginnings of tiles along one side, the last tile ending at its end. */
function starts(length: number, side: number): number[] {
  const steps = Math.ceil((length - side) / (side * TILE_STEP) - 1e-9);
  return Array.from({ length: steps + 1 }, (_, i) => (steps === 0 ? 0 : ((length - side) * i) / steps));
}

/** Faces inside one square, in pixels of the picture. */
async function detectIn(detector: OnnxSession, image: RgbImage, square: Roi): Promise<Detection[]> {
  const matrix = roiMatrix(square);
  const data = cropRgb(image, matrix, DETECTOR_SIDE, { scale: 1 / 127.5, bias: -1, border: 'zero' });
  const { objects } = await detector.run({ image: { data, dims: [1, 3, DETECTOR_SIDE, DETECTOR_SIDE] } });
  return blendDetections(decodeDetections(objects!.data, centres)).map((face) => ({
    score: face.score,
    ...applyMatrix(matrix, face.x, face.y),
    width: face.width * square.side,
    height: face.height * square.side,
    points: face.points.map(({ x, y }) => applyMatrix(matrix, x, y)),
  }));
}

function roiOf({ x, y, width, height, points }: Detection): Roi {
  return { x, y, side: Math.max(width, height) * MESH_MARGIN, angle: angleOf(points[0]!, points[1]!) };
}
