import type { SoyleError } from '../errors.ts';
import type { SayRequest } from '../say.ts';
import type { Look, Spoken, VideoFormat, WordTiming } from '../types.ts';

export type { SaidStream, SayRequest } from '../say.ts';

/** What is asked of the renderer, as plain JSON so that it can travel through any queue. */
export interface RenderJob extends Omit<SayRequest, 'languages'> {
  /** The id the log knows the request by. */
  requestId: string;
  /** `chunks`: split by words; `whole`: the entire text as one chunk. */
  kind: 'chunks' | 'whole';
  chunkSize: number;
  firstChunkSize?: number;
  split: 'words' | 'smart';
  /** How far the mouth moves (`INTENSITY`); as the lips model learnt it when absent. */
  intensity?: number;
  /** The server's default when absent. */
  avatar?: string;
  look?: Look;
  /** Frame of the avatar's loop at which it begins; 0 when absent. */
  pose?: number;
}

/** A chunk as it is stored and announced; media is fetched by `id` from storage. */
export interface StoredChunk extends Spoken {
  index: number;
  text: string;
  id: string;
  durationMs: number;
  /** Frame of the avatar's loop after its last one: there a next stream goes on. */
  endPose: number;
  format: VideoFormat;
  words: WordTiming[];
}

export interface FailedChunk {
  index: number;
  text: string;
  /** A code of the error catalogue, and what its message names. */
  code: string;
  params?: SoyleError['params'];
}

export type JobEvent =
  | { type: 'start'; texts: string[] }
  | { type: 'chunk'; chunk: StoredChunk }
  | { type: 'failed'; chunk: FailedChunk };

export interface QueueDepth {
  active: number;
  waiting: number;
}

/**
 * Runs jobs, a bounded number at once. Every implementation passes test/conformance/job-queue.ts.
 * Events of one job come in order: `start`, then one `chunk` or `failed` per text by index, then the end.
 */
export interface JobQueue {
  /**
   * Takes a place at once: throws `SoyleError` `queue_full` when the waiting line is full. The place is given back
   * when the iteration ends, so the result must be iterated.
   * Aborting `signal`, or leaving the loop early, stops the job's work.
   */
  run(job: RenderJob, signal: AbortSignal): AsyncIterable<JobEvent>;
  depth(): QueueDepth;
  /** Refuses new jobs, aborts running ones and waits for them to end. */
  close(): Promise<void>;
}
