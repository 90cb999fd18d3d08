import cron from 'node-cron';
import type { Log } from '../log.ts';
import type { Storage } from './storage.ts';

export interface Purge {
  /** Deletes what is too old now; answers how many files went. Never rejects. */
  runNow(): Promise<number>;
  /** No run begins any more; waits for the one that is going on. */
  stop(): Promise<void>;
}

const EVERY_FIVE_MINUTES = '*/5 * * * *';

/**
 * Deletes stored files older than `ttlMs` and what crashed runs left behind, at once and then every five minutes. A failure is logged; the next run tries again.
 */
export function startPurge(storage: Storage, { ttlMs, log }: { ttlMs: number; log: Log }): Purge {
  let running: Promise<unknown> = Promise.resolve();

  const attempt = (work: () => Promise<number>): Promise<number> => {
    const done = running.then(work).catch((error) => {
      log.error({ err: error }, 'purging outputs failed');
      return 0;
    });
    running = done;
    return done;
  };
  const purge = async (): Promise<number> => {
    await storage.clearScratch();
    const files = await storage.purge(Date.now() - ttlMs);
    if (files) log.info({ files }, 'old outputs deleted');
    return files;
  };

  void attempt(purge);
  const task = cron.schedule(EVERY_FIVE_MINUTES, () => attempt(purge), { suppressMissedWarning: true });
  return {
    runNow: () => attempt(purge),
    async stop() {
      await task.destroy();
      await running;
    },
  };
}
