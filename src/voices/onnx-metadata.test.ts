import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendOnnxMetadata, OnnxFileError, readOnnxMetadata } from './onnx-metadata.ts';

const FIXTURES = fileURLToPath(new URL('../../test/fixtures/voices/', import.meta.url));
let dir: string;
let path: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-onnx-'));
  path = join(dir, 'model.onnx');
  await copyFile(join(FIXTURES, 'random-weights.onnx'), path);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('ONNX metadata', () => {
  it('are read as the onnx package wrote them', async () => {
    const metadata = await readOnnxMetadata(join(FIXTURES, 'random-weights-mms.onnx'));
    expect(Object.fromEntries(metadata)).toMatchObject({ comment: 'mms', sample_rate: '16000', n_speakers: '1' });
  });

  it('are read as they were appended, whatever their length and letters', async () => {
    const entries = { comment: 'piper', 'a key': '', language: 'Қазақша', long: 'x'.repeat(100_000) };
    await appendOnnxMetadata(path, entries);
    expect(Object.fromEntries(await readOnnxMetadata(path))).toEqual(entries);
  });

  it('are none in a file that has none', async () => {
    expect((await readOnnxMetadata(path)).size).toBe(0);
  });

  it('cannot be read from a part of a file', async () => {
    const { length } = await readFile(path);
    for (const size of [1, 50, length - 1]) {
      await truncate(path, size);
      await expect(readOnnxMetadata(path), `${size} bytes`).rejects.toThrow(OnnxFileError);
      await copyFile(join(FIXTURES, 'random-weights.onnx'), path);
    }
  });

  it.each([
    ['a web page', '<!doctype html><html></html>'],
    ['nothing', ''],
    ['a text', 'version https://git-lfs'],
  ])('cannot be read from %s', async (_, text) => {
    await writeFile(path, text);
    await expect(readOnnxMetadata(path)).rejects.toThrow(OnnxFileError);
  });
});
