import { Piscina } from 'piscina';
import { BootError } from '../errors.ts';
import { type OnnxOptions, openOnnx, type Provider, type Shape, type Tensors } from './session.ts';
import { READY, type SharedTensor, type WorkerSetup, type WorkerTask } from './worker-task.ts';

export interface OnnxPoolOptions extends OnnxOptions {
  /** Copies of the network that may run at once on the CPU; a GPU runs one. */
  workers: number;
}

/** A loaded ONNX network that runs beside the event loop. */
export interface OnnxPool {
  readonly provider: Provider;
  readonly inputs: ReadonlyMap<string, Shape>;
  readonly outputs: ReadonlyMap<string, Shape>;
  /** Inferences that run at once. */
  readonly workers: number;
  /** Writes into `outputs`. All arrays are made by `shared…` below and must be left alone until it resolves. */
  run(feeds: Record<string, SharedTensor>, outputs: Tensors): Promise<void>;
  /** Waits for running inferences and ends the workers. */
  close(): Promise<void>;
}

const LOAD_TIMEOUT_MS = 120_000;

/** Arrays that workers read and write in place; allocated once and used again, they cost no garbage collection. */
export const sharedFloats = (length: number): Float32Array => new Float32Array(new SharedArrayBuffer(length * 4));
export const sharedBytes = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));

/**
 * Opens a network in worker threads. onnxruntime-node computes on the thread that calls it, so on the main thread every
 * inference would hold up the server; and on a CPU one thread per copy wastes less than several threads on one.
 * Throws `BootError` as `openOnnx` does.
 */
export async function openOnnxPool(path: string, options: OnnxPoolOptions): Promise<OnnxPool> {
  const { threads = 1 } = options;
  // Opened here once to learn its shapes and which provider works.
  const probe = await openOnnx(path, options);
  const { provider, inputs, outputs } = probe;
  await probe.close();
  const workers = provider === 'cpu' ? options.workers : 1;
  const setup: WorkerSetup = { path, provider, threads };
  const pool = new Piscina<WorkerTask, void>({
    filename: new URL('./worker-entry.js', import.meta.url).href,
    execArgv: [],
    workerData: setup,
    minThreads: workers,
    maxThreads: workers,
  });
  // A worker that dies rejects its own task and is replaced; without a listener the event would end the process.
  pool.on('error', (error) => options.log?.error({ err: error, path }, 'an inference worker died'));
  await allReady(pool, workers, path).catch(async (error) => {
    await pool.destroy();
    throw error instanceof BootError
      ? error
      : new BootError(`Cannot load the ONNX model ${path}: ${String(error)}`, error);
  });
  const running = new Set<Promise<void>>();
  return {
    provider,
    inputs,
    outputs,
    workers,
    run(feeds, results) {
      const done = pool.run({ feeds, outputs: results });
      running.add(done);
      const end = (): void => void running.delete(done);
      done.then(end, end);
      return done;
    },
    async close() {
      // The pool ends workers that still compute, and onnxruntime then throws where nobody can catch it.
      await Promise.allSettled(running);
      await pool.close();
    },
  };
}

/**
 * Resolves when every worker has loaded its network: ending one while it loads would end the process with it, and the
 * first text should not wait for it. Rejects if one fails to.
 */
function allReady(pool: Piscina<WorkerTask, void>, workers: number, path: string): Promise<void> {
  let ready = 0;
  let late: NodeJS.Timeout | undefined;
  const loaded = new Promise<void>((resolve, reject) => {
    // Also keeps the process alive: workers do not while they load.
    late = setTimeout(() => reject(new BootError(`Loading ${path} takes too long.`)), LOAD_TIMEOUT_MS);
    pool.on('message', (message: unknown) => {
      if (message === READY && ++ready === workers) resolve();
    });
    pool.once('error', reject);
  });
  return loaded.finally(() => {
    clearTimeout(late);
    pool.removeAllListeners('message');
  });
}
