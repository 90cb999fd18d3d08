import { extname } from 'node:path';
import { FPS } from '../types.ts';
import type { Decoded } from './decode.ts';
import type { Frames } from './frames.ts';
import type { AvatarSource } from './manifest.ts';

/** A file's length may differ from its frames' by so much, seconds: half a frame. */
const LENGTH_TOLERANCE = 0.5 / FPS;

/** Writes frames, 25 a second, as an MP4 that browsers play; nothing is left at `path` when it fails. */
export type EncodeLoop = (frames: Frames, path: string, signal?: AbortSignal) => Promise<void>;

/**
 * Whether a browser that plays the avatar's file shows exactly the decoded frames: 25 a second, from the first to the last
 * and over again, not scaled, and in a coding every browser knows.
 */
export function playsAsIs({ loop, path }: AvatarSource, { frames, facts }: Pick<Decoded, 'frames' | 'facts'>): boolean {
  const { video, durationSeconds = 0 } = facts ?? {};
  if (!video || loop !== true || extname(path).toLowerCase() !== '.mp4') return false;
  const { codec, pixelFormat, width, height } = video;
  return (
    codec === 'h264' &&
    pixelFormat === 'yuv420p' &&
    width === frames[0]?.width &&
    height === frames[0]?.height &&
    video.frames === frames.length &&
    Math.abs(durationSeconds - frames.length / FPS) < LENGTH_TOLERANCE
  );
}
