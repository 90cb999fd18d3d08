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
/** Round a point someone picked it is looked closer and closer, so that a child beside its parents is found too. */
const CLOSER_SHARES = [0.5, 0.25, 0.125];

const centres = anchorCentres();

/**
 * Rough faces in a picture as regions for the mesh network, best first: in the whole picture letterboxed, else in
 * the first layer of tiles that shows any. With `at` only those around that point, and closer looks there.
 */
export async function detectFaces(
  detector: OnnxSession,
  image: RgbImage,
  { at, signal }: { at?: Point; signal?: AbortSignal } = {},
): Promise<Roi[]> {
  for (const layer of searchLayers(image.width, image.height, at)) {
    const found: Detection[] = [];
    for (const square of layer) {
      signal?.throwIfAborted();
      found.push(...(await detectIn(detector, image, square)));
    }
    const best = found.sort((a, b) => b.score - a.score);
    const faces = best.filter((one, i) => !best.slice(0, i).some((better) => sameFace(better, one))).map(roiOf);
    const wanted = at ? faces.filter((face) => covers(face, at)) : faces;
    if (wanted.length > 0) return wanted;
  }
  return [];
}

/** Whether a point lies in the part of a region that the face fills. */
export function covers({ x, y, side, angle }: Roi, at: Point): boolean {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [dx, dy] = [at.x - x, at.y - y];
  return Math.max(Math.abs(dx * cos + dy * sin), Math.abs(dy * cos - dx * sin)) <= side / MESH_MARGIN / 2;
}

/** Squares to look at, coarsest layer first; the first is the whole picture with bars. */
export function searchLayers(width: number, height: number, at?: Point): Roi[][] {
  const whole: Roi = { x: width / 2, y: height / 2, side: Math.max(width, height), angle: 0 };
  if (at) return [[whole], ...CLOSER_SHARES.map((share) => [{ ...at, side: whole.side * share, angle: 0 }])];
  const tiles = TILE_SHARES.map((share) => {
    const side = Math.min(width, height) * share;
    return starts(height, side).flatMap((y) =>
      starts(width, side).map((x): Roi => ({ x: x + side / 2, y: y + side / 2, side, angle: 0 })),
    );
  });
  return [[whole], ...tiles.filter((layer) => layer.length > 1)];
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
