import { createHash } from 'node:crypto';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootError } from '../errors.ts';
import { readLipsModel, weightsStamp } from './manifest.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-models-'));
  for (const name of ['lips', 'face', 'mouth', 'stream']) await writeFile(join(dir, `${name}.onnx`), `${name} weights`);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const WAV2LIP = { id: 'a', kind: 'wav2lip', file: 'lips.onnx', licence: 'CC0-1.0' };
const SOYLE = {
  id: 'a',
  kind: 'soyle',
  face: 'face.onnx',
  mouth: 'mouth.onnx',
  licence: 'CC0-1.0',
  framing: { eyes: 0.25, mouth: 0.62, aspect: 1, centre: 'mouth' },
};

async function read(entry: object) {
  await writeFile(join(dir, 'manifest.json'), JSON.stringify({ models: [entry] }));
  return readLipsModel(dir, 'a');
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');

describe('readLipsModel', () => {
  it('gives the entry with its path', async () => {
    const framing = { eyes: 0.3, mouth: 0.6, aspect: 1.5 };
    expect(await read({ ...WAV2LIP, framing, melOffset: -2 })).toMatchObject({
      ...{ ...WAV2LIP, framing: { ...framing, centre: 'face' }, melOffset: -2 },
      path: join(dir, 'lips.onnx'),
    });
  });

  it('frames faces as a detector’s box does when a wav2lip entry says nothing', async () => {
    const { framing, ...model } = await read(WAV2LIP);
    expect(model).toMatchObject({ melOffset: 0 });
    // Wav2Lip hides the lower half of the crop: the mouth must lie in it, the eyes above.
    expect(framing.eyes).toBeLessThan(0.5);
    expect(framing.mouth).toBeGreaterThan(0.6);
    expect(framing.aspect).toBeGreaterThan(1);
    expect(framing.centre).toBe('face');
  });

  it('gives the paths of both networks of kind soyle, and the window they draw in', async () => {
    expect(await read(SOYLE)).toEqual({
      ...SOYLE,
      sha256: {},
      framing: { ...SOYLE.framing, window: { left: 0.125, top: 0.25, right: 0.875, bottom: 1 } },
      paths: { face: join(dir, 'face.onnx'), mouth: join(dir, 'mouth.onnx'), mouthStream: undefined },
    });
  });

  it('knows a network for streams, and another window', async () => {
    const window = { left: 0.2, top: 0.3, right: 0.8, bottom: 0.9 };
    const framing = { ...SOYLE.framing, window };
    const sha256 = { mouthStream: digestOf('stream weights'), face: digestOf('face weights') };
    const model = await read({ ...SOYLE, framing, mouthStream: 'stream.onnx', sha256 });
    expect(model).toMatchObject({ framing: { window }, paths: { mouthStream: join(dir, 'stream.onnx') } });
  });

  it.each([
    ['another model', { ...WAV2LIP, id: 'b' }, /"a" is not in .*manifest\.json \(there is: b\)/],
    ['an unknown kind', { ...WAV2LIP, kind: 'puppet' }, /kind/],
    [
      'a mouth above the eyes',
      { ...WAV2LIP, framing: { eyes: 0.6, mouth: 0.3, aspect: 1.5 } },
      /mouth must lie well below/,
    ],
    ['a framing without an aspect', { ...WAV2LIP, framing: { eyes: 0.3, mouth: 0.6 } }, /aspect/],
    ['a path out of the folder', { ...WAV2LIP, file: '../lips.onnx' }, /lies outside the models folder/],
    [
      'an absent file',
      { ...WAV2LIP, file: 'b.onnx', url: 'https://example.com/b' },
      /Fetch it from https:\/\/example\.com\/b/,
    ],
    ['a changed file', { ...WAV2LIP, sha256: '0'.repeat(64) }, /lips\.onnx is damaged or another version/],
    ['a soyle entry without a framing', { ...SOYLE, framing: undefined }, /framing/],
    ['a soyle entry without a mouth', { ...SOYLE, mouth: undefined }, /mouth/],
    [
      'an empty window',
      { ...SOYLE, framing: { ...SOYLE.framing, window: { left: 0.5, top: 0.3, right: 0.4, bottom: 1 } } },
      /window is empty/,
    ],
    ['a mouth network out of the folder', { ...SOYLE, mouth: '/mouth.onnx' }, /lies outside the models folder/],
    ['an absent network', { ...SOYLE, mouthStream: 'none.onnx' }, /none\.onnx.* Restore it from the repository/],
    ['a changed network', { ...SOYLE, sha256: { mouth: '0'.repeat(64) } }, /mouth\.onnx is damaged/],
  ])('refuses %s', async (_, entry, message) => {
    const reading = read(entry);
    await expect(reading).rejects.toBeInstanceOf(BootError);
    await expect(reading).rejects.toThrow(message);
  });
});

describe('weightsStamp', () => {
  it('tells files of one id from others, by their digests or else by size and time', async () => {
    const stamp = async (entry: object) => weightsStamp(await read(entry));
    const before = await stamp(SOYLE);
    expect(before).toMatch(/^[0-9a-f]{8}$/);
    expect(await stamp({ ...SOYLE, note: 'the same' })).toBe(before);
    expect(await stamp({ ...SOYLE, mouth: 'stream.onnx' })).not.toBe(before);
    await utimes(join(dir, 'face.onnx'), 1, 1);
    expect(await stamp(SOYLE)).not.toBe(before);
    const known = { ...WAV2LIP, sha256: digestOf('lips weights') };
    const first = await stamp(known);
    await utimes(join(dir, 'lips.onnx'), 1, 1);
    expect(await stamp(known)).toBe(first);
  });
});
