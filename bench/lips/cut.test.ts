import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openOnnx } from '../../src/onnx/session.ts';
import { cutNetwork } from './cut.ts';

const FACE_MODEL = new URL('../../models/face/mesh.onnx', import.meta.url);

it('cuts a part that computes alone', async () => {
  const model = await readFile(FACE_MODEL);
  const dir = await mkdtemp(join(tmpdir(), 'soyle-cut-'));
  try {
    const path = join(dir, 'score.onnx');
    await writeFile(path, cutNetwork(model, { output: { name: 'score', dims: [1, 1] } }));
    const whole = await openOnnx(FACE_MODEL.pathname);
    const part = await openOnnx(path);
    const feeds = { image: { data: new Float32Array(3 * 192 * 192).fill(0.4), dims: [1, 3, 192, 192] } };
    const scores = [(await whole.run(feeds)).score, (await part.run(feeds)).score];
    await Promise.all([whole.close(), part.close()]);
    expect([...part.outputs.keys()]).toEqual(['score']);
    expect(scores[1]?.data).toEqual(scores[0]?.data);
  } finally {
    await rm(dir, { recursive: true });
  }
});

it('refuses a tensor that nothing makes', async () => {
  const model = await readFile(FACE_MODEL);
  expect(() => cutNetwork(model, { output: { name: 'no-such-tensor', dims: [1] } })).toThrow(/no-such-tensor/);
});
