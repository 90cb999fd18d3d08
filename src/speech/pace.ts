import type { Sound } from '../types.ts';
import { untilAborted } from './expiring.ts';

export interface PaceOptions {
  /** How long the making of the sound may take without keeping ahead of whoever listens. */
  graceMs: number;
  /** Called when it takes longer; aborts `signal`. */
  late(): void;
  signal: AbortSignal;
}

/**
 * The same sound, as long as it comes soon enough: all of it within the grace, or beyond that so fast that a listener who
 * began with the first of it would not run dry. Only the waiting for the sound counts, not that of a slow reader.
 * Rejects with the signal's reason.
 */
export async function* inTime(
  { pcm, sampleRate }: Sound,
  { graceMs, late, signal }: PaceOptions,
): AsyncGenerator<Int16Array> {
  const source = pcm[Symbol.asyncIterator]();
  let waitedMs = 0;
  let soundMs = 0;
  try {
    for (;;) {
      const since = performance.now();
      const timer = setTimeout(late, Math.max(graceMs, soundMs) - waitedMs);
      const { value, done } = await untilAborted(source.next(), signal).finally(() => clearTimeout(timer));
      if (done) return;
      waitedMs += performance.now() - since;
      soundMs += (1000 * value.length) / sampleRate;
      yield value;
    }
  } finally {
    // An engine that is still at work takes notice of the signal, or of nothing.
    void source.return?.().catch(() => undefined);
  }
}
