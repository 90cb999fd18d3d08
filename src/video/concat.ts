import { concatList, joinCommand } from '../media/encode-args.ts';
import { type Media, runFfmpeg } from '../media/ffmpeg.ts';
import type { VideoFormat } from '../types.ts';
import { encodeFailed, finishMp4, writeVideo } from './encode.ts';

export interface JoinJob {
  /** `mp4` when absent. */
  format?: VideoFormat;
  /** The chunks' pictures carry mattes. */
  alpha?: boolean;
  /** Chunks of `encodeChunk`, all encoded alike, in order. */
  videoPaths: readonly string[];
  /** How long each of them lasts; WebM cannot say it exactly. */
  partsMs?: readonly number[];
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
  const { videoPaths, partsMs, audioPath, durationMs, outPath, format = 'mp4', alpha = false } = job;
  await writeVideo(outPath, async () => {
    await runFfmpeg(media, joinCommand({ audioPath, outPath, format, alpha }), {
      stdin: list(videoPaths, format === 'webm' ? partsMs : undefined),
      timeoutMs: TIMEOUT_MS,
      failure: encodeFailed,
      signal,
    });
    if (format !== 'webm') await finishMp4(outPath, durationMs, audioPath);
  });
}

async function* list(paths: readonly string[], partsMs?: readonly number[]): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(concatList(paths, partsMs));
}
