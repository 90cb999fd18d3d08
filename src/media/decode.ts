import { open } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { isLate, SoyleError } from '../errors.ts';
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

/** Put behind what is transparent: chroma keying takes it away again, whatever happened to the pictures meanwhile. */
export const SCREEN = '#00b140';
/** So much of a picture's upper edge is transparent where someone was cut out. */
const CUT_OUT = 0.7;

export interface DecodeOptions {
  /** Frames per second of the result, whatever the file's own rate. */
  fps: number;
  /** Larger pictures are scaled down to it, pixels. */
  maxSide: number;
  /** As large as width times height of the result may be; only `maxSide` counts when absent. */
  maxPixels?: number;
  /** A longer video is cut. */
  maxFrames: number;
  /** For each frame the first that is known to show the same: those are kept once. */
  same?: readonly number[];
  /** A minute when absent. */
  timeoutMs?: number;
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
  /** Size of the file's own picture, upright. */
  original: { width: number; height: number };
}

/**
 * Decodes a video or GIF upright and at even sizes; what is transparent becomes a screen of the colour `SCREEN`. What
 * the file holds is found by sniffing, other things than it are never opened, and pictures of other colour matrices and
 * ranges are converted, so that the house knows only one kind.
 * Throws `media_unsupported` (not a video of a known container), `media_damaged`, `media_no_picture`,
 * `picture_too_large`, `preparation_failed` (it took too long, which says nothing of the file), or the signal's reason.
 */
export async function decodeFrames(
  media: Media,
  path: string,
  { fps, maxSide, maxPixels, maxFrames, same, timeoutMs = DECODE_TIMEOUT_MS }: DecodeOptions,
  signal?: AbortSignal,
): Promise<DecodedVideo> {
  const found = await sniffFile(path);
  if (found?.kind !== 'stream') throw new SoyleError('media_unsupported');
  const { video } = await probe(media, path, found.container, signal);
  if (!video) throw new SoyleError('media_no_picture');
  if (video.codedPixels > MAX_PIXELS) throw tooLarge();

  const { width, height } = fitEven(video.width, video.height, maxSide, maxPixels);
  const size = i420Size(width, height);
  const frames: Uint8Array[] = [];
  let filled = 0;
  let target = new Uint8Array();
  let spare: Uint8Array<ArrayBuffer> | undefined;
  const begin = (): Uint8Array<ArrayBuffer> => {
    const twin = frames[same?.[frames.length] ?? frames.length];
    if (twin) spare ??= new Uint8Array(size);
    const buffer = twin && spare ? spare : new Uint8Array(size);
    frames.push(twin ?? buffer);
    return buffer;
  };
  const command = decodeCommand({
    ...{ path, container: found.container, fps, width, height, maxFrames },
    ...{ maxPixels: MAX_PIXELS, maxAlloc: MAX_ALLOC, matrix: matrixOf(video), fullRange: video.fullRange },
    ...{ codec: video.codec, behind: video.alpha ? SCREEN : undefined },
  });
  await runFfmpeg(media, command, {
    onOutput: (bytes) => {
      for (let at = 0; at < bytes.length; ) {
        if (filled === 0) target = begin();
        const piece = bytes.subarray(at, at + size - filled);
        target.set(piece, filled);
        filled = (filled + piece.length) % size;
        at += piece.length;
      }
    },
    timeoutMs,
    failure: (cause) => new SoyleError(isLate(cause) ? 'preparation_failed' : 'media_damaged', {}, cause),
    signal,
  });
  if (frames.length === 0) throw new SoyleError('media_no_picture');
  if (filled !== 0) throw new SoyleError('media_damaged');
  return { width, height, frames };
}

/**
 * Decodes a PNG, JPEG or WebP upright, in sRGB, at even sizes. Someone cut out stands before a screen of the colour
 * `SCREEN`; what else is transparent becomes white.
 * Throws `media_unsupported` (another kind of file), `picture_too_large` or `media_damaged`.
 */
export async function decodePicture(
  path: string,
  { maxSide, maxPixels }: Pick<DecodeOptions, 'maxSide' | 'maxPixels'>,
): Promise<DecodedPicture> {
  const found = await sniffFile(path);
  if (found?.kind !== 'picture') throw new SoyleError('media_unsupported');
  try {
    const picture = sharp(path, { limitInputPixels: MAX_PIXELS, failOn: 'error' });
    const { autoOrient } = await picture.metadata();
    const { width, height } = fitEven(autoOrient.width, autoOrient.height, maxSide, maxPixels);
    const pixels = await picture
      .autoOrient()
      .flatten({ background: (await isCutOut(picture)) ? SCREEN : 'white' })
      .resize(width, height, { fit: 'fill' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer();
    const rgb = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.length);
    const original = { width: autoOrient.width, height: autoOrient.height };
    return { width, height, rgb, i420: rgbToI420(rgb, width, height), original };
  } catch (error) {
    throw /pixel limit/i.test(String(error)) ? tooLarge(error) : new SoyleError('media_damaged', {}, error);
  }
}

/** Reads a picture's head alone. Throws `picture_too_large` or `media_damaged`. */
export async function checkPicture(path: string): Promise<void> {
  const { width, height } = await sharp(path, { limitInputPixels: MAX_PIXELS })
    .metadata()
    .catch((error) => {
      throw /pixel limit/i.test(String(error)) ? tooLarge(error) : new SoyleError('media_damaged', {}, error);
    });
  if (width * height > MAX_PIXELS) throw tooLarge();
}

/** Whether a picture shows someone cut out of their background: its upper edge is transparent. */
async function isCutOut(picture: Sharp): Promise<boolean> {
  const { hasAlpha, autoOrient } = await picture.metadata();
  if (!hasAlpha) return false;
  const edge = await picture
    .clone()
    .autoOrient()
    .extractChannel('alpha')
    .extract({ left: 0, top: 0, width: autoOrient.width, height: Math.max(1, Math.round(autoOrient.height / 50)) })
    .raw()
    .toBuffer();
  return edge.filter((alpha) => alpha < 128).length >= CUT_OUT * edge.length;
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

/** The largest even size of about the same shape within both limits, never larger than the original. */
export function fitEven(
  width: number,
  height: number,
  maxSide: number,
  maxPixels = Number.POSITIVE_INFINITY,
): { width: number; height: number } {
  const scale = Math.min(1, maxSide / Math.max(width, height), Math.sqrt(maxPixels / (width * height)));
  const even = (side: number): number => Math.max(2, 2 * Math.floor((side * scale + 1e-6) / 2));
  return { width: even(width), height: even(height) };
}

const tooLarge = (cause?: unknown): SoyleError =>
  new SoyleError('picture_too_large', { limit: MAX_PIXELS / 1_000_000 }, cause);

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
