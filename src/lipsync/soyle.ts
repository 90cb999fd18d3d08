import { toSoyleError } from '../errors.ts';
import { type OnnxPool, openOnnxPool } from '../onnx/pool.ts';
import type { Mel, MouthPatch } from '../types.ts';
import { createFaceBuffers, type FaceBuffers, faceTensors, fillFaces } from './face.ts';
import type { LipSync, LipSyncOptions, LipSyncRequest } from './lipsync.ts';
import type { SoyleModel } from './manifest.ts';
import { type MouthNet, openMouth } from './mouth.ts';
import { type MouthTrack, smoothTrack, weighTrack } from './params.ts';
import { drawPatches, type PatchNetwork } from './patches.ts';
import { movingWeights } from './rest.ts';
import { type FaceContract, readFaceContract } from './soyle-contract.ts';

interface FaceNet {
  pool: OnnxPool;
  contract: FaceContract;
  network: PatchNetwork<FaceBuffers>;
}

/**
 * A lips model of kind `soyle`, two networks: mel of the whole request → seven mouth parameters 80 times a second, once
 * per request; reference crop + the parameters of a frame → crop with that mouth, in batches.
 */
export async function openSoyle({ paths }: Pick<SoyleModel, 'paths'>, options: LipSyncOptions): Promise<LipSync> {
  const opening = [openFace(paths.face, options), openMouth(paths.mouth, options)] as const;
  try {
    const [face, mouth] = await Promise.all(opening);
    return {
      kind: 'soyle',
      size: face.contract.size,
      device: face.pool.provider,
      patches: (request, signal) => infer(face, mouth, request, signal),
      close: async () => {
        await Promise.all([face.pool.close(), mouth.close()]);
      },
    };
  } catch (error) {
    const [face, mouth] = await Promise.allSettled(opening);
    if (face.status === 'fulfilled') await face.value.pool.close();
    if (mouth.status === 'fulfilled') await mouth.value.close();
    throw error;
  }
}

async function openFace(path: string, options: LipSyncOptions): Promise<FaceNet> {
  const pool = await openOnnxPool(path, options);
  try {
    const contract = readFaceContract(pool, path);
    const { size, fixedBatch: batchSize = options.batchSize } = contract;
    return {
      pool,
      contract,
      network: {
        size,
        batchSize,
        workers: pool.workers,
        spare: [],
        createBuffers: () => createFaceBuffers(batchSize, size),
      },
    };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

async function* infer(
  { pool, contract, network }: FaceNet,
  mouth: MouthNet,
  request: LipSyncRequest,
  signal: AbortSignal,
): AsyncGenerator<MouthPatch> {
  if (request.frames.length === 0) return;
  const track = await listen(mouth, request.mel, signal);
  const draw = (buffers: FaceBuffers, frames: readonly number[]): Promise<void> => {
    fillFaces(buffers, frames, request, track, contract.size);
    const { feeds, outputs } = faceTensors(buffers, frames.length, contract);
    return pool.run(feeds, outputs);
  };
  yield* drawPatches(network, request.frames, draw, signal);
}

/** What the mouth does: calm, and at rest where nothing sounds. */
async function listen(mouth: MouthNet, mel: Mel, signal: AbortSignal): Promise<MouthTrack> {
  try {
    const track = await mouth.track(mel);
    signal.throwIfAborted();
    return weighTrack(smoothTrack(track), movingWeights(mel));
  } catch (error) {
    throw signal.aborted ? signal.reason : toSoyleError(error, 'lipsync_failed');
  }
}
