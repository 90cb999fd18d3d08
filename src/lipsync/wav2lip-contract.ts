import { BootError } from '../errors.ts';
import type { OnnxPool } from '../onnx/pool.ts';
import type { Shape } from '../onnx/session.ts';
import { describe, isDim, isFree } from './shapes.ts';

/** The tensors of a `wav2lip` network, told apart by shape: names and order do not matter. */
export interface Wav2LipContract {
  /** float32[N, 1, 80, 16] */
  mel: string;
  /** float32[N, 6, size, size] */
  face: string;
  /** float32[N, 3, size, size] */
  output: string;
  size: number;
  /** The batch the file is fixed to; `undefined` when N is free. */
  fixedBatch: number | undefined;
}

/**
 * Reads the contract from the file's own shapes. `fallbackSize` serves files whose height and width are free.
 * Throws `BootError` describing what was found when it is not a `wav2lip` network.
 */
export function readWav2LipContract(
  network: Pick<OnnxPool, 'inputs' | 'outputs'>,
  path: string,
  fallbackSize?: number,
): Wav2LipContract {
  const inputs = [...network.inputs];
  const face = inputs.find(([, shape]) => shape.length === 4 && shape[1] === 6);
  const mel = inputs.find(([name, shape]) => name !== face?.[0] && isMel(shape));
  const output = [...network.outputs].find(([, shape]) => shape.length === 4 && isDim(shape[1], 3));
  if (inputs.length !== 2 || !face || !mel || !output) {
    throw new BootError(
      `${path} is not a wav2lip network: it needs inputs [N,1,80,16] and [N,6,H,W] and an output [N,3,H,W], ` +
        `but has ${describe(network.inputs)} → ${describe(network.outputs)}.`,
    );
  }
  const [batch, , height, width] = face[1];
  const size = isFree(height) ? fallbackSize : Number(height);
  if (!size) throw new BootError(`${path} leaves its picture size open: give "size" in its manifest entry.`);
  if (!isFree(width) && width !== size)
    throw new BootError(`${path} takes ${width}×${size} crops; only square ones fit.`);
  return {
    mel: mel[0],
    face: face[0],
    output: output[0],
    size,
    fixedBatch: isFree(batch) ? undefined : Number(batch),
  };
}

const isMel = (shape: Shape): boolean =>
  shape.length === 4 && isDim(shape[1], 1) && isDim(shape[2], 80) && isDim(shape[3], 16);
