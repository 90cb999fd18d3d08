import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../../test/fixtures/seeded.ts';
import { TINY_FACE, TINY_SOYLE } from '../../test/fixtures/tiny-soyle.ts';
import { BootError } from '../errors.ts';
import { silentLog } from '../log.ts';
import type { FaceCrop, Mel, MouthPatch } from '../types.ts';
import type { LipSync, LipSyncRequest } from './lipsync.ts';
import { PARAMETERS } from './params.ts';
import { openSoyle } from './soyle.ts';

const { size, window, stripe, strength } = TINY_FACE;
const AREA = size * size;
const COLUMNS = 160;
const forever = new AbortController().signal;
const options = (batchSize: number) => ({ providers: ['cpu'] as const, workers: 2, batchSize, log: silentLog });

/** Two seconds; every band of column t at `level(t)`. */
function melOf(level: (column: number) => number): Mel {
  return { data: Float32Array.from({ length: 80 * COLUMNS }, (_, at) => level(at % COLUMNS)), columns: COLUMNS };
}

const random = seeded(7);
const crops = Array.from({ length: 50 }, (): FaceCrop => {
  return { size, data: Uint8Array.from({ length: 3 * AREA }, () => Math.floor(256 * random())) };
});

/** All 50 frames of two seconds that grow louder: level −2 … 2. */
const request = (wanted: Partial<LipSyncRequest> = {}): LipSyncRequest => ({
  mel: melOf((column) => -2 + column / 40),
  frames: crops.map((_, frame) => frame),
  reference: (frame) => crops[frame]!,
  ...wanted,
});

async function collect(lips: LipSync, wanted: LipSyncRequest): Promise<MouthPatch[]> {
  const patches: MouthPatch[] = [];
  for await (const patch of lips.patches(wanted, forever)) patches.push({ ...patch, data: patch.data.slice() });
  return patches;
}

/** The parameter that the tiny face network was given, read from its stripe. */
function shown({ frame, data }: MouthPatch, name: (typeof PARAMETERS)[number]): number {
  const at = 20 * size + window.left + stripe * PARAMETERS.indexOf(name) + 1;
  return (data[at]! - crops[frame]!.data[at]! / 255) / strength;
}

