import { FPS } from '../types.ts';
import { adviceOf } from './advice.ts';
import type { AvatarReport, Finding, FindingCode, FindingLevel } from './report.ts';

/** From where on a measure is worth mending, and from where on it spoils the result. */
interface Limit {
  warn: number;
  bad: number;
}

/** Judged by eye on photos, drawings and the bundled avatars. */
const LIMITS = {
  /** The crop over the model's side: a 256-pixel mouth on a 100-pixel face is shrunk away, and the picture is small. */
  size: { warn: 0.55, bad: 0.3 },
  /** Whatever the model: below so many pixels nobody can read lips. */
  pixels: { warn: 110, bad: 60 },
  yaw: { warn: 25, bad: 38 },
  pitch: { warn: 20, bad: 32 },
  roll: { warn: 25, bad: 60 },
  unsure: { warn: 0.9, bad: 0.7 },
  sharpness: { warn: 0.55, bad: 0.38 },
  dark: { warn: 0.22, bad: 0.12 },
  bright: { warn: 0.85, bad: 0.93 },
  clipped: { warn: 0.12, bad: 0.4 },
  balance: { warn: 0.6, bad: 0.35 },
  contrast: { warn: 0.16, bad: 0.08 },
  gap: { warn: 0.12, bad: 0.45 },
  /** Of a smile that shows the teeth: from where on lips count as open. */
  smile: { warn: 0.08, bad: 0.45 },
  covered: { warn: 0.05, bad: 0.4 },
  lost: { warn: 0.02, bad: 0.3 },
  seam: { warn: 3, bad: 8 },
  /** Seconds: what comes again that soon is seen to come again, but does no harm to the mouth. */
  clip: { warn: 2, bad: 0 },
} as const satisfies Record<string, Limit>;

/** Halves of a face that differ by less brightness look alike, however many times the one is darker in the dark. */
const SIDE_LIGHT = 0.15;
/** How far the face's box may leave the picture, over its size: the forehead does no harm, the chin does… */
const CUT = { sides: 0.05, top: 0.25, bottom: 0.01 };
/** … and sinks by so much when the mouth opens. */
const CHIN_ROOM = 0.04;
/** In a video a head may look aside for a moment: the angle counts that this share of frames exceeds. */
const ASIDE = 0.1;

/** What is to be said about a face, worst first; onto one that is `drawn` in flat colours no mouth will fit. */
export function findings(
  measured: Omit<AvatarReport, 'quality' | 'summary' | 'findings'>,
  { drawn = false }: { drawn?: boolean } = {},
): Finding[] {
  const { face, angles, frames, light, mouth, loop } = measured;
  const found: Finding[] = [];
  const add = (code: FindingCode, level: FindingLevel | undefined, value?: number) => {
    if (level) found.push({ code, level, ...(value !== undefined && { value }), message: adviceOf(code, value) });
  };
  const turn = (of: 'yaw' | 'pitch' | 'roll') =>
    frames.withFace === 1 ? Math.abs(angles[of].mean) : usual(frames[of].map(Math.abs), ASIDE);

  const size = worse(under(face.widthPx / face.modelPx, LIMITS.size), under(face.widthPx, LIMITS.pixels));
  add('face_small', size, face.widthPx);
  add('face_cut', cutting(measured));
  const [yaw, pitch, roll] = [turn('yaw'), turn('pitch'), turn('roll')];
  add('face_turned', over(yaw, LIMITS.yaw), yaw);
  add('face_nodding', over(pitch, LIMITS.pitch), pitch);
  add('face_tilted', over(roll, LIMITS.roll), roll);
  add('face_unsure', worse(under(face.score, LIMITS.unsure), drawn ? 'warn' : undefined), face.score);
  add('faces_several', face.count > 1 ? 'fine' : undefined, face.count);
  add('blurred', under(measured.sharpness, LIMITS.sharpness), measured.sharpness);
  add('dark', under(light.level, LIMITS.dark), light.level);
  add('bright', worse(over(light.level, LIMITS.bright), over(light.clipped, LIMITS.clipped)), light.level);
  add('light_uneven', sideLight(light) > SIDE_LIGHT ? under(light.balance, LIMITS.balance) : undefined, light.balance);
  add('light_flat', under(light.contrast, LIMITS.contrast), light.contrast);
  // A clip that shows the mouth closed somewhere has a pose for silence.
  const limit = mouth.teeth ? LIMITS.smile : LIMITS.gap;
  const gaping = worse(over(mouth.restGap, limit), over(mouth.gap, { ...limit, bad: Number.POSITIVE_INFINITY }));
  add(mouth.teeth ? 'teeth' : 'mouth_open', gaping, mouth.gap);
  add('mouth_covered', over(mouth.covered, LIMITS.covered), mouth.covered);
  add('beard', measured.beard ? 'warn' : undefined);
  const lost = 1 - frames.withFace / frames.total;
  add('frames_lost', over(lost, LIMITS.lost), lost * 100);
  add('loop_seam', loop && over(loop.seam, LIMITS.seam), loop?.seam);
  // Of a clip that shows the face in a part of it only that part is played.
  const seconds = loop?.clip === undefined ? undefined : Math.min(loop.clip, loop.frames) / FPS;
  add('clip_short', seconds === undefined ? undefined : under(seconds, LIMITS.clip), seconds);
  const rank: Record<FindingLevel, number> = { bad: 0, warn: 1, fine: 2 };
  return found.sort((a, b) => rank[a.level] - rank[b.level]);
}

const over = (value: number, { warn, bad }: Limit): FindingLevel | undefined =>
  value > bad ? 'bad' : value > warn ? 'warn' : undefined;

const under = (value: number, { warn, bad }: Limit): FindingLevel | undefined =>
  value < bad ? 'bad' : value < warn ? 'warn' : undefined;

const worse = (a: FindingLevel | undefined, b: FindingLevel | undefined): FindingLevel | undefined =>
  a === 'bad' || b === 'bad' ? 'bad' : (a ?? b);

/** The value that only this share of the others exceeds. */
const usual = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => b - a)[Math.floor(values.length * share)] ?? 0;

/** By how much one half of a face is brighter than the other, 0…1: from their mean and their ratio. */
const sideLight = ({ level, balance }: AvatarReport['light']): number => (2 * level * (1 - balance)) / (1 + balance);

function cutting({ face, picture }: Pick<AvatarReport, 'face' | 'picture'>): FindingLevel | undefined {
  const right = face.x + face.width - picture.width;
  const bottom = face.y + face.height - picture.height;
  const cut =
    Math.max(-face.x, right) > CUT.sides * face.width ||
    -face.y > CUT.top * face.height ||
    bottom > CUT.bottom * face.height;
  if (cut) return 'bad';
  return bottom > -CHIN_ROOM * face.height ? 'warn' : undefined;
}
