import type { OnnxSession } from '../onnx/session.ts';
import {
  anchorCentres,
  blendDetections,
  DETECTOR_SIDE,
  type Detection,
  decodeDetections,
  sameFace,
} from './anchors.ts';
import { angleOf, applyMatrix, MESH_MARGIN, type Roi, roiMatrix } from './roi.ts';
import { cropRgb, type RgbImage } from './warp.ts';

/** A face wants at least an eighth of what the detector sees, so small faces are looked for in tiles of this share. */
const TILE_SHARES = [1, 0.5];
/** Neighbouring tiles overlap by half, so a face cut by one lies whole in the next. */
const TILE_STEP = 0.5;

const centres = anchorCentres();

/**
 * Rough faces in a picture as regions for the mesh network, best first: in the whole picture letterboxed, else in
 * the first layer of tiles that shows any.
 */
export async function detectFaces(detector: OnnxSession, image: RgbImage, signal?: AbortSignal): Promise<Roi[]> {
  for (const layer of searchLayers(image.width, image.height)) {
    const found: Detection[] = [];
    for (const square of layer) {
      signal?.throwIfAborted();
      found.push(...(await detectIn(detector, image, square)));
    }
    const best = found.sort((a, b) => b.score - a.score);
    const faces = best.filter((one, i) => !best.slice(0, i).some((better) => sameFace(better, one)));
    if (faces.length > 0) return faces.map(roiOf);
  }
  return [];
}

/** Squares to look at, coarsest layer first; the first is the whole picture with bars. */
export function searchLayers(width: number, height: number): Roi[][] {
  const whole: Roi = { x: width / 2, y: height / 2, side: Math.max(width, height), angle: 0 };
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
