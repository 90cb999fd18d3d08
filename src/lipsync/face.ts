import { type OnnxPool, sharedBytes, sharedFloats } from '../onnx/pool.ts';
import { INTENSITY } from '../types.ts';
import type { LipSyncRequest } from './lipsync.ts';
import { intensify, type MouthTrack, PARAMETERS, readFrame } from './params.ts';
import type { FaceContract } from './soyle-contract.ts';

/** The arrays of one inference of a face network, used again for later ones. */
export interface FaceBuffers {
  /** [batch, 3, size, size], bytes for 0 … 1 */
  reference: Uint8Array;
  /** [batch, 7] */
  params: Float32Array;
  /** [batch, 3, size, size] */
  patches: Float32Array;
}

export function createFaceBuffers(batch: number, size: number): FaceBuffers {
  return {
    reference: sharedBytes(batch * 3 * size * size),
    params: sharedFloats(batch * PARAMETERS.length),
    patches: sharedFloats(batch * 3 * size * size),
  };
}

/** Writes the reference crops of `frames` and what the mouth does in them into the buffers. */
export function fillFaces(
  { reference, params }: FaceBuffers,
  frames: readonly number[],
  request: LipSyncRequest,
  track: MouthTrack,
  size: number,
): void {
  for (const [index, frame] of frames.entries()) {
    const at = index * PARAMETERS.length;
    readFrame(track, frame, params, at);
    const weight = request.weight?.(frame) ?? 1;
    for (let i = at; i < at + PARAMETERS.length; i++) params[i]! *= weight;
    intensify(params, at, request.intensity ?? INTENSITY.default);
    reference.set(request.reference(frame).data, index * 3 * size * size);
  }
}

/** The buffers as the network's tensors; a file with a fixed batch computes its unused rest too. */
export function faceTensors(
  { reference, params, patches }: FaceBuffers,
  frames: number,
  { fixedBatch = frames, size, ...names }: FaceContract,
): { feeds: Parameters<OnnxPool['run']>[0]; outputs: Parameters<OnnxPool['run']>[1] } {
  const pictures = fixedBatch * 3 * size * size;
  const dims = [fixedBatch, 3, size, size];
  return {
    feeds: {
      [names.reference]: { data: reference.subarray(0, pictures), dims },
      [names.params]: {
        data: params.subarray(0, fixedBatch * PARAMETERS.length),
        dims: [fixedBatch, PARAMETERS.length],
      },
    },
    outputs: { [names.output]: { data: patches.subarray(0, pictures), dims } },
  };
}
