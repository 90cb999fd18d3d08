import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isChosenId } from '../ids.ts';
import type { Log } from '../log.ts';

/** Folders on their way in or out; what a crashed run left of them is deleted after an hour. */
const DRAFT = '.draft-';
const LEFTOVER_MS = 3_600_000;

/** A new path in `dir`, for a folder that is no avatar yet or no longer. */
export const newDraft = (dir: string): string => join(dir, `${DRAFT}${randomBytes(8).toString('hex')}`);

/** Deletes old drafts. */
export async function deleteLeftovers(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!name.startsWith(DRAFT)) continue;
    const found = await stat(join(dir, name)).catch(() => undefined);
    if (found && found.mtimeMs < Date.now() - LEFTOVER_MS) await rm(join(dir, name), { recursive: true, force: true });
  }
}

/** The folders of avatars in `dir`, or of these alone, by id, each with its signature. */
export async function foldersIn(dir: string, only?: readonly string[]): Promise<Map<string, string>> {
  const names = await readdir(dir, { withFileTypes: true });
  const folders = names.filter((one) => !one.isFile() && isChosenId(one.name)).map(({ name }) => name);
  const ids = folders.filter((id) => only?.includes(id) ?? true);
  const signed = await Promise.all(ids.map(async (id) => [id, await signatureOf(join(dir, id))] as const));
  return new Map(signed.flatMap(([id, signature]) => (signature === undefined ? [] : [[id, signature]])));
}

/** Names, sizes and times of what lies in a folder; `undefined` for what is none. */
export async function signatureOf(path: string): Promise<string | undefined> {
  try {
    const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
    const files = await Promise.all(names.map(async (name) => ({ name, ...(await stat(join(path, name))) })));
    return files.map(({ name, size, mtimeMs }) => `${name} ${size} ${mtimeMs}`).join('\n');
  } catch {
    return undefined;
  }
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
