import { FPS, type Frame } from '../types.ts';
import { type FrameLook, lookDistance, lookOf, meanLookBox } from './frame-look.ts';
import { type FaceLandmarks, LANDMARKS } from './mesh.ts';
import type { LoopFacts } from './report.ts';
import { faceWidth } from './skin.ts';

/** A loop is at least so long, or the clip as a whole if that is shorter. */
const SHORTEST = 2 * FPS;
/** … and keeps at least this share of the clip, so that a long one does not shrink to its calmest moment. */
const LEAST_SHARE = 0.5;
/** Frames blended at a matched joint. */
const CROSSFADE = 8;
/** A clip whose end leads into its beginning this well was made as a loop. */
const SEAMLESS = 1.5;
/**
 * Change from frame to frame that is taken for none, 8-bit levels. The first frame of a file is coded differently from its
 * last: loops that were made seamless are .4 to .8 apart there after x264's usual CRF 23, which nobody sees.
 */
const CODING_NOISE = 0.55;
/** Joints up to this are matched: a crossfade hides them. Beyond it, to and fro looks better. */
const MATCHED = 2.5;
/** Above this share of the face's width, heads that do not coincide would be seen double in the crossfade. */
const GHOST = 0.012;
/** To and fro turns round anywhere in this share of the clip at either end. */
const TURN_SHARE = 0.2;
/** Two frames so many 8-bit levels apart belong to different shots. */
const CUT = 22;
/** Neighbours that are compared too, so that the motion agrees, and not just one frame. */
const CONTEXT = [-2, -1, 0, 1, 2] as const;

/** How a clip is to be repeated: `true` as it is, "pingpong" to and fro, "best" however it shows least. */
export type LoopWish = boolean | 'pingpong' | 'best';

/**
 * How a clip's repetition goes. With "best" a stretch without cuts that shows the face is looked for, and in it what
 * can be repeated most smoothly ("Video textures", Schödl et al. 2000): all of it when its end leads into its beginning;
 * else from one frame to a later one that looks and moves alike, crossfaded; else to and fro between moments of rest.
 */
export function planLoop(
  frames: readonly Frame[],
  faces: readonly (FaceLandmarks | undefined)[],
  wish: LoopWish = 'best',
): LoopFacts {
  return { ...chosenLoop(frames, faces, wish), clip: frames.length };
}

function chosenLoop(
  frames: readonly Frame[],
  faces: readonly (FaceLandmarks | undefined)[],
  wish: LoopWish,
): LoopFacts {
  const total = frames.length;
  const whole: LoopFacts = { kind: 'source', seam: 1, start: 0, end: total, crossfade: 0, frames: total };
  if (total < 3) return whole;
  const box = meanLookBox(frames[0]!, faces);
  const looks = frames.map((frame) => lookOf(frame, box));
  const usual = usualStep(looks);
  const seam = (from: number, to: number) => rounded(lookDistance(looks[to]!, looks[from]!) / usual);
  if (wish === 'pingpong') return pingpong(looks, usual, { start: 0, end: total });
  if (wish !== 'best') return { ...whole, seam: seam(0, total - 1) };
  const { start, end } = longestShot(looks, faces);
  const wrap = seam(start, end - 1);
  if (end - start < 3 || wrap <= SEAMLESS) return { ...whole, seam: wrap, start, end, frames: end - start };
  return matchedLoop(looks, faces, usual, { start, end }) ?? pingpong(looks, usual, calmTurns(looks, { start, end }));
}

/** Frames from `start` up to, but without, `end`. */
interface Stretch {
  start: number;
  end: number;
}

/** Indices of the source's frames in the order of one round; a matched joint's are those of the fading-out side. */
export function loopOrder({ kind, start, end }: LoopFacts): number[] {
  const forth = Array.from({ length: end - start }, (_, i) => start + i);
  return kind === 'pingpong' ? [...forth, ...forth.slice(1, -1).reverse()] : forth;
}

/** One round of a loop: frames and faces, the joint crossfaded. Frames that are not blended are shared. */
export function playLoop(
  frames: readonly Frame[],
  faces: readonly (FaceLandmarks | undefined)[],
  loop: LoopFacts,
): { frames: Frame[]; faces: (FaceLandmarks | undefined)[] } {
  const order = loopOrder(loop);
  const played = { frames: order.map((i) => frames[i]!), faces: order.map((i) => faces[i]) };
  for (let k = 0; k < loop.crossfade; k++) {
    const at = order.length - loop.crossfade + k;
    const coming = loop.start - loop.crossfade + k;
    const weight = smooth((k + 1) / (loop.crossfade + 1));
    played.frames[at] = blendFrames(frames[order[at]!]!, frames[coming]!, weight);
    played.faces[at] = blendFaces(faces[order[at]!], faces[coming], weight);
  }
  return played;
}

