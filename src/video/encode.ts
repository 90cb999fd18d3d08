import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { missingQuietStart, QUIET_START } from '../audio/chunk-sound.ts';
import { SoyleError } from '../errors.ts';
import { i420Size, type Matrix } from '../media/colour.ts';
import { encodeCommand, encodeMattesCommand } from '../media/encode-args.ts';
import { type Media, runFfmpeg } from '../media/ffmpeg.ts';
import { FPS, FRAME_MS, type VideoFormat } from '../types.ts';
import { declareDuration } from './mp4.ts';
import { addMattes, ivfFrames } from './webm-matte.ts';

export interface EncodeJob {
  /** Even, pixels. */
  width: number;
  height: number;
  /**
   * Limited-range I420, one per video frame, with `alpha` each followed by its matte. A picture must stay as it is until
   * the second after it is asked for.
   */
  frames: AsyncIterable<Uint8Array>;
  frameCount: number;
  /** WAV as audio/wav.ts writes it, 16 kHz mono, exactly `frameCount` video frames long. */
  audioPath: string;
  outPath: string;
  /** x264 preset. */
  preset?: string;
  /** x264 constant rate factor: 0 (lossless) … 51. */
  crf?: number;
  /** One when absent: where chunks are made the other cores are busy with the lips. */
  threads?: number;
  /** The pictures are one picture but for the mouth, which is encoded sooner. */
  still?: boolean;
  matrix?: Matrix;
  /** `mp4` when absent. */
  format?: VideoFormat;
  /** Every picture is followed by its matte, `width`×`height` bytes, 255 = seen. */
  alpha?: boolean;
  /** Size of the video, even, where it is another than the pictures'. */
  scaled?: { width: number; height: number };
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
 * Encodes one chunk as H.264 + AAC in a fast-start MP4 whose container and tracks all last `frameCount` × 40 ms, or as
 * VP9 + Opus in a WebM whose pictures last as long and whose sound ends within its last packet of 20 ms.
 * The file is complete or not there. Throws `RangeError` on odd sides or on other frames than announced,
 * `encode_failed`, `storage_full`, what `frames` throws, or the signal's reason.
 */
export async function encodeChunk(job: EncodeJob, media: Media, signal?: AbortSignal): Promise<void> {
  const { width, height, frameCount, audioPath, outPath, preset = PRESET, crf = CRF, matrix = 'bt601' } = job;
  const { format = 'mp4', alpha = false, scaled, threads = 1, still } = job;
  if (width % 2 || height % 2 || width < 2 || height < 2) throw new RangeError(`odd frame size ${width}×${height}`);
  const durationMs = frameCount * FRAME_MS;
  const look = { preset, crf, threads, still, matrix, format, alpha, scaled };
  const args = { width, height, fps: FPS, audioPath, outPath, ...look };
  const mattePath = format === 'webm' && alpha ? `${outPath}.ivf` : undefined;
  const command = mattePath ? encodeMattesCommand(args, mattePath) : encodeCommand(args);
  const pictureBytes = i420Size(width, height) + (alpha ? width * height : 0);
  const pieces = counted(job.frames, frameCount, pictureBytes);
  await writeVideo(outPath, async () => {
    try {
      const timeoutMs = PATIENCE_MS + 10 * durationMs;
      await runFfmpeg(media, command, { stdin: pieces, timeoutMs, failure: encodeFailed, signal });
      if (mattePath) await putMattes(outPath, mattePath);
    } finally {
      if (mattePath) await rm(mattePath, { force: true });
    }
    if (format !== 'webm') await finishMp4(outPath, durationMs, audioPath);
  });
}

async function putMattes(path: string, mattePath: string): Promise<void> {
  const [webm, mattes] = await Promise.all([path, mattePath].map((file) => readFile(file)));
  let whole: Uint8Array;
  try {
    whole = addMattes(webm!, ivfFrames(mattes!));
  } catch (error) {
    throw encodeFailed(error);
  }
  await writeFile(path, whole);
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
export async function writeVideo(path: string, write: () => Promise<void>): Promise<void> {
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
