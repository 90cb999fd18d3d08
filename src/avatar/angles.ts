import { type FaceLandmarks, LANDMARK } from './mesh.ts';

/** Where a head is turned to, degrees. */
export interface Angles {
  /** Positive: towards the viewer's right. */
  yaw: number;
  /** Positive: looking down. */
  pitch: number;
  /** Positive: tilted clockwise as the viewer sees it. */
  roll: number;
}

type Vector = readonly [number, number, number];

/** In a head held upright the mesh puts the chin so much deeper than the forehead, degrees. */
const UPRIGHT = 11;
const DEGREES = 180 / Math.PI;

/**
 * Yaw, pitch and roll from the mesh's own depth: the line between the ears' edges of the face says yaw and roll, the
 * line from forehead to chin pitch.
 */
export function headAngles({ points }: FaceLandmarks): Angles {
  const between = (from: number, to: number): Vector => [
    points[to * 3]! - points[from * 3]!,
    points[to * 3 + 1]! - points[from * 3 + 1]!,
    points[to * 3 + 2]! - points[from * 3 + 2]!,
  ];
  const across = between(LANDMARK.faceRight, LANDMARK.faceLeft);
  const down = between(LANDMARK.forehead, LANDMARK.chin);
  const roll = Math.atan2(across[1], across[0]);
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)];
  return {
    yaw: Math.atan2(across[2], Math.hypot(across[0], across[1])) * DEGREES,
    pitch: Math.atan2(down[2], down[1] * cos - down[0] * sin) * DEGREES - UPRIGHT,
    roll: roll * DEGREES,
  };
}
