import type { CropMatrix, Frame } from '../types.ts';
import { type FaceLandmarks, landmark } from './mesh.ts';
import { isOpen } from './mouth.ts';
import { average, faceWidth, type Patch, patchAt, sampleFrame } from './skin.ts';

/** Landmarks in the middle of patches of skin, in FaceMesh's numbering. */
const CHEEKS = [50, 280, 101, 330];
const MOUSTACHE = [164, 165, 391];
const CHIN = [199, 200, 201, 421];
const JAW = [210, 430, 212, 432];
const LIPS = [0, 17];
/** The inner edge of the upper lip and, across from it, of the lower one. */
const BETWEEN_LIPS = [
  [81, 178],
  [82, 87],
  [13, 14],
  [312, 317],
  [311, 402],
] as const;
const DEPTHS = [0.15, 0.3, 0.5, 0.7, 0.85];
/** Luma of black; brightnesses are compared above it. */
const BLACK = 16;

/** Hair is darker than this share of the cheeks, or rough: by so much of their light, and so much rougher than they. */
const HAIR = { dark: 0.68, rough: 0.09, rougher: 1.8 };
/** Short or sparse hair lets skin through: less dark, but it takes the red out of the skin, which shadow leaves in. */
const SPARSE_HAIR = { dark: 0.83, lessRed: 5.5 };
/**
 * Distance in the U/V plane between lower face and cheeks from which on a mask is thought of. Coloured light reaches 29,
 * but shows the lips.
 */
const COVER_COLOUR = 14;
/** Lips stand out from the chin by redness or shade; a mask hides both. */
const LIPS_SHOW = { redder: 3, darker: 0.06 };
/** Lips without any edge: a pale mask on pale skin. */
const PLAIN = 0.025;
/** Skin is never plainer than this, out of focus or painted, levels of luma; a drawing's flat colours are. */
const FLAT = 0.5;
/** Teeth are bright and less red than the lips. */
const TOOTH = { bright: 0.75, lessRed: 5, share: 0.15 };

/** What the lower half of one face shows. */
export interface LowerFace {
  beard: boolean;
  teeth: boolean;
  /** Something plain lies before the mouth, such as a medical mask. */
  masked: boolean;
  /** Skin of one flat colour, as in a drawing. */
  flat: boolean;
}

export function measureLowerFace(frame: Frame, face: FaceLandmarks): LowerFace {
  const mean = (indices: readonly number[]): Patch => meanPatch(indices.map((index) => patchAt(frame, face, index)));
  const [cheek, moustache, chin] = [mean(CHEEKS), mean(MOUSTACHE), mean(CHIN)];
  const [jaw, lips] = [mean(JAW), mean(LIPS)];
  const light = Math.max(1, cheek.y - BLACK);
  const dark = (patch: Patch) => (patch.y - BLACK) / light;
  const hairy = (patch: Patch) =>
    dark(patch) < HAIR.dark ||
    (dark(patch) < SPARSE_HAIR.dark && cheek.v - patch.v > SPARSE_HAIR.lessRed) ||
    (patch.rough / light > HAIR.rough && patch.rough > HAIR.rougher * cheek.rough);
  const colour = ({ u, v }: Patch) => Math.hypot(u - cheek.u, v - cheek.v);
  const lipsShow = lips.v - chin.v > LIPS_SHOW.redder || dark(lips) < dark(chin) * (1 - LIPS_SHOW.darker);
  const strange = Math.min(colour(moustache), colour(chin)) > COVER_COLOUR;
  const masked = !lipsShow && (strange || lips.rough / light < PLAIN);
  return {
    // Shadow darkens chin and jaw, but spares the upper lip.
    beard: !masked && hairy(moustache) && (hairy(chin) || hairy(jaw)),
    teeth: !masked && isOpen(face) && toothShare(frame, face, { light, lipRed: lips.v }) > TOOTH.share,
    masked,
    flat: Math.max(cheek.rough, chin.rough) < FLAT,
  };
}

/** Share of the opening between the lips that looks like teeth. */
function toothShare(frame: Frame, face: FaceLandmarks, { light, lipRed }: { light: number; lipRed: number }): number {
  const side = Math.max(1, faceWidth(face) / 100);
  const looks = BETWEEN_LIPS.flatMap(([upper, lower]) => {
    const [from, to] = [landmark(face, upper), landmark(face, lower)];
    return DEPTHS.map((depth): boolean => {
      const [x, y] = [from.x + (to.x - from.x) * depth, from.y + (to.y - from.y) * depth];
      const spot: CropMatrix = [side, 0, x - side / 2, 0, side, y - side / 2];
      const bright = (average(sampleFrame(frame, 'y', spot, 2)) - BLACK) / light;
      return bright > TOOTH.bright && average(sampleFrame(frame, 'v', spot, 1)) < lipRed - TOOTH.lessRed;
    });
  });
  return looks.filter(Boolean).length / looks.length;
}

const meanPatch = (patches: readonly Patch[]): Patch => ({
  y: average(patches.map(({ y }) => y)),
  u: average(patches.map(({ u }) => u)),
  v: average(patches.map(({ v }) => v)),
  rough: average(patches.map(({ rough }) => rough)),
});
