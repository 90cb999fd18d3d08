import { open } from 'node:fs/promises';
import sharp from 'sharp';
import { SoyleError } from '../errors.ts';
import { decodeCommand } from './args.ts';
import { i420Size, rgbToI420 } from './colour.ts';
import { type Media, runFfmpeg } from './ffmpeg.ts';
import { probe, type VideoTrack } from './probe.ts';
import { SNIFF_BYTES, type Sniffed, sniff } from './sniff.ts';

/** No picture above it is decoded: 8192×4320 with room to spare, ~100 MB as RGB. */
const MAX_PIXELS = 36_000_000;
/** Largest single allocation of ffmpeg for a file we do not trust, bytes. */
const MAX_ALLOC = 256 * 1024 * 1024;
const DECODE_TIMEOUT_MS = 60_000;

export interface DecodeOptions {
  /** Frames per second of the result, whatever the file's own rate. */
  fps: number;
  /** Larger pictures are scaled down to it, pixels. */
  maxSide: number;
  /** A longer video is cut. */
  maxFrames: number;
}

export interface DecodedVideo {
  width: number;
  height: number;
  /** BT.601 limited-range I420. */
  frames: Uint8Array[];
}

export interface DecodedPicture {
  width: number;
  height: number;
  /** Interleaved sRGB, 8 bits. */
  rgb: Uint8Array;
  /** The same as BT.601 limited-range I420. */
  i420: Uint8Array;
}

/**
 * Decodes a video or GIF upright and at even sizes. What the file holds is found by sniffing, other things than it are
 * never opened, and pictures of other colour matrices and ranges are converted, so that the house knows only one kind.
 * Throws `media_unsupported` (not a video of a known container), `media_unreadable`, or the signal's reason.
 */
export async function decodeFrames(
  media: Media,
  path: string,
  { fps, maxSide, maxFrames }: DecodeOptions,
  signal?: AbortSignal,
): Promise<DecodedVideo> {
  const found = await sniffFile(path);
  if (found?.kind !== 'stream') throw new SoyleError('media_unsupported');
  const { video } = await probe(media, path, found.container, signal);
  if (!video) throw new SoyleError('media_unreadable', { detail: 'it has no picture' });
  if (video.codedPixels > MAX_PIXELS)
    throw new SoyleError('media_unreadable', { detail: 'its pictures are too large' });

  const { width, height } = fitEven(video.width, video.height, maxSide);
  const size = i420Size(width, height);
  const frames: Uint8Array[] = [];
  let filled = 0;
  const command = decodeCommand({
    ...{ path, container: found.container, fps, width, height, maxFrames },
    ...{ maxPixels: MAX_PIXELS, maxAlloc: MAX_ALLOC, matrix: matrixOf(video), fullRange: video.fullRange },
  });
  await runFfmpeg(media, command, {
    onOutput: (bytes) => {
      for (let at = 0; at < bytes.length; ) {
        if (filled === 0) frames.push(new Uint8Array(size));
        const piece = bytes.subarray(at, at + size - filled);
        frames.at(-1)!.set(piece, filled);
        filled = (filled + piece.length) % size;
        at += piece.length;
      }
    },
    timeoutMs: DECODE_TIMEOUT_MS,
    failure: (cause) => new SoyleError('media_unreadable', { detail: 'its video cannot be decoded' }, cause),
    signal,
  });
  if (frames.length === 0 || filled !== 0) {
    throw new SoyleError('media_unreadable', { detail: 'its video is empty or ends early' });
  }
  return { width, height, frames };
}

/**
 * Decodes a PNG, JPEG or WebP upright, in sRGB, at even sizes; what is transparent becomes white.
 * Throws `media_unsupported` (another kind of file) or `media_unreadable`.
 */
export async function decodePicture(path: string, { maxSide }: { maxSide: number }): Promise<DecodedPicture> {
  const found = await sniffFile(path);
  if (found?.kind !== 'picture') throw new SoyleError('media_unsupported');
  try {
    const picture = sharp(path, { limitInputPixels: MAX_PIXELS, failOn: 'error' });
    const { autoOrient } = await picture.metadata();
    const { width, height } = fitEven(autoOrient.width, autoOrient.height, maxSide);
    const pixels = await picture
      .autoOrient()
      .flatten({ background: 'white' })
      .resize(width, height, { fit: 'fill' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer();
    const rgb = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.length);
    return { width, height, rgb, i420: rgbToI420(rgb, width, height) };
  } catch (error) {
    throw new SoyleError('media_unreadable', { detail: 'the picture is damaged or too large' }, error);
  }
}

/** What a file is by its beginning. Rejects with the file system's error when it cannot be opened. */
export async function sniffFile(path: string): Promise<Sniffed | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return sniff(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** The largest even size of about the same shape with no side over `maxSide`, never larger than the original. */
export function fitEven(width: number, height: number, maxSide: number): { width: number; height: number } {
  const scale = Math.min(1, maxSide / Math.max(width, height));
  const even = (side: number): number => Math.max(2, 2 * Math.floor((side * scale + 1e-6) / 2));
  return { width: even(width), height: even(height) };
}

/** The matrix a video's pictures are coded with, as ffmpeg's scaler names it; `undefined` for RGB. */
function matrixOf({ matrix, pixelFormat, height }: VideoTrack): string | undefined {
  if (/^(rgb|bgr|gbr|0rgb|0bgr|argb|abgr|pal8)/.test(pixelFormat) || matrix === 'gbr') return undefined;
  if (matrix === 'bt709') return 'bt709';
  if (matrix?.startsWith('bt2020')) return 'bt2020';
  if (matrix === 'smpte240m' || matrix === 'fcc') return matrix;
  if (matrix) return 'bt601';
  // Untagged: as browsers guess, so that a loop played by the page and our chunks look alike.
  return height < 720 ? 'bt601' : 'bt709';
}
