import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../log.ts';
import { cacheKey, openFolder, readLandmarks, writeLandmarks, writeWhole } from './cache.ts';
import { LANDMARKS } from './mesh.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-cache-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const face = { score: 0.75, points: Float32Array.from({ length: LANDMARKS * 3 }, (_, i) => i / 3) };

describe('landmark cache', () => {
  it('gives back what was stored and leaves no temporary file', async () => {
    const path = join(dir, 'deep', 'a.landmarks');
    await writeLandmarks(path, [face, undefined], silentLog);
    expect(await readLandmarks(path, 2, silentLog)).toEqual([face, undefined]);
    expect(await readdir(join(dir, 'deep'))).toEqual(['a.landmarks']);
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 4)],
    ['empty', () => Buffer.alloc(0)],
    ['with a flipped bit', (bytes: Buffer) => Buffer.from(bytes.map((byte, i) => (i === 500 ? byte ^ 1 : byte)))],
  ])('does not trust a file %s', async (_, damage) => {
    const path = join(dir, 'a.landmarks');
    await writeLandmarks(path, [face], silentLog);
    await writeFile(path, damage(await readFile(path)));
    expect(await readLandmarks(path, 1, silentLog)).toBeUndefined();
  });

  it('does not trust a file made for another number of frames, and knows an absent one', async () => {
    const path = join(dir, 'a.landmarks');
    expect(await readLandmarks(path, 1, silentLog)).toBeUndefined();
    await writeLandmarks(path, [face], silentLog);
    expect(await readLandmarks(path, 2, silentLog)).toBeUndefined();
  });

  it('lives with a place it cannot write to', async () => {
    await writeFile(join(dir, 'file'), '');
    await expect(writeLandmarks(join(dir, 'file', 'a.landmarks'), [face], silentLog)).resolves.toBeUndefined();
  });
});

describe('writeWhole', () => {
  it('writes a file whole or not at all, under a temporary name of the same ending', async () => {
    const path = join(dir, 'a.mp4');
    const targets: string[] = [];
    const breaking = writeWhole(path, async (target) => {
      targets.push(target);
      await writeFile(target, 'half');
      throw new Error('broken');
    });
    await expect(breaking).rejects.toThrow('broken');
    expect(await readdir(dir)).toEqual([]);
    expect(targets).toEqual([expect.stringMatching(/\.mp4$/)]);
    await writeWhole(path, (target) => writeFile(target, 'one'));
    await writeWhole(path, (target) => writeFile(target, 'two'));
    expect(await readFile(path, 'utf8')).toBe('two');
    expect(await readdir(dir)).toEqual(['a.mp4']);
  });
});

describe('openFolder', () => {
  it('makes the folder, or a temporary one where nothing can be written', async () => {
    expect(await openFolder(join(dir, 'deep', 'cache'), silentLog)).toBe(join(dir, 'deep', 'cache'));
    await writeFile(join(dir, 'closed'), '');
    const other = await openFolder(join(dir, 'closed', 'cache'), silentLog);
    expect(other).not.toContain('closed');
    expect(await readdir(other)).toEqual([]);
    await rm(other, { recursive: true });
  });
});

describe('cacheKey', () => {
  it('depends on the bytes and what is done with them', async () => {
    const path = join(dir, 'media');
    await writeFile(path, 'one');
    const one = await cacheKey(path, 'a');
    expect(await cacheKey(path, 'a')).toBe(one);
    expect(await cacheKey(path, 'b')).not.toBe(one);
    await writeFile(path, 'two');
    expect(await cacheKey(path, 'a')).not.toBe(one);
  });
});
