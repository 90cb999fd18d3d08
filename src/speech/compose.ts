import type { Log } from '../log.ts';
import { SpeechCache } from './cache.ts';
import { DiskCache } from './cache-disk.ts';
import { CachedEngine } from './cached.ts';
import { SpeechChain } from './chain.ts';
import { GuardedEngine, type GuardOptions } from './guard.ts';
import { createSpeechEngine, type SpeechEngineOptions } from './index.ts';
import type { SpeechEngine } from './speech.ts';
import { TextLeft } from './text-left.ts';
import { TimedEngine } from './timed.ts';

export interface SpeechCacheSettings {
  /** Of sound kept in memory, bytes; 0 keeps none. */
  memoryBytes: number;
  /** Of sound kept in `dir`; 0 keeps none. */
  diskBytes: number;
  dir: string;
  ttlMs: number;
}

export interface SpeechSettings {
  /** Names of engines, in the order in which they are asked; `espeak` comes last if it is not among them. */
  engines: readonly string[];
  options: SpeechEngineOptions;
  guard: Omit<GuardOptions, 'log'>;
  cache: SpeechCacheSettings;
}

/** All voices of a server: one engine, and those behind it. */
export interface SpeechHouse {
  chain: SpeechEngine;
  engines: readonly SpeechEngine[];
}

const EMBEDDED = 'espeak';
/** It needs no pause to recover, and must not be left alone for what somebody else's text did to it. */
const EMBEDDED_GUARD = { attempts: 2, failures: Number.MAX_SAFE_INTEGER };

/**
 * Puts the voices together, not started yet: each engine guarded, timed and remembered, one behind the other. Throws
 * `BootError` for an engine that lacks a setting.
 */
export async function composeSpeech({ engines: names, options, guard, cache }: SpeechSettings): Promise<SpeechHouse> {
  const { log } = options;
  const order = [...new Set([...names, EMBEDDED])];
  const alone = order.length === 1;
  const { embedded, others } = await guardedEngines(order, options, guard);
  const { ttlMs } = cache;
  const maxBytes = Math.max(1, Math.floor(alone ? cache.memoryBytes : cache.memoryBytes / 2));
  // espeak-ng speaks as fast as a disk answers: its sound is kept in memory alone.
  const quick = new SpeechCache({ maxBytes, ttlMs, log });
  const lasting = alone ? quick : new SpeechCache({ maxBytes, ttlMs, disk: await openDisk(cache, log), log });
  const engines = order.map((name) => {
    const guarded = others.get(name);
    if (!guarded) return new CachedEngine(embedded, quick);
    return new CachedEngine(new TimedEngine(guarded, embedded, log), lasting, settingsOf(name, options));
  });
  const left = new TextLeft(embedded);
  return { chain: new SpeechChain(engines, { log, left, pauseMs: guard.pauseMs }), engines };
}

/** All engines by their names, the embedded one apart. When one lacks a setting, those before it are closed. */
async function guardedEngines(
  names: readonly string[],
  options: SpeechEngineOptions,
  guard: Omit<GuardOptions, 'log'>,
): Promise<{ embedded: SpeechEngine; others: ReadonlyMap<string, SpeechEngine> }> {
  const { log } = options;
  const embedded = new GuardedEngine(await createSpeechEngine(EMBEDDED, options), { ...guard, ...EMBEDDED_GUARD, log });
  const others = new Map<string, SpeechEngine>();
  try {
    for (const name of names.filter((name) => name !== EMBEDDED)) {
      others.set(name, new GuardedEngine(await createSpeechEngine(name, options), { ...guard, log }));
    }
    return { embedded, others };
  } catch (error) {
    await Promise.all([embedded, ...others.values()].map((engine) => engine.close()));
    throw error;
  }
}

/** An engine's own settings: its server, its default voice and the like. */
const settingsOf = (name: string, options: SpeechEngineOptions): unknown =>
  new Map<string, unknown>(Object.entries(options)).get(name);

/** The cache's folder; without one what is remembered ends with the process. */
async function openDisk({ dir, diskBytes, ttlMs }: SpeechCacheSettings, log: Log): Promise<DiskCache | undefined> {
  if (diskBytes === 0) return undefined;
  try {
    return await DiskCache.open({ dir, maxBytes: diskBytes, ttlMs });
  } catch (error) {
    log.warn({ err: error, dir }, 'the folder of remembered speech cannot be used');
    return undefined;
  }
}
