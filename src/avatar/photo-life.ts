import { FPS, type Frame } from '../types.ts';
import { closeEyes, openEyes } from './blink.ts';
import { drawnLater, type Frames } from './frames.ts';
import type { FaceLandmarks } from './mesh.ts';
import { createSway } from './sway.ts';

/** One round of a photo's idle life: a breath in, a slower one out, a rest. */
const BREATH_SECONDS = { in: 2.2, out: 2.6, rest: 0.6 };
const FRAMES = Math.round((BREATH_SECONDS.in + BREATH_SECONDS.out + BREATH_SECONDS.rest) * FPS);
/** When blinks begin; never evenly, people do not. */
const BLINKS = [1.1, 4].map((seconds) => Math.round(seconds * FPS));
/** How far the lids are down frame by frame: shut within 80 ms, open again within 200. */
const BLINK = [0.45, 0.95, 1, 0.8, 0.48, 0.2, 0.05];
/** The breath goes in steps that move no pixel further than this: equal ones are drawn, and kept, once. */
const STEP_PIXELS = 0.25;
const MAX_STEPS = 12;

/** A photo that lives: its loop at 25 fps, and where the face is in every frame. */
export interface PhotoLife {
  /** The last leads into the first, which is the photo itself. Many are the same object. */
  frames: Frames;
  faces: FaceLandmarks[];
}

/**
 * Makes a seamless loop of 5.4 s out of a photo: the person breathes and, where both eyes are open and seen, blinks.
 * The mouth moves with the head and keeps its shape. Frames are drawn when they are looked at.
 */
export function photoLife(photo: Frame, face: FaceLandmarks): PhotoLife {
  const sway = createSway(photo, face);
  const steps = Math.min(MAX_STEPS, Math.max(2, Math.ceil(sway.reach / STEP_PIXELS)));
  const poses = drawnLater(steps + 1, (step) => (step === 0 ? photo : sway.frame(step / steps)));
  const faces = Array.from({ length: steps + 1 }, (_, step) => sway.face(step / steps));
  const played = Array.from({ length: FRAMES }, (_, i) => Math.round(breathAt(i / FPS) * steps));
  const lids = openEyes(photo, face).length > 0 ? lidsAt() : new Map<number, number>();
  const frames = drawnLater(FRAMES, (i) => {
    const pose = poses.at(played[i]!)!;
    const closed = lids.get(i);
    if (closed === undefined) return pose;
    const frame = { ...pose, data: pose.data.slice() };
    closeEyes(frame, openEyes(pose, faces[played[i]!]!), closed);
    return frame;
  });
  return { frames, faces: played.map((step) => faces[step]!) };
}

/** How far the lids are down in the frames of blinks. */
const lidsAt = (): Map<number, number> =>
  new Map(BLINKS.flatMap((start) => BLINK.map((closed, i) => [start + i, closed] as const)));

/** How far the breath is in, 0…1, after so many seconds. */
function breathAt(seconds: number): number {
  const { in: inhale, out } = BREATH_SECONDS;
  const ease = (t: number) => (1 - Math.cos(Math.PI * t)) / 2;
  if (seconds < inhale) return ease(seconds / inhale);
  return seconds < inhale + out ? 1 - ease((seconds - inhale) / out) : 0;
}
