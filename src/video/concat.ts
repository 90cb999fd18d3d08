import { concatList, joinCommand } from '../media/args.ts';
import { type Media, runFfmpeg } from '../media/ffmpeg.ts';
import { encodeFailed, finishMp4, writeMp4 } from './encode.ts';

export interface JoinJob {
  /** Chunks of `encodeChunk`, all encoded alike, in order. */
  videoPaths: readonly string[];
  /** WAV of the whole, as long as all chunks together. */
  audioPath: string;
  /** Sum of the chunks' durations. */
  durationMs: number;
  outPath: string;
}

const TIMEOUT_MS = 10 * 60_000;

/**
 * Joins chunks exactly: pictures are copied, sound is encoded once, so that no joint is heard and nothing drifts.
 * The file is complete or not there. Throws `encode_failed`, `storage_full` or the signal's reason.
 */
export async function joinChunks(job: JoinJob, media: Media, signal?: AbortSignal): Promise<void> {
  const { videoPaths, audioPath, durationMs, outPath } = job;
  await writeMp4(outPath, async () => {
    await runFfmpeg(media, joinCommand(audioPath, outPath), {
      stdin: list(videoPaths),
      timeoutMs: TIMEOUT_MS,
      failure: encodeFailed,
      signal,
    });
    await finishMp4(outPath, durationMs, audioPath);
  });
}

async function* list(paths: readonly string[]): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(concatList(paths));
}
