import { openOnnxPool } from '../onnx/pool.ts';
import type { LipSync, LipSyncOptions } from './lipsync.ts';
import type { Wav2LipModel } from './manifest.ts';
import { drawPatches, type PatchNetwork } from './patches.ts';
import { type BatchBuffers, createBuffers, fillBatch, tensorsOf } from './wav2lip-batch.ts';
import { readWav2LipContract } from './wav2lip-contract.ts';

/**
 * A lips model of kind `wav2lip` (Prajwal et al. 2020, "A Lip Sync Expert Is All You Need", arXiv:2008.10010):
 * mel window + (crop with its lower half zeroed, reference crop) → crop with the mouth that fits the sound.
 */
export async function openWav2Lip(
  model: Pick<Wav2LipModel, 'path' | 'melOffset' | 'size'>,
  options: LipSyncOptions,
): Promise<LipSync> {
  const pool = await openOnnxPool(model.path, options);
  try {
    const contract = readWav2LipContract(pool, model.path, model.size);
    const { size } = contract;
    const batchSize = contract.fixedBatch ?? options.batchSize;
    const network: PatchNetwork<BatchBuffers> = {
      size,
      batchSize,
      workers: pool.workers,
      spare: [],
      createBuffers: () => createBuffers(batchSize, size),
    };
    return {
      kind: 'wav2lip',
      size,
      device: pool.provider,
      patches: (request, signal) =>
        drawPatches(
          network,
          request.frames,
          (buffers, frames) => {
            fillBatch(buffers, frames, request, size, model.melOffset);
            const { feeds, outputs } = tensorsOf(buffers, frames.length, contract);
            return pool.run(feeds, outputs);
          },
          signal,
        ),
      close: () => pool.close(),
    };
  } catch (error) {
    await pool.close();
    throw error;
  }
}