describe('openSoyle', () => {
  let lips: LipSync;
  beforeAll(async () => {
    lips = await openSoyle(TINY_SOYLE, options(8));
  });
  afterAll(() => lips.close());

  it('says what it is', () => {
    expect(lips).toMatchObject({ kind: 'soyle', size, device: 'cpu' });
  });

  it('shows every frame the parameters of its middle', async () => {
    for (const patch of await collect(lips, request({ frames: [5, 6, 20, 31] }))) {
      const loudness = (4 + -2 + ((patch.frame + 0.5) * 3.2) / 40) / 8;
      expect(shown(patch, 'jaw')).toBeCloseTo(loudness, 4);
      expect(shown(patch, 'pucker')).toBeCloseTo(loudness, 4);
      expect(shown(patch, 'raise')).toBeCloseTo(loudness / 2, 4);
      expect(shown(patch, 'depress')).toBeCloseTo(-loudness / 4, 4);
      expect(shown(patch, 'tongue')).toBeCloseTo(loudness / 4, 4);
      expect(shown(patch, 'press')).toBeCloseTo(0, 5);
    }
  });

  it('gives the same patches to the bit in batches of one and of eight', async () => {
    const alone = await openSoyle(TINY_SOYLE, options(1));
    const [one, eight] = [await collect(alone, request()), await collect(lips, request())];
    await alone.close();
    expect(one.map(({ frame }) => frame)).toEqual(request().frames);
    for (const [index, patch] of one.entries()) expect(patch.data).toEqual(eight[index]!.data);
  });

  it('hands on the reference to the bit outside the window', async () => {
    let outside = 0;
    for (const { frame, data } of await collect(lips, request())) {
      for (const [at, byte] of crops[frame]!.data.entries()) {
        const [row, column] = [Math.floor(at / size) % size, at % size];
        const { top, left, bottom, right } = window;
        if (row >= top && row < bottom && column >= left && column < right) continue;
        outside++;
        if (data[at] !== Math.fround(byte / 255)) expect.fail(`frame ${frame}, sample ${at} was changed`);
      }
    }
    expect(outside).toBe(50 * 3 * (AREA - 24 * 24));
  });

  it('moves more or less with the intensity', async () => {
    const frames = [20, 25];
    const jaws = async (intensity?: number) =>
      (await collect(lips, request({ frames, intensity }))).map((patch) => shown(patch, 'jaw'));
    const [little, plain, much] = [await jaws(0.5), await jaws(), await jaws(1.5)];
    for (const [index, jaw] of plain.entries()) {
      expect(little[index]).toBeCloseTo(0.5 * jaw, 4);
      expect(much[index]).toBeCloseTo(1.5 * jaw, 4);
    }
  });

  it('rests where nothing sounds, even if its network does not', async () => {
    const mel = melOf((column) => (column < 60 ? 0 : -3));
    const patches = await collect(lips, request({ mel }));
    for (const patch of patches.filter(({ frame }) => frame < 18)) expect(shown(patch, 'jaw')).toBeCloseTo(0.5, 3);
    const silent = patches.filter(({ frame }) => frame >= 24);
    expect(silent).toHaveLength(26);
    for (const { frame, data } of silent) {
      expect(data).toEqual(Float32Array.from(crops[frame]!.data, (byte) => byte / 255));
    }
  });

  it('draws a face at rest when there is no sound at all', async () => {
    const [patch] = await collect(lips, request({ mel: { data: new Float32Array(0), columns: 0 }, frames: [3] }));
    expect(patch!.data).toEqual(Float32Array.from(crops[3]!.data, (byte) => byte / 255));
  });

  it('draws nothing for a client that has left', async () => {
    const gone = AbortSignal.abort(new Error('left'));
    const asked: number[] = [];
    const reference = (frame: number) => {
      asked.push(frame);
      return crops[frame]!;
    };
    await expect(lips.patches(request({ reference }), gone)[Symbol.asyncIterator]().next()).rejects.toThrow('left');
    expect(asked).toEqual([]);
  });

  it('reports a mouth network that fails as lipsync_failed', async () => {
    const broken = { data: new Float32Array(80), columns: 2 };
    await expect(collect(lips, request({ mel: broken }))).rejects.toMatchObject({ code: 'lipsync_failed' });
    expect(await collect(lips, request({ frames: [1] }))).toHaveLength(1);
  });

  it('serves several streams at once, each with its own sound', async () => {
    const levels = [-1, 0, 1];
    const streams = await Promise.all(levels.map((level) => collect(lips, request({ mel: melOf(() => level) }))));
    for (const [index, patches] of streams.entries()) {
      for (const patch of patches) expect(shown(patch, 'jaw')).toBeCloseTo((levels[index]! + 4) / 8, 4);
    }
  });
});

describe('openSoyle refuses', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'soyle-lips-'));
    await writeFile(join(dir, 'broken.onnx'), 'weights');
    await copyFile(TINY_SOYLE.paths.face, join(dir, 'copy.onnx'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it.each([
    ['a broken file', { face: 'broken.onnx' }, /Cannot load the ONNX model .*broken\.onnx/],
    ['networks that were swapped', { mouth: 'copy.onnx' }, /copy\.onnx is not a mouth network.*reference\[/],
  ])('%s', async (_, files, message) => {
    const paths = { ...TINY_SOYLE.paths };
    for (const [name, file] of Object.entries(files)) Object.assign(paths, { [name]: join(dir, file) });
    const opening = openSoyle({ paths }, options(1));
    await expect(opening).rejects.toBeInstanceOf(BootError);
    await expect(opening).rejects.toThrow(message);
  });
});
