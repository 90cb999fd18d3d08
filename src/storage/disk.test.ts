import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootError } from '../errors.ts';
import { newChunkId } from '../ids.ts';
import { silentLog } from '../log.ts';
import { createDiskStorage } from './disk.ts';
import { HOST } from './scratch.ts';

const opened = (dir: string) => createDiskStorage({ dir, log: silentLog });
const TOKEN = '0123456789abcdef';

describe('createDiskStorage', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'soyle-disk-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('makes its folder and leaves nothing of its own there', async () => {
    const nested = join(dir, 'a', 'b');
    await opened(nested);
    expect(await readdir(nested)).toEqual([]);
  });

  it('names the folder it cannot write and the cure', async () => {
    const file = join(dir, 'file');
    await writeFile(file, '');
    const refused = opened(join(file, 'outputs'));
    await expect(refused).rejects.toBeInstanceOf(BootError);
    await expect(refused).rejects.toThrow(/file\/outputs.*OUTPUT_DIR/s);
  });

  it('clears what ended processes left, and its own id from before this process began', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'process.pid']);
    const ended = `.part-${HOST}-${stdout.trim()}-${TOKEN}.mp4`;
    const recycled = `.part-${HOST}-${process.pid}-${TOKEN}.wav`;
    const others = [`.part-${HOST}-${process.ppid}-${TOKEN}.mp4`, '.gitkeep', 'notes.txt', `${newChunkId(0)}.mp4`];
    for (const name of [ended, recycled, ...others]) await writeFile(join(dir, name), '');
    const beforeBoot = new Date(performance.timeOrigin - 1000);
    await utimes(join(dir, recycled), beforeBoot, beforeBoot);

    expect(await (await opened(dir)).clearScratch()).toBe(2);
    expect((await readdir(dir)).sort()).toEqual(others.sort());
  });

  it('goes on when the folder was deleted under it', async () => {
    const storage = await opened(join(dir, 'outputs'));
    await rm(join(dir, 'outputs'), { recursive: true });
    expect(await storage.purge(Date.now())).toBe(0);
    const path = await storage.scratch('wav');
    await writeFile(path, 'back');
    expect(await storage.put(`${newChunkId(0)}.wav`, path)).toMatchObject({ size: 4 });
  });

  it('leaves another machine’s files alone until nobody has written to them for an hour', async () => {
    const [fresh, old] = [`.part-00000000-1-${TOKEN}.mp4`, `.part-00000000-1-${TOKEN}.wav`];
    for (const name of [fresh, old]) await writeFile(join(dir, name), '');
    const anHourAgo = new Date(Date.now() - 61 * 60_000);
    await utimes(join(dir, old), anHourAgo, anHourAgo);
    expect(await (await opened(dir)).clearScratch()).toBe(1);
    expect(await readdir(dir)).toEqual([fresh]);
  });

  it('purges nothing but finished files', async () => {
    const names = ['.gitkeep', 'notes.mp4', `.part-${HOST}-1-${TOKEN}.mp4`];
    for (const name of [...names, `${newChunkId(3)}.wav`]) await writeFile(join(dir, name), '');
    expect(await (await opened(dir)).purge(Date.now() + 60_000)).toBe(1);
    expect((await readdir(dir)).sort()).toEqual(names.sort());
  });

  it('sees what another process stored in the same folder', async () => {
    const [one, two] = [await opened(dir), await opened(dir)];
    const path = await one.scratch('wav');
    await writeFile(path, 'shared');
    expect(await two.clearScratch()).toBe(0);
    expect(await readFile(path, 'utf8')).toBe('shared');
    const name = `${newChunkId(0)}.wav`;
    await one.put(name, path);
    expect(await two.stat(name)).toMatchObject({ size: 6 });
  });

  it('fails the stream of a file that shrank, and forgets its reader', async () => {
    const storage = await opened(dir);
    const name = `${newChunkId(0)}.mp4`;
    await writeFile(join(dir, name), Buffer.alloc(10));
    const read = await storage.read(name);
    await truncate(join(dir, name), 0);
    await expect(read!.stream.getReader().read()).rejects.toThrow(/shorter/);
    expect(await storage.purge(Date.now() + 60_000)).toBe(1);
  });

  it('takes no extension that could leave the folder', async () => {
    const storage = await opened(dir);
    await expect(storage.scratch('../x')).rejects.toThrow(RangeError);
    await expect(storage.scratch('')).rejects.toThrow(RangeError);
  });
});
