import { extname } from 'node:path';
import type { Log } from '../log.ts';
import { FPS, type Frame } from '../types.ts';
import { madeOnce } from './cache.ts';
import type { Decoded } from './decode.ts';
import type { AvatarSource } from './manifest.ts';

/** A file's length may differ from its frames' by so much, seconds: half a frame. */
const LENGTH_TOLERANCE = 0.5 / FPS;

/** Writes frames, 25 a second, as an MP4 that browsers play; nothing is left at `path` when it fails. */
export type EncodeLoop = (frames: readonly Frame[], path: string, signal?: AbortSignal) => Promise<void>;

export interface IdleRequest {
  source: AvatarSource;
  decoded: Decoded;
  /** The avatar's loop, in the order it plays. */
  frames: readonly Frame[];
  /** Where the loop is kept once it was encoded. */
  path: string;
}

/**
 * The avatar's loop as an MP4, frame for frame what is rendered on: the source itself where it is that, else encoded
 * once. `undefined` for a photo, and with a warning where encoding fails: the page then shows the still.
 */
export async function idleOf(
  { source, decoded, frames, path }: IdleRequest,
  { encodeLoop, log, signal }: { encodeLoop: EncodeLoop; log: Log; signal?: AbortSignal },
): Promise<string | undefined> {
  if (source.kind === 'picture') return undefined;
  if (playsAsIs(source, decoded)) return source.path;
  try {
    return await madeOnce(path, log, (target) => encodeLoop(frames, target, signal));
  } catch (error) {
    signal?.throwIfAborted();
    log.warn(
      { path, err: error },
      'the avatar’s loop cannot be encoded; the page shows a still picture between chunks',
    );
    return undefined;
  }
}

/** Whether a browser plays exactly the decoded frames: 25 a second, not scaled, and in a coding every browser knows. */
function playsAsIs({ loop, path }: AvatarSource, { frames, facts }: Decoded): boolean {
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
