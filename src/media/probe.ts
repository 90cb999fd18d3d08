import { type ExecFileException, execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { LateError, SoyleError } from '../errors.ts';
import { fileUrl, LOCAL_ONLY } from './args.ts';
import type { Media } from './ffmpeg.ts';
import type { Container } from './sniff.ts';

export interface VideoTrack {
  /** ffmpeg's name, such as `h264`. */
  codec: string;
  /** As it is shown: rotation and pixel shape applied; pixels. */
  width: number;
  height: number;
  /** As it is coded, pixels. */
  codedPixels: number;
  pixelFormat: string;
  /** ffmpeg's names, `undefined` where the file says nothing. */
  matrix: string | undefined;
  fullRange: boolean;
  /** Its pictures may be transparent. */
  alpha: boolean;
  durationSeconds: number | undefined;
  /** As the container counts them. */
  frames: number | undefined;
}

export interface AudioTrack {
  codec: string;
  sampleRate: number;
  durationSeconds: number | undefined;
}

export interface Probe {
  format: string;
  durationSeconds: number | undefined;
  /** The first of each kind. */
  video: VideoTrack | undefined;
  audio: AudioTrack | undefined;
}

/** Pixel formats with an alpha plane or a palette that may hold transparency; VP8 and VP9 say it in a tag instead. */
const ALPHA = /^(yuva|rgba|bgra|argb|abgr|gbrap|ya8|ya16|pal8)/;

const run = promisify(execFile);
const PROBE_TIMEOUT_MS = 10_000;
const KILLED = 'SIGKILL';
/** Largest single allocation of ffprobe, bytes. */
const MAX_ALLOC = 256 * 1024 * 1024;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

const seconds = z.coerce.number().nonnegative().optional().catch(undefined);
const streamSchema = z.object({
  codec_type: z.string().optional(),
  codec_name: z.string().default(''),
  width: z.number().optional(),
  height: z.number().optional(),
  pix_fmt: z.string().default(''),
  color_space: z.string().optional(),
  color_range: z.string().optional(),
  sample_aspect_ratio: z.string().optional(),
  sample_rate: z.coerce.number().catch(0),
  duration: seconds,
  nb_frames: z.coerce.number().int().optional().catch(undefined),
  tags: z.record(z.string(), z.string()).catch({}),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).default([]),
});
const answerSchema = z.object({
  streams: z.array(streamSchema),
  format: z.object({ format_name: z.string(), duration: seconds }),
});

/**
 * What ffprobe says about a file of that container. fluent-ffmpeg's own probe knows no deadline and no abort.
 * Throws `media_damaged` when ffprobe cannot read it, `preparation_failed` when it was killed or took too long, the
 * signal's reason, or the system's error where it cannot be started.
 */
export async function probe(
  media: Media,
  path: string,
  container: Container,
  signal?: AbortSignal,
  timeoutMs = PROBE_TIMEOUT_MS,
): Promise<Probe> {
  const limits = ['-f', container, ...LOCAL_ONLY, '-max_alloc', `${MAX_ALLOC}`];
  const args = ['-v', 'error', '-of', 'json', '-show_streams', '-show_format'];
  const started = performance.now();
  try {
    const { stdout } = await run(media.ffprobePath, [...args, ...limits, fileUrl(path)], {
      signal,
      timeout: timeoutMs,
      killSignal: KILLED,
      maxBuffer: MAX_ANSWER_BYTES,
    });
    return readAnswer(JSON.parse(stdout));
  } catch (error) {
    signal?.throwIfAborted();
    // A program that cannot be started says nothing about the file.
    if ((error as NodeJS.ErrnoException).syscall?.startsWith('spawn')) throw error;
    // One that ends just when its time is over loses its answer, but not by that signal.
    if ((error as ExecFileException).signal === KILLED || performance.now() - started >= timeoutMs) {
      throw new SoyleError(
        'preparation_failed',
        {},
        new LateError('ffprobe was killed, or took too long', { cause: error }),
      );
    }
    throw new SoyleError('media_damaged', {}, error);
  }
}

/** ffprobe's JSON as a `Probe`. Throws `ZodError` on an answer of another shape. */
export function readAnswer(answer: unknown): Probe {
  const { streams, format } = answerSchema.parse(answer);
  const video = streams.find((stream) => stream.codec_type === 'video' && stream.width && stream.height);
  const audio = streams.find((stream) => stream.codec_type === 'audio');
  return {
    format: format.format_name,
    durationSeconds: format.duration,
    video: video && videoTrack(video),
    audio: audio && { codec: audio.codec_name, sampleRate: audio.sample_rate, durationSeconds: audio.duration },
  };
}

function videoTrack(stream: z.infer<typeof streamSchema>): VideoTrack {
  const { width = 0, height = 0, color_space: matrix } = stream;
  const [across, down] = (stream.sample_aspect_ratio ?? '1:1').split(':').map(Number);
  const wide = across && down ? Math.round((width * across) / down) : width;
  const turned = stream.side_data_list.some(({ rotation = 0 }) => Math.abs(rotation) % 180 === 90);
  return {
    width: turned ? height : wide,
    height: turned ? wide : height,
    codec: stream.codec_name,
    codedPixels: width * height,
    pixelFormat: stream.pix_fmt,
    matrix: matrix === 'unknown' || matrix === 'unspecified' ? undefined : matrix,
    alpha: ALPHA.test(stream.pix_fmt) || (stream.tags.alpha_mode ?? stream.tags.ALPHA_MODE) === '1',
    fullRange: stream.color_range === 'pc' || stream.pix_fmt.startsWith('yuvj'),
    durationSeconds: stream.duration,
    frames: stream.nb_frames,
  };
}
