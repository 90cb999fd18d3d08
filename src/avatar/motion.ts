import type { Frame } from '../types.ts';
import type { Decoded } from './decode.ts';
import type { Frames } from './frames.ts';
import { planLoop, playLoop } from './loop-search.ts';
import type { AvatarSource } from './manifest.ts';
import type { FaceLandmarks } from './mesh.ts';
import { photoLife } from './photo-life.ts';
import type { LoopFacts } from './report.ts';

/** A video of fewer frames is a picture in a video's file, such as a GIF that does not move. */
const FEWEST_MOVING = 5;

/** One round of what an avatar plays. */
export interface Motion {
  frames: Frames;
  /** One per frame. */
  faces: readonly (FaceLandmarks | undefined)[];
  /** The last frame leads into the first. */
  circular: boolean;
  /** Absent for a picture. */
  loop?: LoopFacts;
  /** Which of the decoded frames it is, of a picture that stays still. */
  still?: number;
  /** Of a video that shows the face too briefly to be more than a picture: most frames in a row that do. */
  brief?: number;
}

/**
 * How an avatar moves while nobody speaks: a picture by a life of its own unless it is to be still, a video in the order
 * that its description names or in the smoothest that is found. `faces` are those of the decoded frames.
 */
export function motionOf(
  source: Pick<AvatarSource, 'loop' | 'idle'>,
  { frames }: Pick<Decoded, 'frames'>,
  faces: readonly (FaceLandmarks | undefined)[],
): Motion {
  if (frames.length < FEWEST_MOVING) return ofPicture(source, frames, faces);
  const loop = planLoop(frames, faces, source.loop);
  if (loop.frames < FEWEST_MOVING) {
    return { ...ofPicture(source, frames, faces), brief: loop.end - loop.start };
  }
  return { ...playLoop(frames, faces, loop), circular: source.loop !== false, loop };
}

function ofPicture(
  { idle }: Pick<AvatarSource, 'idle'>,
  frames: readonly Frame[],
  faces: readonly (FaceLandmarks | undefined)[],
): Motion {
  const seen = Math.max(0, faces.findIndex(Boolean));
  const [frame, face] = [frames[seen]!, faces[seen]];
  if (idle === 'still' || !face) return { frames: [frame], faces: [face], circular: true, still: seen };
  return { ...photoLife(frame, face), circular: true };
}
