import type { OnnxPoolOptions } from '../onnx/pool.ts';
import type { FaceCrop, Mel, MouthPatch } from '../types.ts';

export interface LipSyncOptions extends OnnxPoolOptions {
  /** Frames per inference where the file leaves the batch free. */
  batchSize: number;
}

export interface LipSyncRequest {
  mel: Mel;
  /** Video frames (ascending) whose mouth is wanted; frames left out are silent and cost nothing. */
  frames: readonly number[];
  /** Reference crop of the avatar under video frame `frame`, of the model's own size. */
  reference(frame: number): FaceCrop;
  /**
   * How much of its motion the mouth makes in a video frame, 0 (rest) … 1; all of it when absent. Models of kind
   * `wav2lip` know no such thing.
   */
  weight?(frame: number): number;
  /** How far the mouth moves (`INTENSITY`); as learnt when absent. Models of kind `wav2lip` know no such thing. */
  intensity?: number;
}

/**
 * Audio-driven mouth. Every model kind passes test/conformance/lip-sync.ts.
 * Patches come in the order of `frames`; a patch's data is valid until the next one is asked for.
 */
export interface LipSync {
  readonly kind: 'wav2lip' | 'soyle';
  /** Side of the crops it takes and the patches it gives, pixels. */
  readonly size: number;
  /** Where inference really runs. */
  readonly device: 'cpu' | 'cuda';
  patches(request: LipSyncRequest, signal: AbortSignal): AsyncIterable<MouthPatch>;
  close(): Promise<void>;
}
