import { toSoyleError } from '../errors.ts';
import type { MouthPatch } from '../types.ts';

/** A network that draws patches in batches, and where it draws them. */
export interface PatchNetwork<Buffers extends { patches: Float32Array }> {
  /** Side of its patches, pixels. */
  size: number;
  batchSize: number;
  /** Batches it computes at once. */
  workers: number;
  /** Buffers no inference uses at present; at most as many as streams ever needed at once. */
  spare: Buffers[];
  createBuffers(): Buffers;
}

/**
 * The patches of `frames`, in order. `draw` fills the buffers for up to `batchSize` frames and resolves when the network
 * has written their `patches`. One batch more than there are workers is under way, so that none waits while the
 * consumer uses a patch. Throws the signal's reason, or `lipsync_failed` for what `draw` throws.
 */
export async function* drawPatches<Buffers extends { patches: Float32Array }>(
  { size, batchSize, workers, spare, createBuffers }: PatchNetwork<Buffers>,
  frames: readonly number[],
  draw: (buffers: Buffers, frames: readonly number[]) => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<MouthPatch> {
  const plane = 3 * size * size;
  const running: { frames: readonly number[]; buffers: Buffers; done: Promise<void> }[] = [];
  let sent = 0;

  const keepBusy = (): void => {
    for (; sent < frames.length && running.length <= workers; sent += batchSize) {
      const batch = frames.slice(sent, sent + batchSize);
      const buffers = spare.pop() ?? createBuffers();
      const done = draw(buffers, batch);
      // Awaited later: a failure until then must not count as unhandled.
      done.catch(() => undefined);
      running.push({ frames: batch, buffers, done });
    }
  };

  try {
    keepBusy();
    for (let oldest = running[0]; oldest; oldest = running[0]) {
      await oldest.done;
      signal.throwIfAborted();
      running.shift();
      keepBusy();
      const { patches } = oldest.buffers;
      for (const [index, frame] of oldest.frames.entries()) {
        yield { frame, size, data: patches.subarray(index * plane, (index + 1) * plane) };
      }
      spare.push(oldest.buffers);
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : toSoyleError(error, 'lipsync_failed');
  } finally {
    // What still runs must not be left behind: the network may be closed next, and its buffers are needed again.
    await Promise.allSettled(running.map(({ done }) => done));
    spare.push(...running.map(({ buffers }) => buffers));
  }
}
