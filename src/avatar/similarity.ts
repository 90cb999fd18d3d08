import type { CropMatrix } from '../types.ts';
import { type FaceLandmarks, LANDMARKS } from './mesh.ts';

/**
 * The turn, scale and shift that carry one face's points closest to another's (least squares over all 468), as a
 * matrix on pixels. So many points average out what single ones do in a blink.
 */
export function fitSimilarity(from: FaceLandmarks, to: FaceLandmarks): CropMatrix {
  const [p, q] = [centroid(from), centroid(to)];
  let spread = 0;
  let along = 0;
  let across = 0;
  for (let i = 0; i < LANDMARKS * 3; i += 3) {
    const [x, y] = [from.points[i]! - p.x, from.points[i + 1]! - p.y];
    const [u, v] = [to.points[i]! - q.x, to.points[i + 1]! - q.y];
    spread += x * x + y * y;
    along += x * u + y * v;
    across += x * v - y * u;
  }
  const [a, c] = [along / spread, across / spread];
  return [a, -c, q.x - a * p.x + c * p.y, c, a, q.y - c * p.x - a * p.y];
}

/** Mean shape of a face over many frames, standing as in the first. Throws RangeError when there is none. */
export function meanFace(faces: readonly FaceLandmarks[]): FaceLandmarks {
  const [first] = faces;
  if (!first) throw new RangeError('A mean needs at least one face');
  const points = new Float32Array(first.points.length);
  for (const face of faces) {
    const [a, b, tx, c, d, ty] = fitSimilarity(face, first);
    const scale = Math.hypot(a, c);
    for (let i = 0; i < points.length; i += 3) {
      const [x, y, z] = [face.points[i]!, face.points[i + 1]!, face.points[i + 2]!];
      points[i]! += (a * x + b * y + tx) / faces.length;
      points[i + 1]! += (c * x + d * y + ty) / faces.length;
      points[i + 2]! += (scale * z) / faces.length;
    }
  }
  return { points, score: first.score };
}

function centroid({ points }: FaceLandmarks): { x: number; y: number } {
  let x = 0;
  let y = 0;
  for (let i = 0; i < points.length; i += 3) {
    x += points[i]! / LANDMARKS;
    y += points[i + 1]! / LANDMARKS;
  }
  return { x, y };
}
