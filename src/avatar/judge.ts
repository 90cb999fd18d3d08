import type { CropMatrix, Frame } from '../types.ts';
import { SUMMARY } from './advice.ts';
import { type Angles, headAngles } from './angles.ts';
import { faceBox } from './face-box.ts';
import { findings } from './findings.ts';
import { type Light, measureLight } from './lighting.ts';
import { measureLowerFace } from './lower-face.ts';
import type { FaceLandmarks } from './mesh.ts';
import { isOpen, lipGap, restFrame } from './mouth.ts';
import { passingBefore } from './occlusion.ts';
import type { AvatarReport, Finding, LoopFacts, Quality, Range } from './report.ts';
import { cropSide, sharpness } from './sharpness.ts';
import { average } from './skin.ts';

/** Light, beard and teeth are measured in about so many frames, sharpness and angles in all. */
const SAMPLED = 24;
const MOST_LOST = 50;
const MOST_POOR = 6;
/** A frame is worth showing from this score down, unless one so near is shown. */
const POOR_SCORE = 0.7;
const APART = 10;

export interface JudgeInput {
  /** At least one. */
  frames: readonly Frame[];
  /** One per frame. */
  faces: readonly (FaceLandmarks | undefined)[];
  /** One per frame, as the lips model will see it. */
  crops: readonly (CropMatrix | undefined)[];
  /** Side of the square the lips model works at. */
  modelSize: number;
  /** Faces seen in the first frame that shows any; 1 when absent, or when one was picked. */
  people?: number;
  /** Of a video. */
  loop?: LoopFacts;
}

/** A frame that shows the face. */
interface Seen {
  index: number;
  frame: Frame;
  face: FaceLandmarks;
  crop: CropMatrix;
  angles: Angles;
  sharpness: number;
}

/**
 * Judges how good an avatar will look, before it speaks. The quality is poor with any "bad" finding, fair with any
 * "warn". Throws RangeError when no frame shows a face.
 */
export function judge(input: JudgeInput): AvatarReport {
  const { frames, modelSize, loop } = input;
  const seen = seenFrames(input);
  const [first] = seen;
  if (!first) throw new RangeError('A report needs at least one frame with a face');
  const sampled = seen.filter((_, i) => i % Math.ceil(seen.length / SAMPLED) === 0);
  const lower = sampled.map(({ frame, face }) => measureLowerFace(frame, face));
  const share = (one: keyof (typeof lower)[number]) => lower.filter((face) => face[one]).length / lower.length;
  const passing = passingBefore(frames, input.crops).filter(Boolean).length / frames.length;
  const box = faceBox(input.faces);
  const perFrame = (measure: (one: Seen) => number): number[] => {
    const values = Array<number>(frames.length).fill(0);
    for (const one of seen) values[one.index] = rounded(measure(one));
    return values;
  };
  const measured: Omit<AvatarReport, 'quality' | 'summary' | 'findings'> = {
    picture: { width: first.frame.width, height: first.frame.height },
    face: {
      widthPx: rounded(average(seen.map(({ crop }) => cropSide(crop)))),
      modelPx: modelSize,
      x: rounded(box.x),
      y: rounded(box.y),
      width: rounded(box.width),
      height: rounded(box.height),
      score: rounded(average(seen.map(({ face }) => face.score))),
      count: input.people ?? 1,
    },
    angles: {
      yaw: rangeOf(seen.map(({ angles }) => angles.yaw)),
      pitch: rangeOf(seen.map(({ angles }) => angles.pitch)),
      roll: rangeOf(seen.map(({ angles }) => angles.roll)),
    },
    sharpness: rounded(average(seen.map((one) => one.sharpness))),
    light: meanLight(sampled.map(({ frame, face }) => measureLight(frame, face))),
    mouth: {
      openShare: rounded(seen.filter(({ face }) => isOpen(face)).length / seen.length),
      gap: rounded(average(seen.map(({ face }) => lipGap(face)))),
      restGap: rounded(Math.min(...seen.map(({ face }) => lipGap(face)))),
      teeth: share('teeth') >= 0.5,
      covered: rounded(Math.max(share('masked'), passing)),
      restFrame: restFrame(input.faces),
    },
    beard: share('beard') >= 0.5,
    frames: {
      total: frames.length,
      withFace: seen.length,
      lost: input.faces.flatMap((face, index) => (face ? [] : [index])).slice(0, MOST_LOST),
      poorest: poorest(seen),
      yaw: perFrame(({ angles }) => angles.yaw),
      pitch: perFrame(({ angles }) => angles.pitch),
      roll: perFrame(({ angles }) => angles.roll),
      sharpness: perFrame((one) => one.sharpness),
    },
    ...(loop && { loop }),
  };
  const found = findings(measured, { drawn: share('flat') >= 0.5 });
  const quality = qualityOf(found);
  return { quality, summary: SUMMARY[quality], ...measured, findings: found };
}

/** The report with more findings, and what they make of its quality. */
export function withFindings(report: AvatarReport, more: readonly Finding[]): AvatarReport {
  const found = [...report.findings, ...more];
  const quality = qualityOf(found);
  return { ...report, quality, summary: SUMMARY[quality], findings: found };
}

/** How good the result will be, by the worst finding. */
export function qualityOf(found: readonly Finding[]): Quality {
  if (found.some(({ level }) => level === 'bad')) return 'poor';
  return found.some(({ level }) => level === 'warn') ? 'fair' : 'good';
}

function seenFrames({ frames, faces, crops }: JudgeInput): Seen[] {
  // A photo's idle life and a loop to and fro show the same frames again.
  const known = new Map<Frame, number>();
  return frames.flatMap((frame, index): Seen[] => {
    const [face, crop] = [faces[index], crops[index]];
    if (!face || !crop) return [];
    const sharp = known.get(frame) ?? sharpness(frame, crop);
    known.set(frame, sharp);
    return [{ index, frame, face, crop, angles: headAngles(face), sharpness: sharp }];
  });
}

/** The frames that will look worst: turned away, blurred or hardly a face. */
function poorest(seen: readonly Seen[]): { index: number; score: number }[] {
  const scores = seen
    .map(({ index, face, angles, sharpness: sharp }) => {
      const facing = Math.cos((angles.yaw * Math.PI) / 180) * Math.cos((angles.pitch * Math.PI) / 180);
      return { index, score: rounded(face.score * Math.max(0, facing) * Math.min(1, sharp / 0.6)) };
    })
    .filter(({ score }) => score < POOR_SCORE)
    .sort((a, b) => a.score - b.score);
  const chosen: { index: number; score: number }[] = [];
  for (const one of scores) {
    if (chosen.every(({ index }) => Math.abs(index - one.index) >= APART)) chosen.push(one);
  }
  return chosen.slice(0, MOST_POOR);
}

const meanLight = (lights: readonly Light[]): Light => ({
  level: rounded(average(lights.map(({ level }) => level))),
  contrast: rounded(average(lights.map(({ contrast }) => contrast))),
  balance: rounded(average(lights.map(({ balance }) => balance))),
  clipped: rounded(average(lights.map(({ clipped }) => clipped))),
});

const rangeOf = (values: readonly number[]): Range => ({
  min: rounded(Math.min(...values)),
  mean: rounded(average(values)),
  max: rounded(Math.max(...values)),
});

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
