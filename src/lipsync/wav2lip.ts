import { toSoyleError } from '../errors.ts';
import { type OnnxPool, type OnnxPoolOptions, openOnnxPool } from '../onnx/pool.ts';
import type { MouthPatch } from '../types.ts';
import { type BatchBuffers, createBuffers, fillBatch, tensorsOf } from './batch.ts';
import { readWav2LipContract, type Wav2LipContract } from './contract.ts';
import type { LipSync, LipSyncRequest } from './lipsync.ts';
import type { LipsModelEntry } from './manifest.ts';

export interface Wav2LipOptions extends OnnxPoolOptions {
  /** Frames per inference where the file leaves the batch free. */
  batchSize: number;
}

interface Network {
  pool: OnnxPool;
  contract: Wav2LipContract;
  batchSize: number;
  melOffset: number;
  /** Buffers no inference uses at present; at most as many as streams ever needed at once. */
  spare: BatchBuffers[];
}

/**
 * A lips model of kind `wav2lip` (Prajwal et al. 2020, "A Lip Sync Expert Is All You Need", arXiv:2008.10010):
 * mel window + (crop with its lower half zeroed, reference crop) → crop with the mouth that fits the sound.
 */
export async function openWav2Lip(entry: LipsModelEntry & { path: string }, options: Wav2LipOptions): Promise<LipSync> {
  const pool = await openOnnxPool(entry.path, options);
  try {
    const contract = readWav2LipContract(pool, entry.path, entry.size);
    const batchSize = contract.fixedBatch ?? options.batchSize;
    const network: Network = { pool, contract, batchSize, melOffset: entry.melOffset, spare: [] };
    return {
      kind: 'wav2lip',
      size: contract.size,
      device: pool.provider,
      patches: (request, signal) => infer(network, request, signal),
      close: () => pool.close(),
    };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/** One batch more than there are workers is under way, so that none waits while the consumer uses a patch. */
async function* infer(network: Network, request: LipSyncRequest, signal: AbortSignal): AsyncGenerator<MouthPatch> {
  const { pool, contract, batchSize, melOffset, spare } = network;
  const { size } = contract;
  const plane = 3 * size * size;
  const running: { frames: readonly number[]; buffers: BatchBuffers; done: Promise<void> }[] = [];
  let sent = 0;

  const keepBusy = (): void => {
    for (; sent < request.frames.length && running.length <= pool.workers; sent += batchSize) {
      const frames = request.frames.slice(sent, sent + batchSize);
      const buffers = spare.pop() ?? createBuffers(batchSize, size);
      fillBatch(buffers, frames, request, size, melOffset);
      const { feeds, outputs } = tensorsOf(buffers, frames.length, contract);
      const done = pool.run(feeds, outputs);
      // Awaited later: a failure until then must not count as unhandled.
      done.catch(() => undefined);
      running.push({ frames, buffers, done });
    }
  };

  try {
    keepBusy();
    for (let oldest = running[0]; oldest; oldest = running[0]) {
      await oldest.done;
      signal.throwIfAborted();
      running.shift();
      keepBusy();
      const { patches } = oldest.buffers;
      for (const [index, frame] of oldest.frames.entries()) {
        yield { frame, size, data: patches.subarray(index * plane, (index + 1) * plane) };
      }
      spare.push(oldest.buffers);
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : toSoyleError(error, 'lipsync_failed');
  } finally {
    // What still runs must not be left behind: the network may be closed next, and its buffers are needed again.
    await Promise.allSettled(running.map(({ done }) => done));
    spare.push(...running.map(({ buffers }) => buffers));
  }
}
