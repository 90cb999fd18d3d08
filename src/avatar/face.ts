import { join } from 'node:path';
import type { Log } from '../log.ts';
import { openOnnx } from '../onnx/session.ts';
import { detectFaces } from './detect.ts';
import { type FaceLandmarks, meshIn, roiOfFace } from './mesh.ts';
import type { Point } from './roi.ts';
import type { RgbImage } from './warp.ts';

/** Below this probability what the mesh drew is not a face (MediaPipe's own limit). */
const MIN_SCORE = 0.5;

export interface FindOptions {
  /** The face as it was in the previous frame: only it is followed, without a new search while it is in sight. */
  previous?: FaceLandmarks;
  /** A point someone picked, pixels: only faces there count, small ones beside larger ones too. */
  at?: Point;
  /** Small faces are not looked for, which takes many times as long. */
  coarse?: boolean;
  signal?: AbortSignal;
}

/** Finds faces and their 468 landmarks: BlazeFace (arXiv:1907.05047), then FaceMesh (arXiv:1907.06724). */
export interface FaceFinder {
  /**
   * Faces by size, the largest first, with `at` by distance from there; with `previous` at most the one being followed, or
   * all anew if it was lost.
   */
  find(image: RgbImage, options?: FindOptions): Promise<FaceLandmarks[]>;
  close(): Promise<void>;
}

export interface FaceFinderOptions {
  /** Folder with `face/detect.onnx` and `face/mesh.onnx`. */
  modelsDir: string;
  /** Threads inside one operator. */
  threads?: number;
  log?: Log;
}

/** Loads both networks. Throws `BootError` when one is missing or broken. */
export async function openFaceFinder({ modelsDir, threads = 1, log }: FaceFinderOptions): Promise<FaceFinder> {
  const options = { threads, log };
  const detector = await openOnnx(join(modelsDir, 'face', 'detect.onnx'), options);
  const mesh = await openOnnx(join(modelsDir, 'face', 'mesh.onnx'), options).catch(async (error) => {
    await detector.close();
    throw error;
  });

  /** A second look from where the first one saw the face: its points no longer depend on the rough box. */
  async function settle(image: RgbImage, first: FaceLandmarks): Promise<FaceLandmarks> {
    return first.score < MIN_SCORE ? first : meshIn(mesh, image, roiOfFace(first));
  }

  return {
    async find(image, { previous, at, coarse, signal } = {}) {
      signal?.throwIfAborted();
      if (previous) {
        const followed = await meshIn(mesh, image, roiOfFace(previous));
        if (followed.score >= MIN_SCORE) return [followed];
      }
      const faces: FaceLandmarks[] = [];
      for (const roi of await detectFaces(detector, image, { at, coarse, signal })) {
        signal?.throwIfAborted();
        const face = await settle(image, await meshIn(mesh, image, roi));
        if (face.score >= MIN_SCORE) faces.push(face);
      }
      return at ? faces : faces.sort((a, b) => roiOfFace(b).side - roiOfFace(a).side);
    },
    async close() {
      await Promise.all([detector.close(), mesh.close()]);
    },
  };
}
