import { stat } from 'node:fs/promises';
import { openLips } from '../../src/lipsync/index.ts';
import type { SoyleModel } from '../../src/lipsync/manifest.ts';
import { type MouthNet, openMouth } from '../../src/lipsync/mouth.ts';
import { readFrame, smoothTrack } from '../../src/lipsync/params.ts';
import { type FaceContract, readFaceContract } from '../../src/lipsync/soyle-contract.ts';
import { type OnnxSession, openOnnx } from '../../src/onnx/session.ts';
import type { Mel } from '../../src/types.ts';
import { PARAMETERS, SIDE } from './contract.ts';
import { BATCH, batches, repeated, type TestModel, THREADS } from './model.ts';

/** A model of kind `soyle`, opened by the product's own code. Throws `BootError` as that does. */
export async function openOurs(model: SoyleModel, name: string): Promise<TestModel> {
  const options = { providers: ['cpu'], workers: 1, threads: THREADS, batchSize: BATCH } as const;
  const lips = await openLips(model, options);
  const mouth = await openMouth(model.paths.mouth, options);
  const face = await openOnnx(model.paths.face, options);
  const contract = readFaceContract(face, model.paths.face);
  if (contract.size !== SIDE) throw new RangeError(`${model.paths.face} draws ${contract.size} pixels, not ${SIDE}`);
  const files = await Promise.all([model.paths.face, model.paths.mouth].map((path) => stat(path)));
  return {
    name,
    framing: model.framing,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    lips,
    listen: (mel, frames) => listen(mouth, mel, frames),
    draw: (reference, params) => draw(face, contract, reference, params),
    close: async () => {
      await Promise.all([lips.close(), mouth.close(), face.close()]);
    },
  };
}

/** As kind `soyle` listens, without its weights that bring silence to rest. */
async function listen(mouth: MouthNet, mel: Mel, frames: number): Promise<Float32Array[]> {
  const track = smoothTrack(await mouth.track(mel));
  return Array.from({ length: frames }, (_, frame) => {
    const params = new Float32Array(PARAMETERS);
    readFrame(track, frame, params, 0);
    return params;
  });
}

async function draw(
  face: OnnxSession,
  { reference: input, params: mouth, output, fixedBatch }: FaceContract,
  reference: Uint8Array,
  wanted: readonly ArrayLike<number>[],
): Promise<Float32Array[]> {
  const found: Float32Array[] = [];
  for (const batch of batches(wanted, fixedBatch ?? BATCH)) {
    const count = fixedBatch ?? batch.length;
    const params = new Float32Array(count * PARAMETERS);
    for (const [i, values] of batch.entries()) params.set(values, i * PARAMETERS);
    const out = await face.run({
      [input]: { data: repeated(reference, count), dims: [count, 3, SIDE, SIDE] },
      [mouth]: { data: params, dims: [count, PARAMETERS] },
    });
    const pictures = out[output]!.data;
    const size = reference.length;
    for (const i of batch.keys()) found.push(pictures.slice(i * size, (i + 1) * size));
  }
  return found;
}
