import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { InstalledVoice } from '../voices/folder.ts';
import { SupervisedChild } from './child.ts';
import type { SherpaAnswer, SherpaRequest } from './sherpa-protocol.ts';

export interface SherpaPoolOptions {
  log: Log;
  /** Memory that all voices together may take; the least recently used are let go beyond it. */
  memoryBytes: number;
}

/** Added to the deadline of a request that has to load its voice first. */
const LOAD_MS = 30_000;
/** A process before it has said what it takes: Node.js and the library, and the files with room to work. */
const BASE_BYTES = 90 * 2 ** 20;
const BYTES_PER_FILE_BYTE = 1.6;

interface Place {
  voice: InstalledVoice;
  child: SupervisedChild<SherpaRequest, SherpaAnswer, Record<string, never>>;
  bytes: number;
  /** Requests under way. */
  users: number;
  loaded: boolean;
}

/** The processes of the voices in use, one for each, bounded by memory. */
export class SherpaPool {
  readonly #log: Log;
  readonly #memoryBytes: number;
  /** By voice and version of its folder, the least recently used first. */
  readonly #places = new Map<string, Place>();
  readonly #leaving = new Set<Promise<void>>();
  #closed = false;

  constructor({ log, memoryBytes }: SherpaPoolOptions) {
    this.#log = log;
    this.#memoryBytes = memoryBytes;
  }

  /** Ids of the voices that have a process, the least recently used first, and the processes' ids while they run. */
  get loaded(): ReadonlyMap<string, number | undefined> {
    return new Map(Array.from(this.#places.values(), ({ voice, child }) => [voice.id, child.pid]));
  }

  /** Throws what `SupervisedChild.ask` throws. */
  async ask(request: SherpaRequest, timeoutMs: number, signal: AbortSignal): Promise<SherpaAnswer> {
    signal.throwIfAborted();
    const place = await this.#placeOf(request.voice);
    place.users++;
    this.#makeRoom();
    try {
      const answer = await place.child.ask(request, timeoutMs + (place.loaded ? 0 : LOAD_MS), signal);
      place.bytes = answer.residentBytes;
      place.loaded = true;
      return answer;
    } finally {
      place.users--;
      this.#makeRoom();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const key of this.#places.keys()) this.#release(key);
    await Promise.all(this.#leaving);
  }

  async #placeOf(voice: InstalledVoice): Promise<Place> {
    const key = `${voice.id} ${voice.version}`;
    const bytes = BASE_BYTES + BYTES_PER_FILE_BYTE * (await sizeOf(voice));
    if (this.#closed) throw new SoyleError('stopping');
    const place = this.#places.get(key) ?? { voice, child: this.#start(voice), bytes, users: 0, loaded: false };
    // Last in the map is last used.
    this.#places.delete(key);
    this.#places.set(key, place);
    return place;
  }

  #start(voice: InstalledVoice): Place['child'] {
    const module = new URL('./sherpa-child.ts', import.meta.url);
    return new SupervisedChild({ name: `sherpa ${voice.id}`, module, log: this.#log });
  }

  #makeRoom(): void {
    let total = 0;
    for (const { bytes } of this.#places.values()) total += bytes;
    for (const [key, { bytes, users }] of this.#places) {
      if (total <= this.#memoryBytes) return;
      if (users > 0) continue;
      total -= bytes;
      this.#release(key);
    }
  }

  #release(key: string): void {
    const place = this.#places.get(key)!;
    this.#places.delete(key);
    const leaving = place.child.close();
    this.#leaving.add(leaving);
    leaving.then(() => this.#leaving.delete(leaving));
  }
}

async function sizeOf({ dir, files }: InstalledVoice): Promise<number> {
  const names = Object.values(files).filter((name) => name !== undefined);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(dir, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
