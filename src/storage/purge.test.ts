import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newChunkId } from '../ids.ts';
import { silentLog } from '../log.ts';
import { createDiskStorage } from './disk.ts';
import { startPurge } from './purge.ts';
import type { Storage } from './storage.ts';

const TTL_MS = 60 * 60_000;

describe('startPurge', () => {
  let dir = '';
  let storage: Storage;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'soyle-purge-'));
    storage = await createDiskStorage({ dir, log: silentLog });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await rm(dir, { recursive: true });
  });

  const storedAgo = async (ms: number): Promise<string> => {
    const name = `${newChunkId(0)}.mp4`;
    await writeFile(join(dir, name), '');
    const then = new Date(Date.now() - ms);
    await utimes(join(dir, name), then, then);
    return name;
  };

  it('runs at once: what is older than its time to live goes, the rest stays', async () => {
    const [old, young] = [await storedAgo(TTL_MS + 5000), await storedAgo(TTL_MS - 5000)];
    const clear = vi.spyOn(storage, 'clearScratch');
    const purge = startPurge(storage, { ttlMs: TTL_MS, log: silentLog });
    await purge.stop();
    expect(await storage.stat(old)).toBeUndefined();
    expect(await storage.stat(young)).toBeDefined();
    expect(clear).toHaveBeenCalledTimes(1);
  });

  it('answers how many files went', async () => {
    const purge = startPurge(storage, { ttlMs: TTL_MS, log: silentLog });
    await purge.runNow();
    await storedAgo(TTL_MS + 5000);
    expect(await purge.runNow()).toBe(1);
    await purge.stop();
  });

  it('runs every five minutes until stopped', async () => {
    vi.useFakeTimers({ now: new Date('2026-01-01T00:00:30Z') });
    const runs = vi.spyOn(storage, 'purge').mockResolvedValue(0);
    vi.spyOn(storage, 'clearScratch').mockResolvedValue(0);
    const purge = startPurge(storage, { ttlMs: TTL_MS, log: silentLog });
    await vi.advanceTimersByTimeAsync(15 * 60_000);
    expect(runs).toHaveBeenCalledTimes(4);
    await purge.stop();
    await vi.advanceTimersByTimeAsync(15 * 60_000);
    expect(runs).toHaveBeenCalledTimes(4);
  });

  it('survives a failing run', async () => {
    const failing = vi.spyOn(storage, 'purge').mockRejectedValue(new Error('disk gone'));
    const purge = startPurge(storage, { ttlMs: TTL_MS, log: silentLog });
    expect(await purge.runNow()).toBe(0);
    failing.mockRestore();
    await storedAgo(TTL_MS + 5000);
    expect(await purge.runNow()).toBe(1);
    await purge.stop();
  });
});
