import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newChunkId } from '../../src/ids.ts';
import type { Storage, StoredRead } from '../../src/storage/storage.ts';

export interface StorageUnderTest {
  storage: Storage;
  /** Frees what the factory made. */
  close(): Promise<void>;
}

const bytesOf = async (read: StoredRead | undefined): Promise<Buffer> => {
  if (!read) throw new Error('file was not found');
  const pieces: Uint8Array[] = [];
  for await (const piece of read.stream) pieces.push(piece);
  return Buffer.concat(pieces);
};

/** What every `Storage` does alike. `factory` makes an empty one for each test. */
export function describeStorage(name: string, factory: () => Promise<StorageUnderTest>): void {
  describe(`storage: ${name}`, () => {
    let under: StorageUnderTest;
    let storage: Storage;
    let outside = '';
    beforeEach(async () => {
      under = await factory();
      storage = under.storage;
      outside = await mkdtemp(join(tmpdir(), 'soyle-storage-'));
    });
    afterEach(async () => {
      await under.close();
      await rm(outside, { recursive: true });
    });

    const newName = (extension = 'mp4'): string => `${newChunkId(0)}.${extension}`;
    /** Stores `data` through scratch space. */
    const stored = async (data: Uint8Array | string, file = newName()): Promise<string> => {
      const path = await storage.scratch('mp4');
      await writeFile(path, data);
      await storage.put(file, path);
      return file;
    };
    const later = (): number => Date.now() + 60_000;

    it('gives scratch paths that can be written and are never the same', async () => {
      const paths = await Promise.all([storage.scratch('wav'), storage.scratch('wav'), storage.scratch('mp4')]);
      expect(new Set(paths).size).toBe(3);
      expect(paths[0]).toMatch(/\.wav$/);
      await writeFile(paths[0]!, 'x');
      expect(await readFile(paths[0]!, 'utf8')).toBe('x');
    });

    it('moves a finished file in and finds it again', async () => {
      const before = Date.now();
      const path = await storage.scratch('wav');
      await writeFile(path, 'voice');
      const file = newName('wav');
      const put = await storage.put(file, path);
      expect(put.size).toBe(5);
      expect(put.storedAt).toBeGreaterThanOrEqual(before - 1);
      expect(put.storedAt).toBeLessThanOrEqual(Date.now() + 1);
      expect(await storage.stat(file)).toEqual(put);
      expect((await bytesOf(await storage.read(file))).toString()).toBe('voice');
      await expect(stat(path)).rejects.toThrow();
    });

    it('takes a file from elsewhere, and counts its age from storing', async () => {
      const path = join(outside, 'made-elsewhere');
      await writeFile(path, 'old');
      const file = newName();
      await storage.put(file, path);
      expect(await storage.purge(Date.now() - 10_000)).toBe(0);
      expect((await bytesOf(await storage.read(file))).toString()).toBe('old');
    });

    it('has nothing under a name that was not stored', async () => {
      const file = newName();
      expect(await storage.stat(file)).toBeUndefined();
      expect(await storage.read(file)).toBeUndefined();
      expect(await storage.remove(file)).toBe(false);
    });

    it.each([
      '',
      '.',
      '..',
      '../outputs.mp4',
      `../${newChunkId(0)}.mp4`,
      `${newChunkId(0)}/../x.mp4`,
      `${newChunkId(0)}`,
      `${newChunkId(0)}.exe`,
      `${newChunkId(0)}.mp4.mp4`,
      `${newChunkId(0)}.mp4\0`,
      '/etc/passwd',
      '.part-1-0123456789abcdef.mp4',
    ])('refuses the name %j', async (file) => {
      const path = await storage.scratch('mp4');
      await writeFile(path, 'x');
      await expect(storage.put(file, path)).rejects.toThrow();
      expect(await storage.stat(file)).toBeUndefined();
      expect(await storage.read(file)).toBeUndefined();
      expect(await storage.remove(file)).toBe(false);
    });

    it('rejects a file that is not there', async () => {
      await expect(storage.put(newName(), join(outside, 'missing'))).rejects.toThrow();
    });

    it('replaces a file as a whole: who reads the old one reads it to its end', async () => {
      const file = await stored(Buffer.alloc(600_000, 1));
      const read = await storage.read(file);
      await stored(Buffer.alloc(10, 2), file);
      expect((await bytesOf(read)).equals(Buffer.alloc(600_000, 1))).toBe(true);
      expect((await bytesOf(await storage.read(file))).equals(Buffer.alloc(10, 2))).toBe(true);
    });

    it('reads exactly the range, in pieces that are not small', async () => {
      const data = Uint8Array.from({ length: 500_000 }, (_, i) => (i * 31) % 256);
      const file = await stored(data);
      const whole = await storage.read(file);
      const pieces: number[] = [];
      for await (const piece of whole!.stream) pieces.push(piece.length);
      expect(pieces.reduce((sum, length) => sum + length)).toBe(data.length);
      expect(Math.min(...pieces.slice(0, -1))).toBeGreaterThanOrEqual(65_536);
      for (const range of [
        { start: 0, end: 0 },
        { start: 65_535, end: 65_536 },
        { start: 1000, end: 399_999 },
        { start: 499_999, end: 499_999 },
      ]) {
        const part = await storage.read(file, range);
        expect(part!.size).toBe(data.length);
        expect((await bytesOf(part)).equals(data.subarray(range.start, range.end + 1))).toBe(true);
      }
    });

    it('cuts a range at the end of the file and refuses one behind it', async () => {
      const file = await stored('0123456789');
      expect((await bytesOf(await storage.read(file, { start: 8, end: 99 }))).toString()).toBe('89');
      const outOfRange = storage.read(file, { start: 10, end: 12 });
      await expect(outOfRange).rejects.toMatchObject({ code: 'range_not_satisfiable' });
      await expect(storage.read(file, { start: 3, end: 2 })).rejects.toMatchObject({ code: 'range_not_satisfiable' });
      expect(await storage.purge(later())).toBe(1);
    });

    it('reads an empty file', async () => {
      expect((await bytesOf(await storage.read(await stored('')))).length).toBe(0);
    });

    it('removes a file once, and not from under a reader', async () => {
      const file = await stored(Buffer.alloc(700_000, 7));
      const read = await storage.read(file);
      expect(await storage.remove(file)).toBe(true);
      expect(await storage.remove(file)).toBe(false);
      expect(await storage.stat(file)).toBeUndefined();
      expect((await bytesOf(read)).length).toBe(700_000);
    });

    it('purges what was stored before a moment', async () => {
      const files = [await stored('a'), await stored('b', newName('wav'))];
      expect(await storage.purge(Date.now() - 60_000)).toBe(0);
      expect(await storage.purge(later())).toBe(2);
      expect(await storage.purge(later())).toBe(0);
      expect(await storage.stat(files[0]!)).toBeUndefined();
    });

    it('does not purge a file while it is read, however the reading ends', async () => {
      const file = await stored(Buffer.alloc(700_000));
      const [first, second] = [await storage.read(file), await storage.read(file, { start: 5, end: 6 })];
      expect(await storage.purge(later())).toBe(0);
      await bytesOf(first);
      expect(await storage.purge(later())).toBe(0);
      await second!.stream.cancel();
      expect(await storage.purge(later())).toBe(1);
    });

    it('forgets a reader that went away in the middle of a piece', async () => {
      const file = await stored(Buffer.alloc(700_000));
      const reader = (await storage.read(file))!.stream.getReader();
      await reader.read();
      const pending = reader.read();
      await reader.cancel();
      await pending;
      expect(await storage.purge(later())).toBe(1);
    });

    it('leaves scratch files of running work alone', async () => {
      const path = await storage.scratch('mp4');
      await writeFile(path, 'half');
      expect(await storage.clearScratch()).toBe(0);
      expect(await storage.purge(later())).toBe(0);
      expect(await readFile(path, 'utf8')).toBe('half');
    });
  });
}
