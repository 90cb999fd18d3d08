import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { MEL_BANDS } from '../../src/audio/mel.ts';
import { melWindow, WINDOW_COLUMNS, WINDOW_SIZE } from '../../src/audio/window.ts';
import { openWav2Lip } from '../../src/lipsync/wav2lip.ts';
import { type OnnxSession, openOnnx } from '../../src/onnx/session.ts';
import { FPS, type Mel } from '../../src/types.ts';
import { PARAMETERS, SIDE } from './contract.ts';
import { cutNetwork } from './cut.ts';
import { BATCH, batches, repeated, type TestModel, THREADS } from './model.ts';

/** What the file of the first study cannot say of itself. */
const STUDY = { framing: { eyes: 0.283, mouth: 0.623, aspect: 1.52 }, melOffset: -2 } as const;
/** The tensor in the fused network that holds the seven parameters, float32[N,7]. */
const PARAMS = { name: '/a/Concat_output_0', dims: ['N', PARAMETERS] };
const CROP = 3 * SIDE * SIDE;

/** The first study's model, one fused network of kind `wav2lip`, cut where its sound part gives the parameters. */
export async function openStudy(path: string, name = 'study'): Promise<TestModel> {
  const bytes = await readFile(path);
  const parts = await openParts(bytes);
  const entry = { id: 'study', kind: 'wav2lip', file: basename(path), path, licence: 'CC0-1.0', ...STUDY } as const;
  const options = { providers: ['cpu'], workers: 1, threads: THREADS, batchSize: BATCH } as const;
  const lips = await openWav2Lip(entry, options);
  return {
    name,
    framing: STUDY.framing,
    bytes: bytes.length,
    lips,
    listen: (mel, frames) => listen(parts.mouth, mel, frames),
    draw: (reference, params) => draw(parts.face, reference, params),
    close: async () => {
      await Promise.all([lips.close(), parts.mouth.close(), parts.face.close()]);
    },
  };
}

/** Files, because networks are opened by path; they are gone again once opened. */
async function openParts(model: Uint8Array): Promise<{ mouth: OnnxSession; face: OnnxSession }> {
  const dir = await mkdtemp(join(tmpdir(), 'soyle-study-'));
  const open = async (file: string, bytes: Uint8Array): Promise<OnnxSession> => {
    await writeFile(join(dir, file), bytes);
    return openOnnx(join(dir, file), { threads: THREADS });
  };
  try {
    const output = { name: 'out', dims: ['N', 3, SIDE, SIDE] };
    return {
      mouth: await open('mouth.onnx', cutNetwork(model, { output: PARAMS })),
      face: await open('face.onnx', cutNetwork(model, { input: PARAMS, output })),
    };
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function listen(mouth: OnnxSession, mel: Mel, frames: number): Promise<Float32Array[]> {
  const found: Float32Array[] = [];
  for (const batch of batches(
    Array.from({ length: frames }, (_, frame) => frame),
    64,
  )) {
    const data = new Float32Array(batch.length * WINDOW_SIZE);
    for (const [i, frame] of batch.entries()) melWindow(mel, frame, FPS, STUDY.melOffset, data, i * WINDOW_SIZE);
    const out = await mouth.run({ mel: { data, dims: [batch.length, 1, MEL_BANDS, WINDOW_COLUMNS] } });
    const params = out[PARAMS.name]!.data;
    for (const i of batch.keys()) found.push(params.slice(i * PARAMETERS, (i + 1) * PARAMETERS));
  }
  return found;
}

async function draw(
  face: OnnxSession,
  reference: Uint8Array,
  wanted: readonly ArrayLike<number>[],
): Promise<Float32Array[]> {
  const found: Float32Array[] = [];
  // Channels 0–2, the crop with its lower half hidden, are not looked at by this network.
  const both = new Uint8Array(2 * CROP);
  both.set(reference, CROP);
  for (const batch of batches(wanted, BATCH)) {
    const params = Float32Array.from(batch.flatMap((values) => Array.from(values)));
    const out = await face.run({
      face: { data: repeated(both, batch.length), dims: [batch.length, 6, SIDE, SIDE] },
      [PARAMS.name]: { data: params, dims: [batch.length, PARAMETERS] },
    });
    for (const i of batch.keys()) found.push(out.out!.data.slice(i * CROP, (i + 1) * CROP));
  }
  return found;
}
