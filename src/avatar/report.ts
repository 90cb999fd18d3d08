import { z } from 'zod';
import { LANGUAGES } from '../types.ts';

/**
 * What is told of an avatar before it ever speaks: measures of its face, findings with advice, and a word for how good
 * it will look. `judge` (judge.ts) makes it; it is stored beside the avatar and sent to clients as it is.
 */

export const QUALITIES = ['good', 'fair', 'poor'] as const;
/** How harmful a finding is: nothing to do, worth mending, spoils the result. */
export const LEVELS = ['fine', 'warn', 'bad'] as const;
/** What can be found; `advice.ts` has the sentence of each. */
export const FINDING_CODES = [
  'face_small',
  'face_cut',
  'face_turned',
  'face_nodding',
  'face_tilted',
  'face_unsure',
  'faces_several',
  'blurred',
  'dark',
  'bright',
  'light_uneven',
  'light_flat',
  'mouth_open',
  'teeth',
  'mouth_covered',
  'beard',
  'frames_lost',
  'face_brief',
  'loop_seam',
  'clip_short',
  'clip_shortened',
  'picture_scaled',
] as const;
export const LOOP_KINDS = ['matched', 'pingpong', 'source'] as const;

const pixels = z.number().describe('pixels of the picture');
const text = z.object(
  Object.fromEntries(LANGUAGES.map((l) => [l, z.string()])) as Record<'ru' | 'kk' | 'en', z.ZodString>,
);
const range = z.object({ min: z.number(), mean: z.number(), max: z.number() });

const findingSchema = z.object({
  code: z.enum(FINDING_CODES),
  level: z.enum(LEVELS),
  value: z.number().optional().describe('the measure behind it: pixels, degrees or a share, as the code says'),
  message: text.describe('one sentence that names the cure'),
});

const loopSchema = z.object({
  kind: z
    .enum(LOOP_KINDS)
    .describe('matched: cut where two frames are alike and crossfaded; pingpong: to and fro; source: as it came'),
  seam: z
    .number()
    .describe('jump at the joint over the usual change from frame to frame: 1 is unseen, from 3 on it shows'),
  start: z.int().describe('first frame of the source that is played'),
  end: z.int().describe('one past the last'),
  crossfade: z.int().describe('frames blended at the joint'),
  frames: z.int().describe('length of one round'),
  clip: z.int().optional().describe('frames of the source, of a long one of what was taken'),
});

/** The report as it is stored and sent. */
export const reportSchema = z.object({
  quality: z.enum(QUALITIES),
  summary: text,
  picture: z.object({ width: z.int(), height: z.int() }).describe('size at which the avatar is rendered'),
  face: z.object({
    widthPx: z.number().describe('side of the square the lips model sees, pixels of the picture'),
    modelPx: z.int().describe('side the model works at'),
    x: pixels.describe('left edge of the box around the face, mean over frames'),
    y: pixels.describe('top edge'),
    width: pixels,
    height: pixels,
    score: z.number().describe('how sure the network is that this is a face, 0–1'),
    count: z.int().describe('faces seen in the first frame that shows any'),
  }),
  angles: z
    .object({ yaw: range, pitch: range, roll: range })
    .describe("degrees; positive: turned to the viewer's right, looking down, tilted clockwise"),
  sharpness: z.number().describe('0 (smeared) – 1 (crisp at the size the model works at)'),
  light: z.object({
    level: z.number().describe('mean brightness of the face, 0–1'),
    contrast: z.number().describe('spread of brightness over the face, 0–1'),
    balance: z.number().describe('darker half of the face over the brighter one, 0–1'),
    clipped: z.number().describe('share of the face that is plain white'),
  }),
  mouth: z.object({
    openShare: z.number().describe('share of frames with open lips'),
    gap: z.number().describe('mean gap between the lips over the width of the mouth; above 0.08 they are open'),
    restGap: z.number().describe('the same in the frame with the most closed mouth'),
    teeth: z.boolean().describe('teeth show'),
    covered: z.number().describe('share of frames where something lies before the mouth'),
    restFrame: z.int().describe('frame with the most closed mouth'),
  }),
  beard: z.boolean(),
  frames: z.object({
    total: z.int(),
    withFace: z.int(),
    lost: z.array(z.int()).max(50).describe('frames without a face, the first 50'),
    poorest: z
      .array(z.object({ index: z.int(), score: z.number().describe('0–1') }))
      .max(6)
      .describe('the frames that will look worst, worst first'),
    yaw: z.array(z.number()).describe('degrees, one per frame; 0 where there is no face'),
    pitch: z.array(z.number()),
    roll: z.array(z.number()),
    sharpness: z.array(z.number()),
  }),
  loop: loopSchema.optional().describe('absent for a picture'),
  findings: z.array(findingSchema).describe('worst first; empty when nothing is wrong'),
});

export type Quality = (typeof QUALITIES)[number];
export type FindingLevel = (typeof LEVELS)[number];
export type FindingCode = (typeof FINDING_CODES)[number];
export type Finding = z.output<typeof findingSchema>;
export type LoopFacts = z.output<typeof loopSchema>;
export type Range = z.output<typeof range>;
export type AvatarReport = z.output<typeof reportSchema>;
