import { type SoyleError, toSoyleError } from '../errors.ts';
import { newChunkId } from '../ids.ts';
import type { Log } from '../log.ts';
import { planChunks, renderStream, renderWhole } from '../pipeline.ts';
import { type BrokenChunk, discardChunk, type Studio } from '../render.ts';
import type { Storage } from '../storage/storage.ts';
import { type Chunk, type ChunkText, VIDEO_EXTENSIONS } from '../types.ts';
import type { JobEvent, RenderJob, StoredChunk } from './job.ts';

/** Does one job; the queue decides when. */
export type Runner = (job: RenderJob, turns: Pick<Studio, 'turn'>, signal: AbortSignal) => AsyncGenerator<JobEvent>;

export interface RunnerDeps {
  studio: Omit<Studio, 'turn'>;
  storage: Storage;
  log: Log;
  /** Told after every chunk whether it could be made. */
  onChunk?(made: boolean): void;
}

/** Renders a job's chunks and moves each into storage before it is announced. Only an abort throws. */
export function createRunner({ studio, storage, log, onChunk }: RunnerDeps): Runner {
  return async function* run(job, turns, signal) {
    const texts = planChunks(job);
    yield { type: 'start', texts: texts.map(({ text }) => text) };
    for await (const result of render(job, texts, { ...studio, ...turns }, signal)) {
      const stored = 'error' in result ? result.error : await store(result, storage);
      signal.throwIfAborted();
      onChunk?.(!('code' in stored));
      if ('code' in stored) {
        log.error(
          { request_id: job.requestId, chunk: result.index, code: stored.code, err: stored.cause ?? stored },
          'a chunk failed',
        );
        const { code, params } = stored;
        yield { type: 'failed', chunk: { index: result.index, text: result.text, code, params } };
      } else {
        yield { type: 'chunk', chunk: stored };
      }
    }
  };
}

async function* render(
  job: RenderJob,
  texts: readonly ChunkText[],
  studio: Studio,
  signal: AbortSignal,
): AsyncGenerator<Chunk | BrokenChunk> {
  if (job.kind === 'whole') yield await renderWhole(job, studio, signal);
  else yield* renderStream({ ...job, texts }, studio, signal);
}

async function store(chunk: Chunk, storage: Storage): Promise<StoredChunk | SoyleError> {
  const id = newChunkId(chunk.index);
  try {
    await storage.put(`${id}.wav`, chunk.audioPath);
    await storage.put(`${id}.${VIDEO_EXTENSIONS[chunk.format]}`, chunk.videoPath);
  } catch (error) {
    await Promise.allSettled([discardChunk(chunk), storage.remove(`${id}.wav`)]);
    return toSoyleError(error);
  }
  const { index, text, durationMs, endPose, format, words, engine, engines, degraded, warnings } = chunk;
  return { index, text, id, durationMs, endPose, format, words, engine, engines, degraded, warnings };
}
