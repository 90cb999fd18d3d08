import type { Entry } from './entry.ts';
import { createLook, foldersIn } from './folder.ts';

const MOURN_MS = 3_600_000;
const RETRY_MS = 60_000;
/** So often an avatar is tried again; after that a start of the server does, or a change of its folder. */
const RETRIES = 6;
/** And so often if it took too long: for minutes nobody else's turn came meanwhile. */
const RETRIES_LATE = 1;

/** What its owner may choose. */
export interface WatchSettings {
  /** Of what lies in the folder already, these alone are listed; all of it when absent. */
  only?: readonly string[];
  /** How long is told why an upload failed that is no longer on the disk; an hour when absent. */
  mournMs?: number;
  /** How long after a fault of the server an avatar is tried again, twice as long every time; a minute when absent. */
  retryMs?: number;
}

interface WatchOptions extends WatchSettings {
  dir: string;
  /** What is listed, by id. */
  entries: ReadonlyMap<string, Entry>;
  /** Those whose folders are being taken away. */
  leaving: ReadonlySet<string>;
  /** Lists a folder, in place of what was listed under its name. */
  take(id: string, signature: string, came: Entry['came']): void;
  forget(id: string): void;
  /** Says what lies there that can be no avatar. */
  strays(): Promise<void>;
}

/**
 * Compares what lies in the folder with what is listed, each time it is called: new and changed folders are taken, absent
 * ones forgotten, and those tried again that failed for a fault of the server.
 */
export function createWatch(options: WatchOptions): () => Promise<void> {
  const { dir, only, entries, leaving, take, forget, strays, mournMs = MOURN_MS, retryMs = RETRY_MS } = options;
  const compare = createLook();
  /** How often each was tried again. */
  const retries = new Map<string, number>();

  /** Tries again what failed for a fault of the server, once it is time. */
  function retry({ facts: { id, error }, failure, signature, came }: Entry): void {
    const before = retries.get(id) ?? 0;
    if (!failure || !error?.retryable || before >= (failure.late ? RETRIES_LATE : RETRIES)) return;
    if (failure.at + retryMs * 2 ** before > Date.now()) return;
    retries.set(id, before + 1);
    take(id, signature, came);
  }

  return async () => {
    const before = new Map(entries);
    const now = await foldersIn(dir, only);
    // What was added or removed during the look is for the next one.
    const same = (id: string): boolean => entries.get(id) === before.get(id) && !leaving.has(id);
    const { came, went } = compare(now, new Map([...before].map(([id, { signature }]) => [id, signature])));
    for (const [id, signature] of came) {
      if (!same(id)) continue;
      retries.delete(id);
      take(id, signature, 'found');
    }
    // Whoever sent what was deleted wants to know why.
    for (const id of went) if (same(id) && !entries.get(id)?.failure?.deleted) forget(id);
    for (const [id, { failure }] of entries) if (failure?.deleted && failure.at + mournMs <= Date.now()) forget(id);
    for (const id of retries.keys()) if (entries.get(id)?.ready || !entries.has(id)) retries.delete(id);
    for (const entry of entries.values()) retry(entry);
    if (!only) await strays();
  };
}
