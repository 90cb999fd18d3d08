import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { avatarUnknown, BootError, SoyleError, toSoyleError } from '../errors.ts';
import { isChosenId } from '../ids.ts';
import type { Framing } from './align.ts';
import { Entry } from './entry.ts';
import type { AvatarFacts } from './facts.ts';
import { faultOf, isVerdict } from './faults.ts';
import { deleteLeftovers, foldersIn, newDraft, repeat, signatureOf, strayWatch, takeAway } from './folder.ts';
import type { Footage, PreparedAvatar } from './footage.ts';
import { MANIFEST } from './manifest-faults.ts';
import { forgetPrepared } from './prepared.ts';
import { createPreparer, type PreparerOptions } from './preparer.ts';
import { AvatarShelf, type HeldAvatar } from './shelf.ts';
import { unless } from './unless.ts';
import { createWatch, type WatchSettings } from './watch.ts';

export interface LibraryOptions extends PreparerOptions, WatchSettings {
  /** The one that speaks where a request names none. */
  defaultId: string;
  /** Beyond it avatars that nobody uses are unloaded, bytes. */
  memoryBytes: number;
  openFootage(of: PreparedAvatar): Promise<Footage>;
  /** Told when `prepare` will soon be called. */
  expect?(): void;
  /** How often the folder is looked at; only once when absent. */
  watchMs?: number;
}

