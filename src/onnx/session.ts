import * as ort from 'onnxruntime-node';
import { BootError } from '../errors.ts';
import { type Log, silentLog } from '../log.ts';

export type Provider = 'cpu' | 'cuda';

export interface OnnxOptions {
  /** Execution providers in order of preference; the first that loads is used. */
  providers?: readonly Provider[];
  /** Threads inside one operator; 0 lets onnxruntime decide. */
  threads?: number;
  log?: Log;
}

/** Shape of a tensor as the file declares it; a string is a free dimension. */
export type Shape = readonly (number | string)[];

export interface OnnxTensor {
  data: Float32Array;
  dims: readonly number[];
}

export type Tensors = Record<string, OnnxTensor>;

/** A loaded ONNX network with float32 inputs and outputs. It computes on the calling thread; pool.ts does not. */
export interface OnnxSession {
  readonly provider: Provider;
  readonly inputs: ReadonlyMap<string, Shape>;
  readonly outputs: ReadonlyMap<string, Shape>;
  /** With `outputs` the answers are written into those arrays. */
  run(feeds: Tensors, outputs?: Tensors): Promise<Tensors>;
  close(): Promise<void>;
}

// onnxruntime prints its own copy of every load error on stderr; we log it once ourselves.
ort.env.logLevel = 'fatal';

export const onnxVersion: string = ort.env.versions.node ?? ort.env.versions.common;

/**
 * Opens a network on the first execution provider that works; the CPU is the last resort even where it is not named.
 * A provider that fails to load is a warning. Throws `BootError` when the file itself is missing or broken.
 */
export async function openOnnx(path: string, options: OnnxOptions = {}): Promise<OnnxSession> {
  const { providers = ['cpu'], threads = 0, log = silentLog } = options;
  for (const provider of providers) {
    if (provider === 'cpu') break;
    try {
      return wrap(await create(path, provider, threads), provider);
    } catch (error) {
      log.warn({ provider, reason: String(error) }, `${provider} is not usable here, computing goes on without it`);
    }
  }
  try {
    return wrap(await create(path, 'cpu', threads), 'cpu');
  } catch (error) {
    throw new BootError(`Cannot load the ONNX model ${path}: ${String(error)}`, error);
  }
}

function create(path: string, provider: Provider, threads: number): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(path, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
}

function wrap(session: ort.InferenceSession, provider: Provider): OnnxSession {
  const shapes = (metadata: readonly ort.InferenceSession.ValueMetadata[]) =>
    new Map<string, Shape>(metadata.map((value) => [value.name, value.isTensor ? value.shape : []]));
  return {
    provider,
    inputs: shapes(session.inputMetadata),
    outputs: shapes(session.outputMetadata),
    async run(feeds, outputs) {
      const results = await (outputs ? session.run(toOrt(feeds), toOrt(outputs)) : session.run(toOrt(feeds)));
      const out: Tensors = {};
      for (const [name, tensor] of Object.entries(results)) {
        out[name] = { data: tensor.data as Float32Array, dims: tensor.dims };
      }
      return out;
    },
    close: () => session.release(),
  };
}

function toOrt(tensors: Tensors): Record<string, ort.Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, dims }]) => [name, new ort.Tensor('float32', data, dims)]),
  );
}
