import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { MAX_RATE, MIN_RATE } from '../audio/resample.ts';
import type { WordTiming } from '../types.ts';
import type { SpeechOrigin } from './speech.ts';

/** An utterance as it is remembered. */
export interface KeptSpeech extends SpeechOrigin {
  /** Hz. */
  sampleRate: number;
  pcm: Int16Array;
  words?: WordTiming[];
}

export interface DiskCacheOptions {
  /** Made if missing; nothing else may lie in it. Several caches, of other processes too, may share it. */
  dir: string;
  maxBytes: number;
  ttlMs: number;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** The first line of an entry's file; the samples follow it, 16-bit little-endian. */
const headSchema = z.object({
  version: z.literal(1),
  sha256: z.string(),
  sampleRate: z.number().int().min(MIN_RATE).max(MAX_RATE),
  words: z
    .array(z.object({ text: z.string(), startMs: z.number(), endMs: z.number(), textOffset: z.number().int() }))
    .optional(),
  engine: z.string().optional(),
  voice: z.string().optional(),
  warnings: z
    .array(z.custom<NonNullable<KeptSpeech['warnings']>[number]>((word) => typeof word === 'string'))
    .optional(),
});

const NEWLINE = 0x0a;
const ENTRY = /^[0-9a-f]{64}$/;
const PART = /^[0-9a-f]{64}\..*\.part$/;
/** Nobody writes a file for so long: one that is older was left by a process that died. By the file system's clock. */
const STALE_PART_MS = 10 * 60_000;

/**
 * Remembered speech in a folder, one file for each: bounded by bytes, the longest unused goes first, nothing is older
 * than its time to live. Files appear whole or not at all; one that was damaged counts as absent.
 */
export class DiskCache {
  readonly #options: DiskCacheOptions;
  readonly #now: () => number;
  /** Bytes by name, the longest unused first. */
  readonly #entries = new Map<string, number>();
  #bytes = 0;

  private constructor(options: DiskCacheOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Reads what earlier runs left there. */
  static async open(options: DiskCacheOptions): Promise<DiskCache> {
    const cache = new DiskCache(options);
    await mkdir(options.dir, { recursive: true });
    const found = await Promise.all(
      (await readdir(options.dir)).map(async (name) => {
        const { mtimeMs, size } = await stat(join(options.dir, name)).catch(() => ({ mtimeMs: 0, size: 0 }));
        return { name, mtimeMs, size };
      }),
    );
    for (const { name, size, mtimeMs } of found.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (ENTRY.test(name) && mtimeMs + options.ttlMs > cache.#now()) cache.#add(name, size);
      else if (ENTRY.test(name) || (PART.test(name) && mtimeMs + STALE_PART_MS < Date.now())) {
        await rm(join(options.dir, name), { force: true });
      }
    }
    await cache.#shrink();
    return cache;
  }

  /** Bytes of all entries. */
  get bytes(): number {
    return this.#bytes;
  }

  async get(key: string): Promise<KeptSpeech | undefined> {
    const size = this.#entries.get(key);
    if (size === undefined) return undefined;
    const path = join(this.#options.dir, key);
    try {
      const { mtimeMs } = await stat(path);
      if (mtimeMs + this.#options.ttlMs <= this.#now()) throw new Error('too old');
      const speech = decode(await readFile(path));
      this.#entries.delete(key);
      this.#entries.set(key, size);
      return speech;
    } catch {
      await this.#drop(key);
      return undefined;
    }
  }

  async set(key: string, speech: KeptSpeech): Promise<void> {
    const bytes = encode(speech);
    if (bytes.length > this.#options.maxBytes) return;
    const part = join(this.#options.dir, `${key}.${process.pid}-${randomBytes(6).toString('hex')}.part`);
    try {
      await writeFile(part, bytes, { mode: 0o600 });
      const now = this.#now() / 1000;
      await utimes(part, now, now);
      await rename(part, join(this.#options.dir, key));
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    this.#add(key, bytes.length);
    await this.#shrink();
  }

  #add(key: string, size: number): void {
    this.#bytes += size - (this.#entries.get(key) ?? 0);
    this.#entries.delete(key);
    this.#entries.set(key, size);
  }

  async #drop(key: string): Promise<void> {
    this.#bytes -= this.#entries.get(key) ?? 0;
    this.#entries.delete(key);
    await rm(join(this.#options.dir, key), { force: true });
  }

  async #shrink(): Promise<void> {
    for (const key of this.#entries.keys()) {
      if (this.#bytes <= this.#options.maxBytes) return;
      await this.#drop(key);
    }
  }
}

function encode({ pcm, sampleRate, words, engine, voice, warnings }: KeptSpeech): Buffer {
  const samples = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const sha256 = createHash('sha256').update(samples).digest('hex');
  const head: z.input<typeof headSchema> = {
    ...{ version: 1, sha256, sampleRate, words, engine, voice },
    warnings: warnings && [...warnings],
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), samples]);
}

/** Throws for anything that is not a whole entry. */
function decode(bytes: Buffer): KeptSpeech {
  const end = bytes.indexOf(NEWLINE);
  const { version: _, sha256, ...head } = headSchema.parse(JSON.parse(bytes.toString('utf8', 0, end)));
  const samples = bytes.subarray(end + 1);
  if (createHash('sha256').update(samples).digest('hex') !== sha256) throw new Error('damaged');
  // A copy begins at an even address and holds nothing else.
  return { ...head, pcm: new Int16Array(new Uint8Array(samples).buffer) };
}