/** The server's avatars: those of one folder, prepared in the background, opened when they are wanted. */
export interface AvatarLibrary {
  /** By id. */
  list(): readonly AvatarFacts[];
  /** Throws `avatar_unknown`, naming those that can be used. */
  facts(id?: string): AvatarFacts;
  /**
   * The avatar as a model wants to see it, the default one where no id is given. Waits while it is being prepared, and
   * has it prepared anew, once, where what had been made of it is damaged. Rejects with `avatar_unknown`, what made it
   * fail, or the signal's reason.
   */
  open(id: string | undefined, framing: Framing, signal?: AbortSignal): Promise<HeldAvatar>;
  /** Somebody has begun to send an avatar: what will be needed for it gets ready. */
  expect(): void;
  /** A new folder in which files for `add` can be put. */
  draft(): Promise<string>;
  /** Moves a draft in as the avatar of that id and begins to prepare it. Rejects with `avatar_exists`. */
  add(id: string, draft: string): Promise<AvatarFacts>;
  /** Deletes an avatar and its files. Rejects with `avatar_unknown`, `avatar_bundled` or `avatar_default`. */
  remove(id: string): Promise<void>;
  /** What is told of an avatar, now and after every change, until it is ready, has failed or is gone. */
  follow(id: string, signal: AbortSignal): AsyncGenerator<AvatarFacts>;
  /** Resolves when nothing is being prepared any more. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What was made anew so short a time ago is not damaged by chance. */
const REMAKE_MS = 600_000;

/** Reads the folder. Avatars that cannot be used are listed as failed. Rejects with `BootError` if it cannot be read. */
export async function openLibrary(options: LibraryOptions): Promise<AvatarLibrary> {
  const { dir, defaultId, log } = options;
  const entries = new Map<string, Entry>();
  const shelf = new AvatarShelf({ memoryBytes: options.memoryBytes, open: options.openFootage });
  const preparer = createPreparer(options);
  /** Those whose folders are being taken away. */
  const leaving = new Set<string>();
  let closed = false;

  function find(id: string): Entry {
    const entry = entries.get(id);
    if (entry) return entry;
    throw avatarUnknown(
      id,
      [...entries.values()].map(({ facts }) => facts),
    );
  }

  /** Lists a folder, in place of what was listed under its name, and begins to prepare it. */
  function take(id: string, signature: string, came: Entry['came']): Entry {
    const before = entries.get(id);
    const facts: AvatarFacts = {
      ...{ id, name: id, kind: undefined, state: 'preparing', stage: 'waiting', progress: 0 },
      ...{ bundled: false, default: id === defaultId },
    };
    const entry = new Entry(facts, signature, came);
    entries.set(id, entry);
    shelf.drop(id);
    before?.leave();
    entry.done = preparer.prepare(entry);
    return entry;
  }

  function forget(id: string): void {
    const entry = entries.get(id);
    entries.delete(id);
    shelf.drop(id);
    entry?.leave();
  }

  /** The avatar of that id once it is ready, which may be another than it was when that was asked. */
  async function readyOf(id: string, signal?: AbortSignal): Promise<{ entry: Entry; ready: PreparedAvatar }> {
    for (;;) {
      const entry = find(id);
      await unless(entry.done, signal);
      if (entry.ready && entries.get(id) === entry) return { entry, ready: entry.ready };
      if (entries.get(id) === entry) throw entry.facts.error ?? new SoyleError('stopping');
    }
  }

  const strays = strayWatch(dir, log);
  const look = createWatch({ ...options, entries, leaving, take, forget, strays });
  const watching = options.watchMs === undefined ? undefined : repeat(options.watchMs, look, log);

  try {
    await deleteLeftovers(dir);
    for (const [id, signature = ''] of await foldersIn(dir, options.only)) take(id, signature, 'found');
    if (!options.only) await strays();
  } catch (error) {
    watching?.stop();
    throw new BootError(`The folder of avatars ${dir} cannot be read: ${String(error)}. Set AVATARS_DIR.`, error);
  }

  return {
    list: () => [...entries.values()].map(({ facts }) => facts).sort((a, b) => (a.id < b.id ? -1 : 1)),
    facts: (id = defaultId) => find(id).facts,

    async open(id = defaultId, framing, signal) {
      const { entry, ready } = await readyOf(id, signal);
      try {
        return await shelf.take(ready, framing, signal);
      } catch (error) {
        const remade = entry.came === 'remade' && Date.now() - entry.since < REMAKE_MS;
        if (signal?.aborted || closed || remade || !isDamage(error)) throw error;
        log.warn({ avatar: id, err: error }, 'what was made of an avatar is damaged and is made anew');
        await forgetPrepared(ready.cacheDir);
        if (entries.get(id) === entry) take(id, entry.signature, 'remade');
      }
      return shelf.take((await readyOf(id, signal)).ready, framing, signal);
    },

    expect: () => options.expect?.(),

    async draft() {
      const path = newDraft(dir);
      await mkdir(path).catch((error) => {
        throw toSoyleError(error);
      });
      return path;
    },

    async add(id, draft) {
      if (!isChosenId(id)) throw new RangeError('not an id of an avatar');
      const known = entries.get(id);
      if (known && known.facts.state !== 'failed') throw new SoyleError('avatar_exists', { avatar: id });
      try {
        await rename(draft, join(dir, id));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR') {
          throw new SoyleError('avatar_exists', { avatar: id });
        }
        throw toSoyleError(error);
      }
      return take(id, await signatureOf(join(dir, id)).catch(() => ''), 'added').facts;
    },

    async remove(id) {
      const { facts, done } = find(id);
      if (facts.bundled || (await isBundled(join(dir, id)))) throw new SoyleError('avatar_bundled', { avatar: id });
      if (facts.default) throw new SoyleError('avatar_default', { avatar: id });
      leaving.add(id);
      try {
        forget(id);
        const remove = await takeAway(dir, id);
        await done;
        await remove();
      } finally {
        leaving.delete(id);
      }
    },

    async *follow(id, signal) {
      for (let entry: Entry | undefined = find(id); entry; entry = entries.get(id)) {
        const told = entry.facts;
        yield told;
        if (told.state !== 'preparing') return;
        // What is over is not told any more; nobody would wake who waits for it.
        if (closed) throw new SoyleError('stopping');
        if (entry.facts === told && entries.get(id) === entry) await entry.changed(signal);
      }
    },

    async settled() {
      await Promise.all([...entries.values()].map(({ done }) => done));
    },

    async close() {
      closed = true;
      await watching?.stop();
      for (const entry of entries.values()) entry.leave(new SoyleError('stopping'));
      await Promise.all([...entries.values()].map(({ done }) => done));
      await preparer.close();
    },
  };
}

/** Whether an avatar's folder came with the server, whatever has become of its other files since. */
async function isBundled(dir: string): Promise<boolean> {
  const text = await readFile(join(dir, MANIFEST), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw toSoyleError(error);
  });
  return /"bundled"\s*:\s*true/.test(text);
}

/** Whether footage could not be opened for what its files hold, which can be made again. */
const isDamage = (error: unknown): boolean =>
  error instanceof BootError || (error instanceof SoyleError && isVerdict(faultOf(error, '')));
