import type { FailedChunk, JobEvent, StoredChunk } from '../jobs/job.ts';
import type { Language, TextLanguage } from '../types.ts';
import { failureOf } from './errors.ts';
import type { AnswerChunk } from './schemas.ts';

/** How one request wants its chunks described. */
export interface ChunksView {
  /** What goes before `/api/…` in URLs. */
  prefix: string;
  /** Language that is spoken, as it was asked for. */
  language: TextLanguage;
  /** Language of error texts. */
  messages: Language;
  wordTimings: boolean;
  /** Chunks tell where the avatar's loop goes on. */
  poses: boolean;
}

export interface ChunksStart {
  total_chunks: number;
  language: TextLanguage;
  chunks: { index: number; text: string }[];
}

/** `success` unless every chunk failed; then `error` and `code` are those of the first. */
export interface ChunksDone {
  success: boolean;
  error?: string;
  code?: string;
  total_chunks: number;
  language: TextLanguage;
}

export type ChunkEvent =
  | { event: 'start'; data: ChunksStart }
  | { event: 'chunk'; data: AnswerChunk }
  | { event: 'done'; data: ChunksDone };

/** A job's events as a client reads them, in either form of answer. */
export async function* answerChunks(job: AsyncIterable<JobEvent>, view: ChunksView): AsyncGenerator<ChunkEvent> {
  const { language } = view;
  let total = 0;
  const failed: FailedChunk[] = [];
  for await (const event of job) {
    if (event.type === 'start') {
      total = event.texts.length;
      const chunks = event.texts.map((text, index) => ({ index, text }));
      yield { event: 'start', data: { total_chunks: total, language, chunks } };
    } else if (event.type === 'chunk') {
      yield { event: 'chunk', data: readyChunk(event.chunk, view) };
    } else {
      failed.push(event.chunk);
      yield { event: 'chunk', data: failedChunk(event.chunk, view) };
    }
  }
  const [first] = failed;
  const failure = first && failed.length === total ? explain(first, view) : undefined;
  yield { event: 'done', data: { success: !failure, ...failure, total_chunks: total, language } };
}

function readyChunk(stored: StoredChunk, view: ChunksView): AnswerChunk {
  const { index, text, id, durationMs, endPose, format, words, engine, engines, degraded, warnings } = stored;
  const chunk = {
    index,
    text,
    video_url: `${view.prefix}/api/chunk/video/${id}`,
    audio_url: `${view.prefix}/api/chunk/audio/${id}`,
    duration: durationMs / 1000,
    format: format === 'mp4' ? undefined : format,
    end_pose: view.poses ? endPose : undefined,
    engine,
    engines: engines && [...engines],
    degraded,
    warnings: warnings && [...warnings],
  };
  if (!view.wordTimings) return chunk;
  return {
    ...chunk,
    words: words.map((word) => ({
      text: word.text,
      start: Math.round(word.startMs) / 1000,
      end: Math.round(word.endMs) / 1000,
      offset: word.textOffset,
    })),
  };
}

const failedChunk = (chunk: FailedChunk, view: ChunksView): AnswerChunk => ({
  index: chunk.index,
  text: chunk.text,
  ...explain(chunk, view),
});

function explain(chunk: FailedChunk, { messages }: ChunksView) {
  const failure = failureOf(chunk);
  return { error: failure.text(messages), code: failure.code };
}