/** The longest stretch between two cuts, from the first frame to the last that shows the face. */
function longestShot(looks: readonly FrameLook[], faces: readonly (FaceLandmarks | undefined)[]): Stretch {
  let best: Stretch = { start: 0, end: 0 };
  let first: number | undefined;
  faces.forEach((face, i) => {
    if (i > 0 && lookDistance(looks[i - 1]!, looks[i]!) > CUT) first = undefined;
    if (!face) return;
    first ??= i;
    if (i + 1 - first > best.end - best.start) best = { start: first, end: i + 1 };
  });
  return best.end > 0 ? best : { start: 0, end: looks.length };
}

function matchedLoop(
  looks: readonly FrameLook[],
  faces: readonly (FaceLandmarks | undefined)[],
  usual: number,
  shot: Stretch,
): LoopFacts | undefined {
  const total = shot.end - shot.start;
  const shortest = Math.max(Math.min(SHORTEST, total), Math.ceil(total * LEAST_SHARE));
  let best: LoopFacts | undefined;
  // Frame `end` would follow; frame `start` is shown in its place, and before it what led to it fades in.
  for (let start = shot.start + CROSSFADE; start + shortest < shot.end; start++) {
    for (let end = start + shortest; end < shot.end; end++) {
      const bound = best?.seam ?? MATCHED;
      if (lookDistance(looks[start]!, looks[end]!) / usual > bound * 1.5) continue;
      const seam = rounded(inContext(looks, start, end) / usual);
      if (seam >= bound || ghosts(faces[start], faces[end])) continue;
      best = { kind: 'matched', seam, start, end, crossfade: CROSSFADE, frames: end - start };
    }
  }
  return best;
}

/** Mean distance between the two frames and their neighbours. */
function inContext(looks: readonly FrameLook[], a: number, b: number): number {
  const found = CONTEXT.flatMap((step) => {
    const [one, other] = [looks[a + step], looks[b + step]];
    return one && other ? [lookDistance(one, other)] : [];
  });
  return found.reduce((sum, value) => sum + value, 0) / found.length;
}

/** Whether two heads are so far apart that blending shows both. */
function ghosts(a: FaceLandmarks | undefined, b: FaceLandmarks | undefined): boolean {
  if (!a || !b) return a !== b;
  let shift = 0;
  for (let i = 0; i < LANDMARKS * 3; i += 3) {
    shift += Math.hypot(b.points[i]! - a.points[i]!, b.points[i + 1]! - a.points[i + 1]!);
  }
  return shift / LANDMARKS > GHOST * faceWidth(a);
}

/** The calmest moments near a shot's ends, for turning round at. */
function calmTurns(looks: readonly FrameLook[], { start, end }: Stretch): Stretch {
  const reach = end - start < SHORTEST ? 0 : Math.floor((end - start) * TURN_SHARE);
  const step = (i: number) => lookDistance(looks[i]!, looks[i + 1]!);
  const calmest = (from: number, by: number) =>
    Array.from({ length: reach + 1 }, (_, i) => from + by * i).reduce((best, i) => (step(i) < step(best) ? i : best));
  return { start: calmest(start, 1), end: calmest(end - 2, -1) + 2 };
}

/** To and fro. At a turn the last step is taken back: what is seen is how far from rest it was. */
function pingpong(looks: readonly FrameLook[], usual: number, { start, end }: Stretch): LoopFacts {
  const step = (i: number) => lookDistance(looks[i]!, looks[i + 1]!) / usual;
  const seam = rounded(Math.max(step(start), step(end - 2)));
  return { kind: 'pingpong', seam, start, end, crossfade: 0, frames: 2 * (end - start - 1) };
}

/** The median change from frame to frame, 8-bit levels. */
function usualStep(looks: readonly FrameLook[]): number {
  const steps = looks.slice(1).map((look, i) => lookDistance(looks[i]!, look));
  return Math.max(CODING_NOISE, steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)]!);
}

function blendFrames(from: Frame, to: Frame, weight: number): Frame {
  const share = Math.round(weight * 256);
  const data = new Uint8Array(from.data.length);
  for (let i = 0; i < data.length; i++) data[i] = (from.data[i]! * (256 - share) + to.data[i]! * share + 128) >> 8;
  return { ...from, data };
}

function blendFaces(
  from: FaceLandmarks | undefined,
  to: FaceLandmarks | undefined,
  weight: number,
): FaceLandmarks | undefined {
  if (!from || !to) return from ?? to;
  const points = from.points.map((value, i) => value + (to.points[i]! - value) * weight);
  return { points, score: Math.min(from.score, to.score) };
}

const smooth = (t: number): number => t * t * (3 - 2 * t);
const rounded = (value: number): number => Math.round(value * 100) / 100;
