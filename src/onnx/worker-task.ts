import type { OnnxTensor, Provider } from './session.ts';

/** What a worker says when its network is loaded. */
export const READY = 'ready';

export interface WorkerSetup {
  path: string;
  provider: Provider;
  threads: number;
}

/** A tensor in shared memory; bytes stand for 0 … 1. */
export interface SharedTensor {
  data: Float32Array | Uint8Array;
  dims: readonly number[];
}

export interface WorkerTask {
  feeds: Record<string, SharedTensor>;
  /** Where the answers go. */
  outputs: Record<string, OnnxTensor>;
}
