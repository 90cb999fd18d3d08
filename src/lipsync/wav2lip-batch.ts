import { MEL_BANDS } from '../audio/mel.ts';
import { melWindow, WINDOW_COLUMNS, WINDOW_SIZE } from '../audio/window.ts';
import { type OnnxPool, sharedBytes, sharedFloats } from '../onnx/pool.ts';
import { FPS } from '../types.ts';
import type { LipSyncRequest } from './lipsync.ts';
import type { Wav2LipContract } from './wav2lip-contract.ts';

/** The arrays of one inference, used again for later ones. */
export interface BatchBuffers {
  /** [batch, 1, 80, 16] */
  mel: Float32Array;
  /** [batch, 6, size, size], bytes for 0 … 1 */
  face: Uint8Array;
  /** [batch, 3, size, size] */
  patches: Float32Array;
}

export function createBuffers(batch: number, size: number): BatchBuffers {
  const plane = size * size;
  return {
    mel: sharedFloats(batch * WINDOW_SIZE),
    face: sharedBytes(batch * 6 * plane),
    patches: sharedFloats(batch * 3 * plane),
  };
}

/** Writes `frames` into the buffers. */
export function fillBatch(
  { mel, face }: BatchBuffers,
  frames: readonly number[],
  request: LipSyncRequest,
  size: number,
  melOffset: number,
): void {
  for (const [index, frame] of frames.entries()) {
    melWindow(request.mel, frame, FPS, melOffset, mel, index * WINDOW_SIZE);
    fillFace(face, index * 6 * size * size, request.reference(frame).data, size);
  }
}

/** The buffers as the network's tensors; a file with a fixed batch computes its unused rest too. */
export function tensorsOf(
  { mel, face, patches }: BatchBuffers,
  frames: number,
  { fixedBatch = frames, size, ...names }: Wav2LipContract,
): { feeds: Parameters<OnnxPool['run']>[0]; outputs: Parameters<OnnxPool['run']>[1] } {
  const plane = size * size;
  return {
    feeds: {
      [names.mel]: {
        data: mel.subarray(0, fixedBatch * WINDOW_SIZE),
        dims: [fixedBatch, 1, MEL_BANDS, WINDOW_COLUMNS],
      },
      [names.face]: { data: face.subarray(0, fixedBatch * 6 * plane), dims: [fixedBatch, 6, size, size] },
    },
    outputs: {
      [names.output]: { data: patches.subarray(0, fixedBatch * 3 * plane), dims: [fixedBatch, 3, size, size] },
    },
  };
}

/** Channels 0–2: the crop with its lower half left at zero; 3–5: the whole crop. */
function fillFace(face: Uint8Array, at: number, crop: Uint8Array, size: number): void {
  const plane = size * size;
  for (let channel = 0; channel < 3 * plane; channel += plane) {
    face.set(crop.subarray(channel, channel + (size >> 1) * size), at + channel);
  }
  face.set(crop, at + 3 * plane);
}
