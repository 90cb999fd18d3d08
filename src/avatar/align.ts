import type { CropMatrix, Pads } from '../types.ts';
import { type FaceLandmarks, LANDMARK, landmark } from './mesh.ts';
import { angleOf, applyMatrix, type Point } from './roi.ts';
import { fitSimilarity, meanFace } from './similarity.ts';

/** How a lips model wants to see a face; `models/manifest.json` says it of each. */
export interface Framing {
  /** v of the line through the eyes, in the unit square of the crop. */
  eyes: number;
  /** v of the line where the lips meet. */
  mouth: number;
  /** Height of the cut region over its width: face boxes are tall, networks square. */
  aspect: number;
  /** What lies at u = 0.5; the face when absent. */
  centre?: 'face' | 'mouth';
  /** The part of the unit square in which the model draws; all of it when absent. */
  window?: Window;
  /** What the crop has more on each side than this framing alone; nothing when absent. */
  pads?: Pads;
}

/** A rectangle in the crop's unit square. */
export interface Window {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Where the crop lies in a frame: centre and height in pixels, angle clockwise in radians. */
export interface CropPose {
  x: number;
  y: number;
  height: number;
  angle: number;
}

/** Smoothing reaches this many frames to either side. */
const REACH = 3;
const SIGMA_FRAMES = 2;
/** A face that moved more than this share of the crop's height in a frame belongs to another shot. */
const CUT = 0.2;

const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** Features by which a face is framed, pixels; `centre` lies between the ears' edges of the face. */
function features(face: FaceLandmarks): Record<'rightEye' | 'leftEye' | 'mouth' | 'centre', Point> {
  const at = (name: keyof typeof LANDMARK) => landmark(face, LANDMARK[name]);
  return {
    rightEye: middle(at('rightEyeOuter'), at('rightEyeInner')),
    leftEye: middle(at('leftEyeOuter'), at('leftEyeInner')),
    // A smile lifts the corners; the inside of the upper lip stays, even when the mouth opens.
    mouth: middle(middle(at('mouthRight'), at('mouthLeft')), at('upperLipInner')),
    centre: middle(at('faceRight'), at('faceLeft')),
  };
}

/**
 * The crop that frames a face: turned with it, as high as the way from eyes to mouth says (which a turned head keeps),
 * and centred on the mouth or between the ears' edges of the face (where a turned head's features are not).
 */
export function cropPose(face: FaceLandmarks, framing: Framing): CropPose {
  const { rightEye, leftEye, mouth, centre } = features(face);
  const eyes = middle(rightEye, leftEye);
  const alongEyes = angleOf(rightEye, leftEye);
  const acrossFace = angleOf(eyes, mouth) - Math.PI / 2;
  const angle = Math.atan2(Math.sin(alongEyes) + Math.sin(acrossFace), Math.cos(alongEyes) + Math.cos(acrossFace));
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const across = (p: Point) => p.x * cos + p.y * sin;
  const down = (p: Point) => p.y * cos - p.x * sin;
  const height = (down(mouth) - down(eyes)) / (framing.mouth - framing.eyes);
  const u = across(framing.centre === 'mouth' ? mouth : centre);
  const v = down(eyes) + (0.5 - framing.eyes) * height;
  return { x: u * cos - v * sin, y: u * sin + v * cos, height, angle };
}

/**
 * One crop per frame. The mean face is framed once and carried to every frame by the whole face's motion: eyelids and
 * lips alone would make the crop nod with every blink. A crop centred on the mouth then follows it sideways: a mouth
 * stands before the face, and goes further than the whole when the head turns.
 */
export function cropPoses(faces: readonly (FaceLandmarks | undefined)[], framing: Framing): (CropPose | undefined)[] {
  const found = faces.filter((face) => face !== undefined);
  if (found.length === 0) return faces.map(() => undefined);
  const mean = meanFace(found);
  const base = cropPose(mean, framing);
  return faces.map((face) => {
    if (!face) return undefined;
    const motion = fitSimilarity(mean, face);
    const [a, , , c] = motion;
    const pose = {
      ...applyMatrix(motion, base.x, base.y),
      height: base.height * Math.hypot(a, c),
      angle: base.angle + Math.atan2(c, a),
    };
    return framing.centre === 'mouth' ? slideTo(features(face).mouth, pose) : pose;
  });
}

/** The pose moved along its own horizontal until `point` lies in its middle. */
function slideTo({ x, y }: Point, pose: CropPose): CropPose {
  const [cos, sin] = [Math.cos(pose.angle), Math.sin(pose.angle)];
  const way = (x - pose.x) * cos + (y - pose.y) * sin;
  return { ...pose, x: pose.x + way * cos, y: pose.y + way * sin };
}

/** The pose as a matrix from the crop's unit square to pixels of the frame. */
export function poseMatrix({ x, y, height, angle }: CropPose, aspect: number): CropMatrix {
  const width = height / aspect;
  const [a, c] = [width * Math.cos(angle), width * Math.sin(angle)];
  const [b, d] = [-height * Math.sin(angle), height * Math.cos(angle)];
  return [a, b, x - (a + b) / 2, c, d, y - (c + d) / 2];
}

/**
 * Gaussian smoothing over ±3 frames, so that the crop does not tremble with the landmarks. A window ends at a frame
 * without a face and at a cut; with `circular` the last frame leads into the first.
 */
export function smoothPoses(poses: readonly (CropPose | undefined)[], circular: boolean): (CropPose | undefined)[] {
  return poses.map((pose, index) => {
    if (!pose) return undefined;
    const sum = { x: pose.x, y: pose.y, height: pose.height, angle: pose.angle };
    let total = 1;
    for (const direction of [-1, 1]) {
      let last = pose;
      for (let step = 1; step <= Math.min(REACH, (poses.length - 1) / 2); step++) {
        const next = neighbour(poses, index + direction * step, circular);
        if (!next || isCut(last, next)) break;
        const weight = Math.exp(-0.5 * (step / SIGMA_FRAMES) ** 2);
        sum.x += weight * next.x;
        sum.y += weight * next.y;
        sum.height += weight * next.height;
        sum.angle += weight * next.angle;
        total += weight;
        last = next;
      }
    }
    return { x: sum.x / total, y: sum.y / total, height: sum.height / total, angle: sum.angle / total };
  });
}

function neighbour(poses: readonly (CropPose | undefined)[], index: number, circular: boolean): CropPose | undefined {
  return poses[circular ? (index + poses.length) % poses.length : index];
}

function isCut(a: CropPose, b: CropPose): boolean {
  const moved = Math.hypot(a.x - b.x, a.y - b.y) > CUT * a.height;
  return moved || Math.abs(a.height - b.height) > CUT * a.height || Math.abs(a.angle - b.angle) > 1;
}
