import { BootError } from '../errors.ts';
import { FPS, type Frame } from '../types.ts';
import type { AvatarSource } from './manifest.ts';

/** Longer side of an avatar, pixels; larger media are scaled down. */
export const MAX_SIDE = 1080;
/** Longest video, frames (15 s): all of them stay in memory, 0.8 MB each at 720×720. */
const MAX_FRAMES = 15 * FPS;
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

/** What of media/ is needed here. Frames are I420 with even sides, at most `maxSide` long. */
export interface MediaDecoder {
  probe(path: string, signal?: AbortSignal): Promise<VideoFacts>;
  decodeFrames(
    path: string,
    options: { fps: number; maxSide: number; maxFrames: number },
    signal?: AbortSignal,
  ): Promise<{ width: number; height: number; frames: Uint8Array[] }>;
  decodePicture(
    path: string,
    options: { maxSide: number },
  ): Promise<{ width: number; height: number; i420: Uint8Array }>;
}

/** An avatar's media as frames at 25 fps, at least one. */
export interface Decoded {
  frames: Frame[];
  /** `undefined` for a picture. */
  facts: VideoFacts | undefined;
}

/** Decodes an avatar's picture or video. Throws `BootError` naming the file and the cure, or the signal's reason. */
export async function decodeSource(source: AvatarSource, decode: MediaDecoder, signal?: AbortSignal): Promise<Decoded> {
  const { path, kind } = source;
  const { width, height, frames, facts } = await decodeMedia(source, decode, signal).catch((error: Error) => {
    signal?.throwIfAborted();
    throw new BootError(
      `Avatar file ${path} cannot be decoded: ${error.message}. Use ${KINDS[kind]}; if it is one, it is damaged: ` +
        'copy or export it again.',
      error,
    );
  });
  if (frames.length === 0) throw new BootError(`Avatar file ${path} holds no picture: use ${KINDS[kind]}.`);
  if (frames.length > MAX_FRAMES) {
    throw new BootError(`Avatar file ${path} is longer than ${MAX_FRAMES / FPS} s; cut a shorter piece.`);
  }
  checkWhole(path, frames.length, facts);
  return { frames: frames.map((data) => ({ width, height, data })), facts };
}

async function decodeMedia({ kind, path }: AvatarSource, decode: MediaDecoder, signal?: AbortSignal) {
  if (kind === 'picture') {
    const { width, height, i420 } = await decode.decodePicture(path, { maxSide: MAX_SIDE });
    return { width, height, frames: [i420], facts: undefined };
  }
  const facts = await decode.probe(path, signal);
  // One frame more than allowed tells a longer video.
  const options = { fps: FPS, maxSide: MAX_SIDE, maxFrames: MAX_FRAMES + 1 };
  return { ...(await decode.decodeFrames(path, options, signal)), facts };
}

/** ffmpeg makes do with a file that was cut off; its index still knows how long it was. */
function checkWhole(path: string, decoded: number, facts: VideoFacts | undefined): void {
  const { durationSeconds, video } = facts ?? {};
  if (!durationSeconds || !video?.frames) return;
  const seconds = decoded / FPS;
  if (durationSeconds - seconds > EARLY_END + durationSeconds / video.frames) {
    throw new BootError(
      `Avatar file ${path} ends early: ${seconds.toFixed(1)} of its ${durationSeconds.toFixed(1)} s can be decoded. ` +
        'Copy or export it again.',
    );
  }
}
