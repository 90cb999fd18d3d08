import { randomBytes } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { toSoyleError } from '../errors.ts';
import { isChosenId } from '../ids.ts';
import type { Log } from '../log.ts';
import { PICTURES, VIDEOS } from './manifest-faults.ts';

/** Folders on their way in or out; what a crashed run left of them is deleted after an hour. */
const DRAFT = '.draft-';
const LEFTOVER_MS = 3_600_000;
/** Files of a cache that were not whole yet (see `writeWhole`); nobody writes on one for so long. */
const UNFINISHED = /\.tmp(-|$)/;
const UNFINISHED_MS = 600_000;
const MISNAMED =
  'a folder of avatars is left out, its name cannot be an id: rename it to a-z, 0-9, "-" and "_", a letter or digit first (at most 64 characters)';

/** A new path in `dir`, for a folder that is no avatar yet or no longer. */
export const newDraft = (dir: string): string => join(dir, `${DRAFT}${randomBytes(8).toString('hex')}`);

/** Deletes old drafts. */
export async function deleteLeftovers(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (name.startsWith(DRAFT)) await deleteOlder(join(dir, name), LEFTOVER_MS);
  }
}

/**
 * The folders of avatars in `dir`, or of these alone, by id, each with its signature; `undefined` for one that is there
 * but cannot be looked into now.
 */
export async function foldersIn(dir: string, only?: readonly string[]): Promise<Map<string, string | undefined>> {
  const names = await readdir(dir, { withFileTypes: true });
  const folders = names.filter((one) => !one.isFile() && isChosenId(one.name)).map(({ name }) => name);
  const found = new Map<string, string | undefined>();
  for (const id of folders.filter((one) => only?.includes(one) ?? true)) {
    try {
      found.set(id, await signatureOf(join(dir, id)));
    } catch (error) {
      if (!isAbsence(error)) found.set(id, undefined);
    }
  }
  return found;
}

const LOOSE =
  'a picture or video lies beside the folders of avatars and is left out: put it into a folder of its own, named as its id';

/**
 * Warns, each time it is called, of what came to `dir` since the last time and can be no avatar: folders whose names can be
 * no ids, and pictures and videos without a folder.
 */
export function strayWatch(dir: string, log: Log): () => Promise<void> {
  let told = new Set<string>();
  return async () => {
    const names = await readdir(dir, { withFileTypes: true });
    const seen = names.filter(({ name }) => !name.startsWith('.'));
    const folders = seen.filter((one) => one.isDirectory() && !isChosenId(one.name));
    const loose = seen.filter((one) => one.isFile() && isMedia(one.name));
    const found = [...folders, ...loose].filter(({ name }) => !told.has(name));
    for (const one of found) {
      if (one.isFile()) log.warn({ file: join(dir, one.name) }, LOOSE);
      else log.warn({ folder: join(dir, one.name) }, MISNAMED);
    }
    told = new Set([...folders, ...loose].map(({ name }) => name));
  };
}

const isMedia = (name: string): boolean => [...PICTURES, ...VIDEOS].includes(extname(name).toLowerCase());

/** Names, sizes and times of what lies in a folder, without what cannot be looked at. Rejects where there is no folder. */
export async function signatureOf(path: string): Promise<string> {
  const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
  const lines = await Promise.all(
    names.map(async (name) => {
      const file = await stat(join(path, name)).catch(() => undefined);
      return file ? [`${name} ${file.size} ${file.mtimeMs}`] : [];
    }),
  );
  return lines.flat().join('\n');
}

/** Whether there is nothing of that name, or no folder. */
const isAbsence = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Takes a folder out of sight, answers how to delete it. Does nothing where there is none. */
export async function takeAway(dir: string, id: string): Promise<() => Promise<void>> {
  const gone = newDraft(dir);
  await rename(join(dir, id), gone).catch((error) => {
    if (!isAbsence(error)) throw toSoyleError(error);
  });
  return () => rm(gone, { recursive: true, force: true });
}

export const isUnfinished = (name: string): boolean => UNFINISHED.test(name);

/** Deletes what killed processes were writing in a cache. */
export async function deleteUnfinished(cacheDir: string): Promise<void> {
  for (const name of (await readdir(cacheDir)).filter(isUnfinished)) {
    await deleteOlder(join(cacheDir, name), UNFINISHED_MS);
  }
}

async function deleteOlder(path: string, ms: number): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found && found.mtimeMs < Date.now() - ms) await rm(path, { recursive: true, force: true });
}

/**
 * Tells what came and what went from look to look, against the signatures that are `known` by id. What is new or changed
 * counts when it stays as it is for two looks, what is gone when it is for two: a folder may be half copied or replaced.
 */
export function createLook() {
  let unsettled = new Map<string, string>();
  let missing = new Set<string>();
  return (now: ReadonlyMap<string, string | undefined>, known: ReadonlyMap<string, string>) => {
    const changed = [...now].flatMap(([id, signature]): [string, string][] =>
      signature === undefined || known.get(id) === signature ? [] : [[id, signature]],
    );
    const absent = [...known.keys()].filter((id) => !now.has(id));
    const seen = {
      came: changed.filter(([id, signature]) => unsettled.get(id) === signature),
      went: absent.filter((id) => missing.has(id)),
    };
    unsettled = new Map(changed);
    missing = new Set(absent);
    return seen;
  };
}

/** Does `work` again and again, `ms` after the last time was over. */
export function repeat(ms: number, work: () => Promise<void>, log: Log): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout;
  let running = Promise.resolve();
  let stopped = false;
  const again = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      running = work()
        .catch((error) => log.warn({ err: error }, 'the folder of avatars cannot be looked at'))
        .finally(again);
    }, ms);
    timer.unref();
  };
  again();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
