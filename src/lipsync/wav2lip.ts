import { melWindow, WINDOW_COLUMNS } from '../audio/window.ts';
import { toSoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type OnnxSession, type OnnxTensor, openOnnx, type Provider } from '../onnx/session.ts';
import { FPS, type MouthPatch } from '../types.ts';
import { readWav2LipContract, type Wav2LipContract } from './contract.ts';
import type { LipSync, LipSyncRequest } from './lipsync.ts';
import type { LipsModelEntry } from './manifest.ts';

const MEL_BANDS = 80;
const WINDOW = MEL_BANDS * WINDOW_COLUMNS;

/** Byte to unit float, so that filling a tensor is one look-up per value. */
const UNIT = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

export interface Wav2LipOptions {
  providers: readonly Provider[];
  /** 0 lets onnxruntime decide. */
  threads: number;
  /** Frames per inference where the file leaves the batch free. */
  batchSize: number;
  log: Log;
}

interface Batch {
  mel: OnnxTensor;
  face: OnnxTensor;
}

interface Running {
  frames: readonly number[];
  output: Promise<Float32Array>;
}

/**
 * A lips model of kind `wav2lip` (Prajwal et al. 2020, "A Lip Sync Expert Is All You Need", arXiv:2008.10010):
 * mel window + (crop with its lower half zeroed, reference crop) → crop with the mouth that fits the sound.
 */
export async function openWav2Lip(entry: LipsModelEntry & { path: string }, options: Wav2LipOptions): Promise<LipSync> {
  const session = await openOnnx(entry.path, options);
  const contract = readWav2LipContract(session, entry.path, entry.size);
  const batchSize = contract.fixedBatch ?? options.batchSize;
  return {
    kind: 'wav2lip',
    size: contract.size,
    device: session.provider,
    patches: (request, signal) => infer(session, contract, request, entry.melOffset, batchSize, signal),
    close: () => session.close(),
  };
}

/** Batches overlap: while onnxruntime works on one, the next is filled and the last one's patches are consumed. */
async function* infer(
  session: OnnxSession,
  contract: Wav2LipContract,
  request: LipSyncRequest,
  melOffset: number,
  batchSize: number,
  signal: AbortSignal,
): AsyncGenerator<MouthPatch> {
  const { size } = contract;
  const plane = 3 * size * size;
  // Two sets of input buffers: onnxruntime reads one while the other is filled.
  const buffers = [0, 1].map(() => allocate(Math.min(batchSize, contract.fixedBatch ?? request.frames.length), size));
  const run = async ({ mel, face }: Batch): Promise<Float32Array> => {
    const results = await session.run({ [contract.mel]: mel, [contract.face]: face });
    return results[contract.output]!.data;
  };

  let running: Running | undefined;
  try {
    for (let start = 0, turn = 0; ; start += batchSize, turn ^= 1) {
      signal.throwIfAborted();
      const frames = request.frames.slice(start, start + batchSize);
      const next = frames.length > 0 ? fill(buffers[turn]!, frames, request, contract, melOffset) : undefined;
      const done = running && { frames: running.frames, data: await running.output };
      running = next && { frames, output: run(next) };
      // Awaited a turn later: a failure in between must not count as unhandled.
      running?.output.catch(() => undefined);
      for (const [index, frame] of (done?.frames ?? []).entries()) {
        yield { frame, size, data: done!.data.subarray(index * plane, (index + 1) * plane) };
      }
      if (!running) return;
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : toSoyleError(error, 'lipsync_failed');
  } finally {
    // A consumer that left early must not leave a run behind: the session may be closed next.
    await running?.output.catch(() => undefined);
  }
}

function allocate(batch: number, size: number): { mel: Float32Array; face: Float32Array } {
  return { mel: new Float32Array(batch * WINDOW), face: new Float32Array(batch * 6 * size * size) };
}

/** Writes a batch into its buffers; a file with a fixed batch gets the rest padded with whatever stood there. */
function fill(
  buffers: { mel: Float32Array; face: Float32Array },
  frames: readonly number[],
  request: LipSyncRequest,
  { size, fixedBatch }: Wav2LipContract,
  melOffset: number,
): Batch {
  const plane = size * size;
  const upperHalf = (size >> 1) * size;
  for (const [index, frame] of frames.entries()) {
    melWindow(request.mel, frame, FPS, melOffset, buffers.mel, index * WINDOW);
    const crop = request.reference(frame).data;
    const masked = index * 6 * plane;
    const whole = masked + 3 * plane;
    for (let channel = 0; channel < 3 * plane; channel += plane) {
      for (let pixel = 0; pixel < upperHalf; pixel++) {
        buffers.face[masked + channel + pixel] = UNIT[crop[channel + pixel]!]!;
      }
    }
    for (let value = 0; value < 3 * plane; value++) buffers.face[whole + value] = UNIT[crop[value]!]!;
  }
  const batch = fixedBatch ?? frames.length;
  return {
    mel: { data: buffers.mel.subarray(0, batch * WINDOW), dims: [batch, 1, MEL_BANDS, WINDOW_COLUMNS] },
    face: { data: buffers.face.subarray(0, batch * 6 * plane), dims: [batch, 6, size, size] },
  };
}
