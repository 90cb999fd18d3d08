import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BootError, SoyleError, toSoyleError } from '../errors.ts';
import { isChosenId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Framing } from './align.ts';
import { openFolder } from './cache.ts';
import type { AvatarFacts, Stage } from './facts.ts';
import { deleteLeftovers, foldersIn, newDraft, repeat, signatureOf } from './folder.ts';
import { type Footage, idlePath, type PreparedAvatar, posterPath } from './load.ts';
import { type AvatarSource, readAvatarSource } from './manifest.ts';
import { readPrepared } from './prepared.ts';
import { AvatarShelf, type HeldAvatar } from './shelf.ts';

export interface LibraryOptions {
  /** Folder with a folder for each avatar; a name that begins with a dot is none. */
  dir: string;
  /** The one that speaks where a request names none. */
  defaultId: string;
  /** Beyond it avatars that nobody uses are unloaded, bytes. */
  memoryBytes: number;
  /** Does what `prepareAvatar` does, the default avatar's and uploads before others'. */
  prepare(
    order: { dir: string; cacheDir: string },
    how: { priority: number; onProgress(stage: Stage, progress: number): void; signal: AbortSignal },
  ): Promise<void>;
  openFootage(of: PreparedAvatar): Promise<Footage>;
  /** How often the folder is looked at; only once when absent. */
  watchMs?: number;
  /** Of what lies in the folder already, these alone are listed; all of it when absent. */
  only?: readonly string[];
  log: Log;
}

/** The server's avatars: those of one folder, prepared in the background, opened when they are wanted. */
export interface AvatarLibrary {
  /** By id. */
  list(): readonly AvatarFacts[];
  /** Throws `avatar_unknown`, naming what there is. */
  facts(id?: string): AvatarFacts;
  /**
   * The avatar as a model wants to see it, the default one where no id is given. Waits while it is being prepared. Rejects
   * with `avatar_unknown`, what made it fail, or the signal's reason.
   */
  open(id: string | undefined, framing: Framing, signal?: AbortSignal): Promise<HeldAvatar>;
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

const PRIORITY = { default: 2, added: 1, found: 0 } as const;

interface Entry {
  facts: AvatarFacts;
  /** What the folder held when it was last looked at. */
  signature: string;
  stop: AbortController;
  /** Resolves, whatever comes of it, when the avatar is ready or has failed. */
  done: Promise<void>;
  ready?: PreparedAvatar;
  listeners: Set<() => void>;
}

/** Reads the folder. Avatars that cannot be used are listed as failed. Rejects with `BootError` if it cannot be read. */
export async function openLibrary(options: LibraryOptions): Promise<AvatarLibrary> {
  const { dir, defaultId, log } = options;
  const entries = new Map<string, Entry>();
  const shelf = new AvatarShelf({ memoryBytes: options.memoryBytes, open: options.openFootage });
  const temporary: string[] = [];
  let closed = false;

  function find(id: string): Entry {
    const entry = entries.get(id);
    if (entry) return entry;
    throw new SoyleError('avatar_unknown', { avatar: shortened(id), known: [...entries.keys()].sort().join(', ') });
  }

  function tell(entry: Entry, change: Partial<AvatarFacts>): void {
    entry.facts = { ...entry.facts, ...change };
    wake(entry);
  }

  /** Lists a folder, in place of what was listed under its name, and begins to prepare it. */
  function take(id: string, signature: string, priority: number): Entry {
    entries.get(id)?.stop.abort(new SoyleError('aborted'));
    shelf.drop(id);
    const facts: AvatarFacts = {
      ...{ id, name: id, kind: undefined, state: 'preparing', stage: 'waiting', progress: 0 },
      ...{ bundled: false, default: id === defaultId },
    };
    const entry: Entry = {
      facts,
      signature,
      stop: new AbortController(),
      done: Promise.resolve(),
      listeners: new Set(),
    };
    entries.set(id, entry);
    entry.done = prepare(entry, priority);
    return entry;
  }

  async function prepare(entry: Entry, priority: number): Promise<void> {
    const { signal } = entry.stop;
    const { id } = entry.facts;
    let source: AvatarSource | undefined;
    try {
      source = { ...(await readAvatarSource(join(dir, id))), id };
      tell(entry, await saidOf(source));
      const cacheDir = await cacheOf(id);
      let prepared = await readPrepared(source, cacheDir, { log, signal });
      signal.throwIfAborted();
      if (!prepared) {
        const onProgress = (stage: Stage, progress: number) => tell(entry, { stage, progress });
        await options.prepare({ dir: join(dir, id), cacheDir }, { priority, onProgress, signal });
        prepared = await readPrepared(source, cacheDir, { log, signal });
      }
      if (!prepared) throw new BootError(`Avatar folder ${join(dir, id)} changed while it was being prepared.`);
      const ready = { source, prepared, cacheDir };
      entry.ready = ready;
      tell(entry, { state: 'ready', progress: 1, stage: undefined, ...shownOf(ready) });
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ avatar: id, err: error }, 'an avatar cannot be used');
      // Nobody keeps the picture of somebody whose avatar does not exist.
      if (source?.consent) await rm(join(dir, id), { recursive: true, force: true });
      tell(entry, { state: 'failed', stage: undefined, error: faultOf(error, dir) });
    }
  }

  async function cacheOf(id: string): Promise<string> {
    const wanted = join(dir, id, '.cache');
    const cacheDir = await openFolder(wanted, log);
    if (cacheDir !== wanted) temporary.push(cacheDir);
    return cacheDir;
  }

  /** What a folder was at the last look, for those that are new or changed: they are taken when they stay as they are. */
  let unsettled = new Map<string, string>();

  async function look(): Promise<void> {
    const now = await foldersIn(dir, options.only);
    const changed = [...now].filter(([id, signature]) => entries.get(id)?.signature !== signature);
    for (const [id, signature] of changed) {
      if (unsettled.get(id) === signature && !closed) take(id, signature, PRIORITY.found);
    }
    unsettled = new Map(changed);
    for (const [id, entry] of entries) {
      // A failed upload has no folder any more, but whoever sent it wants to know why.
      if (!now.has(id) && !(entry.facts.state === 'failed' && entry.facts.consentAt)) forget(id);
    }
  }

  function forget(id: string): void {
    const entry = entries.get(id);
    entries.delete(id);
    shelf.drop(id);
    entry?.stop.abort(new SoyleError('aborted'));
    if (entry) wake(entry);
  }

  const watching = options.watchMs === undefined ? undefined : repeat(options.watchMs, look, log);

  try {
    await deleteLeftovers(dir);
    for (const [id, signature] of await foldersIn(dir, options.only)) {
      take(id, signature, id === defaultId ? PRIORITY.default : PRIORITY.found);
    }
  } catch (error) {
    watching?.stop();
    throw new BootError(`The folder of avatars ${dir} cannot be read: ${String(error)}. Set AVATARS_DIR.`, error);
  }

  return {
    list: () => [...entries.values()].map(({ facts }) => facts).sort((a, b) => (a.id < b.id ? -1 : 1)),
    facts: (id = defaultId) => find(id).facts,

    async open(id = defaultId, framing, signal) {
      const entry = find(id);
      await unless(entry.done, signal);
      if (!entry.ready) throw entry.facts.error ?? find(id).facts.error ?? new SoyleError('stopping');
      return shelf.take(entry.ready, framing, signal);
    },

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
      const entry = take(id, (await signatureOf(join(dir, id))) ?? '', PRIORITY.added);
      return entry.facts;
    },

    async remove(id) {
      const { facts, done } = find(id);
      const source = await readAvatarSource(join(dir, id)).catch(() => undefined);
      if (source?.bundled) throw new SoyleError('avatar_bundled', { avatar: id });
      if (facts.default) throw new SoyleError('avatar_default', { avatar: id });
      forget(id);
      await done;
      const gone = newDraft(dir);
      await rename(join(dir, id), gone).catch(ignoreAbsence);
      await rm(gone, { recursive: true, force: true });
    },

    async *follow(id, signal) {
      const entry = find(id);
      for (;;) {
        const told = entry.facts;
        yield told;
        if (told.state !== 'preparing' || entries.get(id) !== entry) return;
        if (entry.facts === told) await changeOf(entry, signal);
      }
    },

    async settled() {
      await Promise.all([...entries.values()].map(({ done }) => done));
    },

    async close() {
      closed = true;
      await watching?.stop();
      for (const { stop } of entries.values()) stop.abort(new SoyleError('stopping'));
      await Promise.all([...entries.values()].map(({ done }) => done));
      await Promise.all(temporary.map((path) => rm(path, { recursive: true, force: true })));
    },
  };
}

