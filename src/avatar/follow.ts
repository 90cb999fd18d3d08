import { type FaceLandmarks, roiOfFace } from './mesh.ts';
import { MESH_MARGIN, type Point } from './roi.ts';

/** While out of sight a face may go so many times its own size a frame… */
const DRIFT = 0.1;
/** … starting from and ending at so many times its size. */
const REACH = { from: 0.75, to: 2.5 };
/** Someone whose face is so many times larger or smaller is somebody else. */
const SIZE_RATIO = 1.7;

/** Where a face was last seen, and how many frames ago. */
export interface LastSeen {
  face: FaceLandmarks;
  framesAgo: number;
}

/**
 * The one of `faces` (largest first) that belongs to the person being followed: the largest while nobody was seen yet,
 * later the nearest that can have come there meanwhile. `undefined` when it must be somebody else.
 */
export function samePerson(faces: readonly FaceLandmarks[], last: LastSeen | undefined): FaceLandmarks | undefined {
  if (!last) return faces[0];
  const before = place(last.face);
  const reach = before.side * Math.min(REACH.to, REACH.from + DRIFT * last.framesAgo);
  const [nearest] = faces
    .map((face) => ({ face, ...place(face) }))
    .filter(({ side }) => Math.max(side / before.side, before.side / side) <= SIZE_RATIO)
    .map(({ face, x, y }) => ({ face, distance: Math.hypot(x - before.x, y - before.y) }))
    .filter(({ distance }) => distance <= reach)
    .sort((a, b) => a.distance - b.distance);
  return nearest?.face;
}

/** Middle and side of a face, pixels. */
export function place(face: FaceLandmarks): Point & { side: number } {
  const { x, y, side } = roiOfFace(face);
  return { x, y, side: side / MESH_MARGIN };
}
