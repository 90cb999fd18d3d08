import { parentPort, workerData } from 'node:worker_threads';
import { openOnnx, type Tensors } from './session.ts';
import { READY, type WorkerSetup, type WorkerTask } from './worker-task.ts';

/** Byte to unit float, so that a byte tensor costs one look-up per value. */
const UNIT = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

const { path, provider, threads } = workerData as WorkerSetup;
const session = await openOnnx(path, { providers: [provider], threads });
parentPort?.postMessage(READY);
/** onnxruntime-node refuses shared memory: each tensor has its own place here, used again by every task. */
const places = new Map<string, Float32Array>();

/** One inference between arrays in shared memory; nothing but their whereabouts travels. */
export default async function run({ feeds, outputs }: WorkerTask): Promise<void> {
  const inputs: Tensors = {};
  for (const [name, { data, dims }] of Object.entries(feeds)) {
    const place = placeFor(name, data.length);
    if (data instanceof Float32Array) place.set(data);
    else for (let index = 0; index < data.length; index++) place[index] = UNIT[data[index]!]!;
    inputs[name] = { data: place, dims };
  }
  const answers: Tensors = {};
  for (const [name, { data, dims }] of Object.entries(outputs))
    answers[name] = { data: placeFor(name, data.length), dims };
  await session.run(inputs, answers);
  for (const [name, { data }] of Object.entries(outputs)) data.set(answers[name]!.data);
}

function placeFor(name: string, length: number): Float32Array {
  let place = places.get(name);
  if (!place || place.length < length) {
    place = new Float32Array(length);
    places.set(name, place);
  }
  return place.subarray(0, length);
}
