import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootError } from '../errors.ts';
import { readLipsModel } from './manifest.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-models-'));
  await writeFile(join(dir, 'lips.onnx'), 'weights');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const ENTRY = { id: 'a', kind: 'wav2lip', file: 'lips.onnx', licence: 'CC0-1.0' };

async function read(entry: object) {
  await writeFile(join(dir, 'manifest.json'), JSON.stringify({ models: [{ ...ENTRY, ...entry }] }));
  return readLipsModel(dir, 'a');
}

describe('readLipsModel', () => {
  it('gives the entry with its path', async () => {
    const framing = { eyes: 0.3, mouth: 0.6, aspect: 1.5 };
    expect(await read({ framing, melOffset: -2 })).toEqual({
      ...{ ...ENTRY, framing, melOffset: -2 },
      path: join(dir, 'lips.onnx'),
    });
  });

  it('frames faces as a detector’s box does when the entry says nothing', async () => {
    const { framing, melOffset } = await read({});
    expect(melOffset).toBe(0);
    // Wav2Lip hides the lower half of the crop: the mouth must lie in it, the eyes above.
    expect(framing.eyes).toBeLessThan(0.5);
    expect(framing.mouth).toBeGreaterThan(0.6);
    expect(framing.aspect).toBeGreaterThan(1);
  });

  it.each([
    ['another model', { id: 'b' }, /"a" is not in .*manifest\.json \(there is: b\)/],
    ['a mouth above the eyes', { framing: { eyes: 0.6, mouth: 0.3, aspect: 1.5 } }, /mouth must lie well below/],
    ['a framing without an aspect', { framing: { eyes: 0.3, mouth: 0.6 } }, /aspect/],
    ['a path out of the folder', { file: '../lips.onnx' }, /lies outside the models folder/],
    ['an absent file', { file: 'b.onnx', url: 'https://example.com/b' }, /Fetch it from https:\/\/example\.com\/b/],
    ['a changed file', { sha256: '0'.repeat(64) }, /damaged or another version/],
  ])('refuses %s', async (_, entry, message) => {
    const reading = read(entry);
    await expect(reading).rejects.toBeInstanceOf(BootError);
    await expect(reading).rejects.toThrow(message);
  });
});
