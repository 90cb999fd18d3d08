import { copyFile, mkdir, open, readdir, rename, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BootError, SoyleError, toSoyleError } from '../errors.ts';
import { isChunkId } from '../ids.ts';
import type { Log } from '../log.ts';
import { fileStream } from './file-stream.ts';
import { type ScratchOwner, scratchName, scratchOwner } from './scratch.ts';
import type { Storage, StoredFile } from './storage.ts';

export interface DiskStorageOptions {
  /** Folder of the finished files, made when missing. */
  dir: string;
  log: Log;
}

/**
 * Finished files in one local folder, scratch files beside them under hidden names, so that storing is a rename.
 * Several processes may share the folder. Throws `BootError` when it cannot be written.
 */
export async function createDiskStorage({ dir, log }: DiskStorageOptions): Promise<Storage> {
  const root = resolve(dir);
  await checkWritable(root);
  const readers = new Map<string, number>();
  const pathOf = (name: string): string | undefined => (isStoredName(name) ? join(root, name) : undefined);

  const count = (name: string, change: 1 | -1): void => {
    const now = (readers.get(name) ?? 0) + change;
    if (now) readers.set(name, now);
    else readers.delete(name);
  };

  const scratch = async (extension: string): Promise<string> => {
    // Somebody may have cleared the folder away while the server runs.
    await mkdir(root, { recursive: true });
    return join(root, scratchName(extension));
  };

  return {
    scratch,

    async put(name, path) {
      const target = pathOf(name);
      if (!target) throw new RangeError('not a name of a stored file');
      try {
        // A file's own time says when it was stored; purging goes by it.
        const now = new Date();
        await utimes(path, now, now);
        await move(path, target, scratch);
        return await describe(target);
      } catch (error) {
        throw toSoyleError(error);
      }
    },

    async stat(name) {
      const path = pathOf(name);
      return path ? unlessMissing(describe(path)) : undefined;
    },

    async read(name, range) {
      const path = pathOf(name);
      const file = path && (await unlessMissing(open(path)));
      if (!file) return undefined;
      try {
        const { size, mtimeMs } = await file.stat();
        const { start, end } = range ?? { start: 0, end: size - 1 };
        if (range && !(start >= 0 && start <= end && start < size)) throw new SoyleError('range_not_satisfiable');
        count(name, 1);
        const stream = fileStream(file, { start, end: Math.min(end, size - 1) }, () => count(name, -1));
        return { size, storedAt: Math.floor(mtimeMs), stream };
      } catch (error) {
        await file.close();
        throw error;
      }
    },

    async remove(name) {
      const path = pathOf(name);
      return path ? removed(path) : false;
    },

    async purge(before) {
      let gone = 0;
      for (const name of (await unlessMissing(readdir(root))) ?? []) {
        const path = pathOf(name);
        if (!path || readers.has(name)) continue;
        const file = await unlessMissing(describe(path));
        if (file && file.storedAt < before && !readers.has(name) && (await removed(path))) gone++;
      }
      return gone;
    },

    async clearScratch() {
      let gone = 0;
      for (const name of (await unlessMissing(readdir(root))) ?? []) {
        const owner = scratchOwner(name);
        if (owner === undefined) continue;
        const path = join(root, name);
        const file = await unlessMissing(describe(path));
        if (file && isLeftover(owner, file.storedAt) && (await removed(path))) gone++;
      }
      if (gone) log.info({ files: gone }, 'leftovers of earlier runs deleted');
      return gone;
    },
  };
}

const EXTENSIONS = ['mp4', 'webm', 'wav'];

const isStoredName = (name: string): boolean => {
  const [id = '', extension = '', ...more] = name.split('.');
  return isChunkId(id) && EXTENSIONS.includes(extension) && more.length === 0;
};

/** A file of another machine that nobody has written to for so long is left over. */
const ABANDONED_MS = 60 * 60_000;

/** Whose process is gone; or of this very id but older than this process (containers begin at 1 again). */
function isLeftover({ pid, here }: ScratchOwner, writtenAt: number): boolean {
  if (!here) return writtenAt < Date.now() - ABANDONED_MS;
  if (pid === process.pid) return writtenAt < performance.timeOrigin;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function checkWritable(root: string): Promise<void> {
  const probe = join(root, scratchName('tmp'));
  try {
    await mkdir(root, { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    throw new BootError(
      `Outputs cannot be written to ${root} (${(error as NodeJS.ErrnoException).code}): ` +
        'give this user write access to it or set OUTPUT_DIR to another folder',
      error,
    );
  }
}

async function describe(path: string): Promise<StoredFile> {
  const { size, mtimeMs } = await stat(path);
  return { size, storedAt: Math.floor(mtimeMs) };
}

/** Renames; a file of another file system is copied beside its target first, so that readers never see half of it. */
async function move(from: string, to: string, scratch: Storage['scratch']): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const beside = await scratch('tmp');
    try {
      await copyFile(from, beside);
      await rename(beside, to);
    } catch (failure) {
      await rm(beside, { force: true });
      throw failure;
    }
    await rm(from);
  }
}

/** `undefined` for a file that is not there (any more). */
async function unlessMissing<T>(wanted: Promise<T>): Promise<T | undefined> {
  try {
    return await wanted;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const removed = async (path: string): Promise<boolean> => (await unlessMissing(unlink(path).then(() => true))) ?? false;
