import { MEL_BANDS } from '../audio/mel.ts';
import { BootError } from '../errors.ts';
import type { OnnxPool } from '../onnx/pool.ts';
import { PARAMETERS } from './params.ts';
import { describe, isDim, isFree } from './shapes.ts';

/** The tensors of a mouth network. */
export interface MouthContract {
  /** float32[1, 80, T] */
  mel: string;
  /** float32[1, T, 7] */
  params: string;
}

/** The tensors of a face network, told apart by shape: names and order do not matter. */
export interface FaceContract {
  /** float32[N, 3, size, size] */
  reference: string;
  /** float32[N, 7] */
  params: string;
  /** float32[N, 3, size, size] */
  output: string;
  size: number;
  /** The batch the file is fixed to; `undefined` when N is free. */
  fixedBatch: number | undefined;
}

type Network = Pick<OnnxPool, 'inputs' | 'outputs'>;

const N_PARAMETERS = PARAMETERS.length;

/** Reads which tensors are which. Throws `BootError` describing what was found when it is not a mouth network. */
export function readMouthContract(network: Network, path: string): MouthContract {
  const mel = [...network.inputs].find(
    ([, shape]) => shape.length === 3 && isDim(shape[0], 1) && shape[1] === MEL_BANDS && isFree(shape[2]),
  );
  const params = [...network.outputs].find(
    ([, shape]) => shape.length === 3 && isDim(shape[0], 1) && isFree(shape[1]) && isDim(shape[2], N_PARAMETERS),
  );
  if (network.inputs.size !== 1 || !mel || !params) {
    throw unfit(network, path, 'a mouth network: it needs an input [1,80,T] and an output [1,T,7]');
  }
  return { mel: mel[0], params: params[0] };
}

/** Reads which tensors are which. Throws `BootError` describing what was found when it is not a face network. */
export function readFaceContract(network: Network, path: string): FaceContract {
  const inputs = [...network.inputs];
  const reference = inputs.find(([, shape]) => shape.length === 4 && shape[1] === 3);
  const params = inputs.find(([, shape]) => shape.length === 2 && shape[1] === N_PARAMETERS);
  const size = Number(reference?.[1][2]);
  const output = [...network.outputs].find(
    ([, shape]) => shape.length === 4 && isDim(shape[1], 3) && isDim(shape[2], size) && isDim(shape[3], size),
  );
  if (inputs.length !== 2 || !reference || !params || !output || !(size > 0) || reference[1][3] !== size) {
    throw unfit(network, path, 'a face network: it needs inputs [N,3,S,S] and [N,7] and an output [N,3,S,S]');
  }
  const [batch] = reference[1];
  return {
    reference: reference[0],
    params: params[0],
    output: output[0],
    size,
    fixedBatch: isFree(batch) ? undefined : Number(batch),
  };
}

const unfit = ({ inputs, outputs }: Network, path: string, wanted: string): BootError =>
  new BootError(`${path} is not ${wanted}, but has ${describe(inputs)} → ${describe(outputs)}.`);
