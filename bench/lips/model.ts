import type { Framing } from '../../src/avatar/align.ts';
import type { LipSync } from '../../src/lipsync/lipsync.ts';
import type { Mel } from '../../src/types.ts';

/** The parts of a lips model, open: as the server uses it, and its two halves alone. */
export interface TestModel {
  name: string;
  framing: Framing;
  /** Bytes of all files it needs. */
  bytes: number;
  lips: LipSync;
  /**
   * What the sound alone says the mouth does: seven parameters for each of `frames` video frames. Nothing in it mutes
   * silence, so that it shows what the network itself makes of it.
   */
  listen(mel: Mel, frames: number): Promise<Float32Array[]>;
  /** Crops with that mouth: `reference` planar BGR bytes, one set of parameters a crop → planar BGR, 0 … 1. */
  draw(reference: Uint8Array, params: readonly ArrayLike<number>[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** As the issue wants it measured. */
export const BATCH = 8;
export const THREADS = 2;

/** `items` in pieces of at most `size`. */
export function* batches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** The same reference crop `count` times, bytes to 0 … 1. */
export function repeated(reference: Uint8Array, count: number): Float32Array {
  const out = new Float32Array(count * reference.length);
  for (let i = 0; i < reference.length; i++) out[i] = reference[i]! / 255;
  for (let copy = 1; copy < count; copy++) out.copyWithin(copy * reference.length, 0, reference.length);
  return out;
}
