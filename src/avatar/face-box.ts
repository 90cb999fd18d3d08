import type { FaceBox } from './avatar.ts';
import { type FaceLandmarks, LANDMARKS, landmark } from './mesh.ts';

/** Where the face is, hairline to chin and ear to ear, in the mean over all frames that show it. Throws RangeError without any. */
export function faceBox(faces: readonly (FaceLandmarks | undefined)[]): FaceBox {
  const boxes = faces.filter((face) => face !== undefined).map(boxOf);
  if (boxes.length === 0) throw new RangeError('A box needs at least one face');
  const mean = (side: keyof FaceBox): number => boxes.reduce((sum, box) => sum + box[side], 0) / boxes.length;
  return { x: mean('x'), y: mean('y'), width: mean('width'), height: mean('height') };
}

function boxOf(face: FaceLandmarks): FaceBox {
  const points = Array.from({ length: LANDMARKS }, (_, index) => landmark(face, index));
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
