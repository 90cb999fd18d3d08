import { BootError, isLate, SoyleError } from '../errors.ts';
import { AVATAR_FILE, FPS, type Frame } from '../types.ts';
import type { AvatarSource } from './manifest.ts';

/** Longer side of an avatar, pixels; larger media are scaled down. */
export const MAX_SIDE = 1920;
/** Width times height of a picture that stays still, and of one that moves: of that there are many in memory. */
export const MAX_PIXELS = { still: 1920 * 1080, moving: 1280 * 720 } as const;
/** Longest stretch of a video that is looked at, frames (15 s). */
export const MAX_FRAMES = AVATAR_FILE.seconds * FPS;
/** As much of a video is in memory at once, bytes: of long ones the pictures are smaller. */
const CLIP_BYTES = 384 * 2 ** 20;
const BYTES_PER_PIXEL = 1.5;
/** A video may end so much earlier than it says, seconds, on top of its last frame's time. */
const EARLY_END = 0.5;

const KINDS = {
  picture: 'a PNG, JPEG or WebP picture',
  video: 'an MP4 (H.264), MOV, WebM, MKV or GIF video',
};

/** What a video's file says of itself. */
export interface VideoFacts {
  durationSeconds: number | undefined;
  /** The picture track as it is shown, its codec as ffmpeg names it. */
  video: { width: number; height: number; pixelFormat: string; frames: number | undefined; codec: string } | undefined;
}

interface Limits {
  maxSide: number;
  /** Width times height. */
  maxPixels?: number;
}

interface Size {
  width: number;
  height: number;
}

/** What of media/ is needed here. Frames are I420 with even sides, within both limits. */
export interface MediaDecoder {
  probe(path: string, signal?: AbortSignal): Promise<VideoFacts>;
  decodeFrames(
    path: string,
    options: Limits & { fps: number; maxFrames: number; same?: readonly number[] },
    signal?: AbortSignal,
  ): Promise<Size & { frames: Uint8Array[] }>;
  decodePicture(path: string, options: Limits): Promise<Size & { i420: Uint8Array; original: Size }>;
}

/** An avatar's media as frames at 25 fps, at least one. */
export interface Decoded {
  frames: Frame[];
  /** `undefined` for a picture. */
  facts: VideoFacts | undefined;
  /** Size of the file's own pictures, upright. */
  original: Size;
  /** The video goes on after the last frame. */
  cutOff: boolean;
}

/** Decodes an avatar's picture or video. Throws `BootError` naming the file and the cure, or the signal's reason. */
export async function decodeSource(source: AvatarSource, decode: MediaDecoder, signal?: AbortSignal): Promise<Decoded> {
  const { path, kind, loop } = source;
  const { width, height, frames, facts, original } = await decodeMedia(source, decode, signal).catch((error: Error) => {
    signal?.throwIfAborted();
    if (isLate(error)) {
      throw new BootError(
        `Avatar file ${path} was not decoded in time: the machine is busy, or the file too much for it.`,
        error,
      );
    }
    throw new BootError(
      `Avatar file ${path} cannot be decoded: ${error.message}. Use ${KINDS[kind]}; if it is one, it is damaged: ` +
        'copy or export it again.',
      error,
    );
  });
  if (frames.length === 0) {
    throw new BootError(
      `Avatar file ${path} holds no picture: use ${KINDS[kind]}.`,
      new SoyleError('media_no_picture'),
    );
  }
  const cutOff = frames.length > MAX_FRAMES;
  if (cutOff && typeof loop === 'boolean') {
    throw new BootError(`Avatar file ${path} is longer than ${MAX_FRAMES / FPS} s; cut a shorter piece.`);
  }
  if (!cutOff) checkWhole(path, frames.length, facts);
  const kept = frames.slice(0, MAX_FRAMES).map((data) => ({ width, height, data }));
  return { frames: kept, facts, original, cutOff };
}

async function decodeMedia({ kind, path, idle }: AvatarSource, decode: MediaDecoder, signal?: AbortSignal) {
  if (kind === 'picture') {
    const { i420, ...sizes } = await decode.decodePicture(path, {
      maxSide: MAX_SIDE,
      maxPixels: idle === 'still' ? MAX_PIXELS.still : MAX_PIXELS.moving,
    });
    return { ...sizes, frames: [i420], facts: undefined };
  }
  const facts = await decode.probe(path, signal);
  const maxFrames = mostFrames(facts);
  const maxPixels = Math.min(MAX_PIXELS.moving, CLIP_BYTES / BYTES_PER_PIXEL / maxFrames);
  const options = { fps: FPS, maxSide: MAX_SIDE, maxPixels, maxFrames };
  const decoded = await decode.decodeFrames(path, options, signal);
  return { ...decoded, facts, original: facts.video ?? { width: decoded.width, height: decoded.height } };
}

/**
 * So many frames are decoded, and what they may take together says how large they may be: a second more than the file
 * claims to last, for it may claim anything; and one more than allowed, which tells a longer video.
 */
const mostFrames = ({ durationSeconds }: VideoFacts): number =>
  Math.min(MAX_FRAMES, Math.ceil((durationSeconds ?? MAX_FRAMES) * FPS) + FPS) + 1;

/** ffmpeg makes do with a file that was cut off; its index still knows how long it was. */
function checkWhole(path: string, decoded: number, facts: VideoFacts | undefined): void {
  const { durationSeconds, video } = facts ?? {};
  if (!durationSeconds || !video?.frames) return;
  const seconds = decoded / FPS;
  if (durationSeconds - seconds > EARLY_END + durationSeconds / video.frames) {
    throw new BootError(
      `Avatar file ${path} ends early: ${seconds.toFixed(1)} of its ${durationSeconds.toFixed(1)} s can be decoded. ` +
        'Copy or export it again.',
      new SoyleError('media_damaged'),
    );
  }
}
