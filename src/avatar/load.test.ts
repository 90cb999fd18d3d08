import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { finderWithout, greyDecoder } from '../../test/fixtures/avatars.ts';
import { BootError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { loadAvatar } from './load.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-load-'));
  await writeFile(join(dir, 'avatar.json'), JSON.stringify({ id: 'a', name: 'A', source: 'a.mp4', loop: true }));
  await writeFile(join(dir, 'a.mp4'), 'decoded by a stand-in');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const options = (frames: number, seconds?: number) => ({
  decode: greyDecoder(frames, seconds),
  framing: { eyes: 0.3, mouth: 0.6, aspect: 1.5 },
  modelSize: 64,
  encodeLoop: async () => Promise.reject(new Error('the file plays as it is')),
  log: silentLog,
});

describe('loadAvatar', () => {
  it('leaves frames without a face alone and searches anew after them', async () => {
    const finder = finderWithout(2);
    const avatar = await loadAvatar(dir, { ...options(7), finder });
    expect(avatar.crops.map(Boolean)).toEqual([true, true, false, true, true, true, true]);
    expect(avatar.mouthOpen).toEqual(Array(7).fill(false));
    expect(avatar.idlePath).toBe(join(dir, 'a.mp4'));
    expect(finder.followed.slice(0, 7)).toEqual([false, true, true, false, true, true, true]);
    expect(avatar.reference(1, 16).data.length).toBe(3 * 16 * 16);
    expect(() => avatar.reference(2, 16)).toThrow(RangeError);
  });

  it('works where nothing can be cached', async () => {
    await writeFile(join(dir, 'closed'), '');
    const cacheDir = join(dir, 'closed', 'cache');
    const avatar = await loadAvatar(dir, { ...options(6), cacheDir, finder: finderWithout() });
    expect(avatar.crops.every(Boolean)).toBe(true);
    expect(avatar.posterPath).not.toContain('closed');
    await rm(dirname(avatar.posterPath), { recursive: true });
  });

  it('prepares anew when the same file is to play in another order, and not when nothing changed', async () => {
    const encoded: number[] = [];
    const encodeLoop = async (frames: { length: number }, path: string) => {
      encoded.push(frames.length);
      await writeFile(path, 'video');
    };
    const load = async (loop: boolean | 'pingpong') => {
      await writeFile(join(dir, 'avatar.json'), JSON.stringify({ name: 'A', id: 'a', source: 'a.mp4', loop }));
      const finder = finderWithout();
      const avatar = await loadAvatar(dir, { ...options(10), encodeLoop, finder });
      return { frames: avatar.frames.length, looked: finder.followed.length > 0, idle: avatar.idlePath };
    };
    const again = await load(true);
    expect(again).toEqual({ frames: 10, looked: true, idle: join(dir, 'a.mp4') });
    expect(await load(true)).toEqual({ ...again, looked: false });
    const cut = await load(false);
    expect(cut).toMatchObject({ frames: 10, looked: true, idle: expect.stringMatching(/\.cache.[0-9a-f]{32}\.mp4$/) });
    expect(encoded).toEqual([10]);
    const kept = await readdir(join(dir, '.cache'));
    expect(kept.filter((name) => name.endsWith('.faces')).length).toBe(1);
  });

  it('says so when what was prepared is no longer what it was', async () => {
    await loadAvatar(dir, { ...options(8), finder: finderWithout() });
    const fewer = { ...options(7), finder: finderWithout() };
    await expect(loadAvatar(dir, fewer)).rejects.toThrow(/What was prepared of avatar a is damaged: delete/);
    const [faces] = (await readdir(join(dir, '.cache'))).filter((name) => name.endsWith('.faces'));
    await rm(join(dir, '.cache', faces!));
    expect((await loadAvatar(dir, fewer)).frames.length).toBe(7);
  });

  it.each([
    ['no face anywhere', finderWithout(0, 1, 2), options(3), /No face found in .*a\.mp4/],
    ['a video longer than 15 s', finderWithout(), options(376), /a\.mp4 is longer than 15 s/],
    ['an empty video', finderWithout(), options(0), /a\.mp4 holds no picture/],
    ['a video that was cut off', finderWithout(), options(50, 4), /a\.mp4 ends early: 2\.0 of its 4\.0 s/],
  ])('refuses %s', async (_, finder, settings, message) => {
    const loading = loadAvatar(dir, { ...settings, finder });
    await expect(loading).rejects.toBeInstanceOf(BootError);
    await expect(loading).rejects.toThrow(message);
  });
});
