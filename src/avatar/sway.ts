import type { Frame } from '../types.ts';
import { type FaceLandmarks, LANDMARK, landmark } from './mesh.ts';
import { angleOf, type Point } from './roi.ts';
import { shiftField, shiftPlane } from './shift.ts';
import { planeOf } from './skin.ts';

/** With a full breath the head rises by this share of its height, leans by so many radians and grows so much. */
const BREATH = { rise: 0.007, lean: 0.0035, zoom: 0.0025 };
/** Half axes of the ellipse that holds face and hair, over the face's height, and its middle above the face's. */
const HEAD = { across: 0.62, down: 0.8, above: 0.1 };
/** Outside it the motion fades, up to so many times its size. */
const FADE = 2.1;
/** Shoulders: half their width below the chin over the face's height, how it grows, and their share of the motion. */
const TORSO = { neck: 0.45, slope: 1.4, widest: 1.5, fade: 1.8, share: 0.7 };
/** The turning point lies below the face's middle by so many of its heights. */
const NECK = 0.9;

/** A frame's breath, from 0 (as it is) to 1 (breathed in). */
export interface Sway {
  /** The furthest any pixel goes, pixels. */
  reach: number;
  frame(breath: number): Frame;
  /** The face as it stands in that frame. */
  face(breath: number): FaceLandmarks;
}

/** Where, in pixels, a point's colour comes from at a full breath, relative to the point. */
type Motion = (x: number, y: number) => Point;

/**
 * Lets the person in a photo breathe: head and shoulders rise, lean and come nearer a little, and the background gives
 * way smoothly. The head moves as a whole, so its face, and the mouth in it, keep their shape to the pixel.
 */
export function createSway(frame: Frame, face: FaceLandmarks): Sway {
  const motion = motionOf(face);
  const field = shiftField(frame.width, frame.height, motion);
  const height = faceHeight(face);
  return {
    reach: height * (BREATH.rise + 1.5 * BREATH.lean + BREATH.zoom),
    frame(breath) {
      const data = new Uint8Array(frame.data.length);
      for (const channel of ['y', 'u', 'v'] as const) {
        const plane = planeOf(frame, channel);
        shiftPlane(plane, field, frame.width / plane.width, breath, data);
      }
      return { ...frame, data };
    },
    face(breath) {
      const points = face.points.slice();
      for (let i = 0; i < points.length; i += 3) {
        const { x, y } = motion(points[i]!, points[i + 1]!);
        points[i]! -= breath * x;
        points[i + 1]! -= breath * y;
      }
      return { ...face, points };
    },
  };
}

/** Forehead to chin, pixels. */
function faceHeight(face: FaceLandmarks): number {
  const [top, chin] = [landmark(face, LANDMARK.forehead), landmark(face, LANDMARK.chin)];
  return Math.hypot(chin.x - top.x, chin.y - top.y);
}

function motionOf(face: FaceLandmarks): Motion {
  const [top, chin] = [landmark(face, LANDMARK.forehead), landmark(face, LANDMARK.chin)];
  const height = faceHeight(face);
  const angle = angleOf(top, chin) - Math.PI / 2;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const middle = { x: (top.x + chin.x) / 2, y: (top.y + chin.y) / 2 };
  return (x, y) => {
    // In heights of the face, upright with it.
    const [dx, dy] = [(x - middle.x) / height, (y - middle.y) / height];
    const [u, v] = [dx * cos + dy * sin, dy * cos - dx * sin];
    const share = height * shareAt(u, v);
    if (share === 0) return { x: 0, y: 0 };
    const below = v - NECK;
    const across = -BREATH.zoom * u + BREATH.lean * below;
    const down = BREATH.rise - BREATH.zoom * below - BREATH.lean * u;
    return { x: share * (across * cos - down * sin), y: share * (across * sin + down * cos) };
  };
}

/** How much of the motion a place takes part in: all of it in the head, less in the shoulders, none far away. */
function shareAt(u: number, v: number): number {
  const head = 1 - step(1, FADE, Math.hypot(u / HEAD.across, (v + HEAD.above) / HEAD.down));
  const half = Math.min(TORSO.widest, TORSO.neck + TORSO.slope * Math.max(0, v - TORSO.neck));
  const torso = TORSO.share * (1 - step(1, TORSO.fade, Math.abs(u) / half)) * step(0.4, 1, v);
  return 1 - (1 - head) * (1 - torso);
}

/** 0 before `from`, 1 after `to`, smooth between. */
function step(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
