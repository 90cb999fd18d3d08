import { type SoyleError, toSoyleError } from '../errors.ts';
import { newChunkId } from '../ids.ts';
import type { Log } from '../log.ts';
import { discardChunk, planChunks, renderStream } from '../pipeline.ts';
import type { Engines } from '../render.ts';
import type { Storage } from '../storage/storage.ts';
import type { Chunk } from '../types.ts';
import type { JobEvent, RenderJob, StoredChunk } from './job.ts';

/** Does one job; the queue decides when. */
export type Runner = (job: RenderJob, engines: Pick<Engines, 'turn'>, signal: AbortSignal) => AsyncGenerator<JobEvent>;

export interface RunnerDeps {
  engines: Omit<Engines, 'turn'>;
  storage: Storage;
  log: Log;
  /** Told after every chunk whether it could be made. */
  onChunk?(made: boolean): void;
}

/** Renders a job's chunks and moves each into storage before it is announced. Only an abort throws. */
export function createRunner({ engines, storage, log, onChunk }: RunnerDeps): Runner {
  return async function* run(job, { turn }, signal) {
    const texts = planChunks(job);
    yield { type: 'start', texts: texts.map(({ text }) => text) };
    for await (const result of renderStream({ texts, language: job.language }, { ...engines, turn }, signal)) {
      const stored = 'error' in result ? result.error : await store(result, storage);
      signal.throwIfAborted();
      onChunk?.(!('code' in stored));
      if ('code' in stored) {
        log.error({ err: stored, cause: stored.cause, chunk: result.index }, 'a chunk failed');
        yield { type: 'failed', chunk: { index: result.index, text: result.text, code: stored.code } };
      } else {
        yield { type: 'chunk', chunk: stored };
      }
    }
  };
}

async function store(chunk: Chunk, storage: Storage): Promise<StoredChunk | SoyleError> {
  const id = newChunkId(chunk.index);
  try {
    await storage.put(`${id}.wav`, chunk.audioPath);
    await storage.put(`${id}.mp4`, chunk.videoPath);
  } catch (error) {
    await Promise.all([discardChunk(chunk), storage.remove(`${id}.wav`)]);
    return toSoyleError(error);
  }
  return { index: chunk.index, text: chunk.text, id, durationMs: chunk.durationMs, words: chunk.words };
}
