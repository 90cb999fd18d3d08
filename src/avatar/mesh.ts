import type { OnnxSession } from '../onnx/session.ts';
import { applyMatrix, type Point, type Roi, roiAround, roiMatrix } from './roi.ts';
import { cropRgb, type RgbImage } from './warp.ts';

/** Points of the face mesh (arXiv:1907.06724); `LANDMARK` names the ones used here. */
export const LANDMARKS = 468;

/** Indices in MediaPipe's canonical face model; left and right are the subject's own. */
export const LANDMARK = {
  rightEyeOuter: 33,
  rightEyeInner: 133,
  leftEyeInner: 362,
  leftEyeOuter: 263,
  mouthRight: 61,
  mouthLeft: 291,
  noseBase: 2,
  upperLipInner: 13,
  lowerLipInner: 14,
  innerMouthRight: 78,
  innerMouthLeft: 308,
  forehead: 10,
  chin: 152,
  faceRight: 234,
  faceLeft: 454,
} as const;

/** A face found in a picture. */
export interface FaceLandmarks {
  /** 468 × (x, y, z): x and y in pixels of the picture, z in the same unit, smaller is nearer. */
  points: Float32Array;
  /** Probability that this is a face, 0…1. */
  score: number;
}

const MESH_SIDE = 192;

/** Point `index` of a face, pixels. */
export function landmark({ points }: FaceLandmarks, index: number): Point {
  return { x: points[index * 3]!, y: points[index * 3 + 1]! };
}

/** The dense landmarks of the one face inside `roi`, whatever their score. */
export async function meshIn(mesh: OnnxSession, image: RgbImage, roi: Roi): Promise<FaceLandmarks> {
  const matrix = roiMatrix(roi);
  const data = cropRgb(image, matrix, MESH_SIDE, { scale: 1 / 255, bias: 0, border: 'edge' });
  const out = await mesh.run({ image: { data, dims: [1, 3, MESH_SIDE, MESH_SIDE] } });
  const raw = out.mesh!.data;
  const points = new Float32Array(LANDMARKS * 3);
  for (let i = 0; i < points.length; i += 3) {
    const { x, y } = applyMatrix(matrix, raw[i]! / MESH_SIDE, raw[i + 1]! / MESH_SIDE);
    points[i] = x;
    points[i + 1] = y;
    points[i + 2] = (raw[i + 2]! / MESH_SIDE) * roi.side;
  }
  return { points, score: out.score!.data[0]! };
}

/** Where the same face will be looked for in the next frame. */
export function roiOfFace(face: FaceLandmarks): Roi {
  const points = Array.from({ length: LANDMARKS }, (_, i) => landmark(face, i));
  return roiAround(points, landmark(face, LANDMARK.rightEyeOuter), landmark(face, LANDMARK.leftEyeOuter));
}
