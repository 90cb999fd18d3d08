import { LRUCache } from 'lru-cache';
import type { Log } from '../log.ts';
import type { DiskCache, KeptSpeech } from './cache-disk.ts';

export interface SpeechCacheOptions {
  /** Of sound kept in memory, bytes. */
  maxBytes: number;
  ttlMs: number;
  /** What memory drops may still lie there. */
  disk?: DiskCache;
  log: Log;
  /** Milliseconds. */
  now?: () => number;
}

/** What an entry and each of its words weigh besides the sound, bytes. */
const ENTRY_BYTES = 512;
const WORD_BYTES = 128;

/** Remembered speech of all engines: the memory's least recently used goes first, a disk remembers more of it. */
export class SpeechCache {
  readonly #memory: LRUCache<string, KeptSpeech>;
  readonly #disk: DiskCache | undefined;
  readonly #log: Log;
  readonly #writing = new Set<Promise<void>>();

  constructor({ maxBytes, ttlMs, disk, log, now }: SpeechCacheOptions) {
    this.#memory = new LRUCache({
      ...{ maxSize: maxBytes, ttl: ttlMs, ttlResolution: 0 },
      sizeCalculation: ({ pcm, words = [] }) => ENTRY_BYTES + pcm.byteLength + WORD_BYTES * words.length,
      ...(now && { perf: { now } }),
    });
    this.#disk = disk;
    this.#log = log;
  }

  async get(key: string): Promise<KeptSpeech | undefined> {
    const held = this.#memory.get(key);
    if (held || !this.#disk) return held;
    const found = await this.#disk.get(key);
    if (found) this.#memory.set(key, found);
    return found;
  }

  /** Remembers at once; the disk follows in its own time. */
  set(key: string, speech: KeptSpeech): void {
    this.#memory.set(key, speech);
    if (!this.#disk) return;
    const writing = this.#disk
      .set(key, speech)
      .catch((error) => this.#log.warn({ err: error }, 'remembered speech cannot be written'))
      .finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  /** Resolves when everything is on disk. */
  async flush(): Promise<void> {
    await Promise.all(this.#writing);
  }
}
