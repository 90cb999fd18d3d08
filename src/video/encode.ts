import { open, rm } from 'node:fs/promises';
import { missingQuietStart, QUIET_START } from '../audio/chunk-sound.ts';
import { SoyleError } from '../errors.ts';
import { encodeCommand } from '../media/args.ts';
import { i420Size, type Matrix } from '../media/colour.ts';
import { type Media, runFfmpeg } from '../media/ffmpeg.ts';
import { FPS, FRAME_MS } from '../types.ts';
import { declareDuration } from './mp4.ts';

export interface EncodeJob {
  /** Even, pixels. */
  width: number;
  height: number;
  /** Limited-range I420, one per video frame; each must stay as it is until the second after it is asked for. */
  frames: AsyncIterable<Uint8Array>;
  frameCount: number;
  /** WAV as audio/wav.ts writes it, 16 kHz mono, exactly `frameCount` video frames long. */
  audioPath: string;
  outPath: string;
  /** x264 preset. */
  preset?: string;
  /** x264 constant rate factor: 0 (lossless) … 51. */
  crf?: number;
  matrix?: Matrix;
}

/**
 * Measured at 720×720, 150 frames of a loop, one thread: veryfast at 21 takes 2.9 core-ms a frame for 46 dB, superfast
 * at 24 takes 2.5 for 47 dB and half as many bytes again, which every viewer has to download.
 */
const PRESET = 'veryfast';
const CRF = 21;
/** A run that takes longer than this on top of ten times its own length hangs. */
const PATIENCE_MS = 60_000;

/**
 * Encodes one chunk as H.264 + AAC in a fast-start MP4 whose container and tracks all last `frameCount` × 40 ms.
 * The file is complete or not there. Throws `RangeError` on odd sides or on other frames than announced,
 * `encode_failed`, `storage_full`, what `frames` throws, or the signal's reason.
 */
export async function encodeChunk(job: EncodeJob, media: Media, signal?: AbortSignal): Promise<void> {
  const { width, height, frameCount, audioPath, outPath, preset = PRESET, crf = CRF, matrix = 'bt601' } = job;
  if (width % 2 || height % 2 || width < 2 || height < 2) throw new RangeError(`odd frame size ${width}×${height}`);
  const durationMs = frameCount * FRAME_MS;
  const command = encodeCommand({ width, height, fps: FPS, audioPath, outPath, preset, crf, matrix });
  await writeMp4(outPath, async () => {
    await runFfmpeg(media, command, {
      stdin: counted(job.frames, frameCount, i420Size(width, height)),
      timeoutMs: PATIENCE_MS + 10 * durationMs,
      failure: encodeFailed,
      signal,
    });
    await finishMp4(outPath, durationMs, audioPath);
  });
}

export const encodeFailed = (cause: unknown): SoyleError => new SoyleError('encode_failed', {}, cause);

/** Makes ffmpeg's file declare its true length. `encode_failed` when sound or picture are not that long. */
export async function finishMp4(path: string, durationMs: number, audioPath: string): Promise<void> {
  const dropPriming = await beginsQuietly(audioPath);
  await declareDuration(path, { durationMs, dropPriming }).catch((error) => {
    throw encodeFailed(error);
  });
}

/** Runs `write`, which makes the file at `path`; its failure leaves nothing there. */
export async function writeMp4(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** The frames themselves, held to the announced number and size. */
async function* counted(frames: AsyncIterable<Uint8Array>, count: number, size: number): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const frame of frames) {
    if (frame.length !== size) throw new RangeError(`frame of ${frame.length} bytes instead of ${size}`);
    if (++seen > count) throw new RangeError(`more than the announced ${count} frames`);
    yield frame;
  }
  if (seen < count) throw new RangeError(`${seen} frames instead of the announced ${count}`);
}

const WAV_HEADER = 44;

/** Whether the WAV is so quiet at its start that the encoder's priming packet can be dropped unheard. */
async function beginsQuietly(audioPath: string): Promise<boolean> {
  const file = await open(audioPath);
  try {
    const bytes = new Uint8Array(2 * QUIET_START);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, WAV_HEADER);
    return missingQuietStart(new Int16Array(bytes.buffer, 0, bytesRead >> 1)) === 0;
  } finally {
    await file.close();
  }
}