/** What its description says of an avatar. */
async function saidOf({ name, kind, bundled, licence, origin, consent, path }: AvatarSource) {
  const { birthtimeMs, mtimeMs } = await stat(path);
  const createdAt = Math.floor(birthtimeMs || mtimeMs);
  return { name, kind, bundled, licence, origin, createdAt, consentAt: consent?.at };
}

function shownOf(ready: PreparedAvatar): Partial<AvatarFacts> {
  const { prepared, cacheDir } = ready;
  const { width, height, frames, report, preview } = prepared;
  const paths = { posterPath: posterPath(ready), idlePath: idlePath(ready), previewPath: join(cacheDir, preview) };
  return { width, height, frames, report, ...paths };
}

/** What failed as clients may read it: where on this machine the folder lies is nobody's business. */
export function faultOf(error: unknown, dir: string): SoyleError {
  if (!(error instanceof BootError)) return toSoyleError(error);
  if (error.cause instanceof SoyleError) return new SoyleError(error.cause.code, error.cause.params, error);
  const detail = error.message.replaceAll(`${dir}/`, '').replaceAll(dir, basename(dir));
  return new SoyleError('avatar_unusable', { detail }, error);
}

function wake({ listeners }: Entry): void {
  const waiting = [...listeners];
  listeners.clear();
  for (const listener of waiting) listener();
}

/** Resolves at the next change; rejects with the signal's reason. */
function changeOf({ listeners }: Entry, signal: AbortSignal): Promise<void> {
  return unless(new Promise<void>((resolve) => listeners.add(resolve)), signal);
}

/** The promise, or the signal's reason if that aborts before. */
function unless<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

const ignoreAbsence = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOENT') throw toSoyleError(error);
};

/** An id that does not exist may be anything. */
const shortened = (id: string): string => (id.length > 64 ? `${id.slice(0, 64)}…` : id);
