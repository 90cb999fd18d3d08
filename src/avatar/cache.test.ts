import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../log.ts';
import { cacheKey, madeOnce, readLandmarks, writeLandmarks } from './cache.ts';
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

describe('madeOnce', () => {
  const make = (text: string) => (target: string) => writeFile(target, text);

  it('makes a file once, whole or not at all', async () => {
    const path = join(dir, 'deep', 'a.mp4');
    const breaking = madeOnce(path, silentLog, async (target) => {
      await writeFile(target, 'half');
      throw new Error('broken');
    });
    await expect(breaking).rejects.toThrow('broken');
    expect(await readdir(dirname(path))).toEqual([]);
    expect(await madeOnce(path, silentLog, make('one'))).toBe(path);
    expect(await madeOnce(path, silentLog, make('two'))).toBe(path);
    expect(await readFile(path, 'utf8')).toBe('one');
    expect(await readdir(dirname(path))).toEqual(['a.mp4']);
  });

  it('gives the target the ending of the path', async () => {
    const targets: string[] = [];
    await madeOnce(join(dir, 'a.mp4'), silentLog, async (target) => {
      targets.push(target);
      await writeFile(target, '');
    });
    expect(targets).toEqual([expect.stringMatching(/\.mp4$/)]);
  });

  it('does not take a folder for the file', async () => {
    await mkdir(join(dir, 'a.mp4'));
    await expect(madeOnce(join(dir, 'a.mp4'), silentLog, make('one'))).rejects.toThrow();
  });

  it('goes to a temporary folder where nothing can be written', async () => {
    await writeFile(join(dir, 'closed'), '');
    const made = await madeOnce(join(dir, 'closed', 'cache', 'a.mp4'), silentLog, make('one'));
    expect(made).not.toContain('closed');
    expect(await readFile(made, 'utf8')).toBe('one');
    await rm(dirname(made), { recursive: true });
  });
});

describe('cacheKey', () => {
  it('depends on the bytes and the size', async () => {
    const path = join(dir, 'media');
    await writeFile(path, 'one');
    const one = await cacheKey(path, 100);
    expect(await cacheKey(path, 100)).toBe(one);
    expect(await cacheKey(path, 200)).not.toBe(one);
    await writeFile(path, 'two');
    expect(await cacheKey(path, 100)).not.toBe(one);
  });
});
