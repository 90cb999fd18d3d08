import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BootError, isLate } from '../errors.ts';
import type { Log } from '../log.ts';
import { openFolder } from './cache.ts';
import type { Entry } from './entry.ts';
import type { AvatarFacts, Stage } from './facts.ts';
import { faultOf, isVerdict } from './faults.ts';
import { deleteUnfinished, isUnfinished } from './folder.ts';
import { idlePath, type PreparedAvatar, posterPath } from './footage.ts';
import { type AvatarSource, readAvatarSource } from './manifest.ts';
import { readPrepared, type Viewer } from './prepared.ts';
import { unless } from './unless.ts';

/** Whose turn comes first. */
const PRIORITY = { default: 2, added: 1, remade: 1, found: 0 } as const;

/** Gets the library's avatars ready, each telling its way there. */
export interface Preparer {
  /** Resolves when the avatar is ready, has failed or is not wanted any more. */
  prepare(entry: Entry): Promise<void>;
  /** Deletes what was kept for this run alone. */
  close(): Promise<void>;
}

export interface PreparerOptions {
  /** Folder with a folder for each avatar; a name that begins with a dot is none. */
  dir: string;
  /** Does what `prepareAvatar` does, the default avatar's and uploads before others'; after some others may follow soon. */
  prepare(
    order: { dir: string; cacheDir: string },
    how: { priority: number; linger: boolean; onProgress(stage: Stage, progress: number): void; signal: AbortSignal },
  ): Promise<void>;
  /** The lips model that the reports are about. */
  viewer(): Promise<Viewer>;
  log: Log;
}

export function createPreparer(options: PreparerOptions): Preparer {
  const { dir, log } = options;
  const temporary: string[] = [];

  async function prepare(entry: Entry): Promise<void> {
    const { signal, came } = entry;
    const { id } = entry.facts;
    let uploaded = came === 'added';
    try {
      const source = { ...(await readAvatarSource(join(dir, id))), id };
      entry.tell(await saidOf(source));
      signal.throwIfAborted();
      const viewer = await unless(options.viewer(), signal);
      // Only uploads carry a consent; this one came while another process ran.
      const sent = source.consent !== undefined && !source.bundled && !entry.facts.default;
      uploaded ||= sent && (await isUntried(join(dir, id, '.cache')));
      const cacheDir = await cacheOf(id);
      const read = { viewer, log, signal };
      let prepared = await readPrepared(source, cacheDir, read);
      signal.throwIfAborted();
      if (!prepared) {
        const priority = PRIORITY[entry.facts.default ? 'default' : came];
        const onProgress = (stage: Stage, progress: number) => entry.tell({ stage, progress });
        await options.prepare(
          { dir: join(dir, id), cacheDir },
          { priority, linger: came === 'added', onProgress, signal },
        );
        prepared = await readPrepared(source, cacheDir, read);
      }
      if (!prepared) throw new BootError(`Avatar folder ${join(dir, id)} changed while it was being prepared.`);
      const ready = { source, prepared, cacheDir };
      entry.ready = ready;
      entry.tell({ state: 'ready', progress: 1, stage: undefined, ...shownOf(ready) });
    } catch (thrown) {
      // One whose folder was taken away meanwhile is no fault to tell of; the next looks forget it.
      const there = await isThere(join(dir, id));
      if (signal.aborted) return;
      if (there) log.warn({ avatar: id, err: thrown }, 'an avatar cannot be used');
      const error = faultOf(thrown, dir);
      // Nobody keeps the picture of somebody whose avatar cannot exist; what people put into the folder is not ours.
      const deleted = uploaded && isVerdict(error);
      if (deleted) await rm(join(dir, id), { recursive: true, force: true });
      entry.failure = { at: Date.now(), deleted, late: isLate(thrown) };
      entry.tell({ state: 'failed', stage: undefined, error });
    }
  }

  async function cacheOf(id: string): Promise<string> {
    const wanted = join(dir, id, '.cache');
    const cacheDir = await openFolder(wanted, log);
    if (cacheDir !== wanted) temporary.push(cacheDir);
    await deleteUnfinished(cacheDir);
    return cacheDir;
  }

  return {
    prepare,
    async close() {
      await Promise.all(temporary.map((path) => rm(path, { recursive: true, force: true })));
    },
  };
}

/**
 * Whether a cache surely holds nothing of an avatar that has ever been ready: it is there, and nothing in it but what a
 * preparation leaves that found no face or was broken off early.
 */
async function isUntried(cacheDir: string): Promise<boolean> {
  const names = await readdir(cacheDir).catch(() => undefined);
  return names?.every((name) => name.endsWith('.tracked') || isUnfinished(name)) ?? false;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** What its description says of an avatar. */
async function saidOf({ name, kind, bundled, gender, licence, origin, consent, path }: AvatarSource) {
  const { birthtimeMs, mtimeMs } = await stat(path);
  const createdAt = Math.floor(birthtimeMs || mtimeMs);
  return { name, kind, bundled, gender, licence, origin, createdAt, consentAt: consent?.at };
}

function shownOf(ready: PreparedAvatar): Partial<AvatarFacts> {
  const { prepared, cacheDir } = ready;
  const { width, height, frames, report, preview } = prepared;
  const paths = { posterPath: posterPath(ready), idlePath: idlePath(ready), previewPath: join(cacheDir, preview) };
  return { width, height, frames, report, ...paths };
}
