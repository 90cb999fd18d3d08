import { type FaceLandmarks, landmark } from './mesh.ts';

/** Upper and lower lid, outer and inner corner of both eyes, in FaceMesh's numbering. */
const EYES = [
  [159, 145, 33, 133],
  [386, 374, 263, 362],
] as const;
/** Eyes less open than this share of the person's usual opening are in a blink. */
const BLINKING = 0.7;

/** In which frames the eyes are as open as they usually are; `false` where there is no face. */
export function awake(faces: readonly (FaceLandmarks | undefined)[]): boolean[] {
  const openings = faces.map((face) => face && eyeOpening(face));
  const sorted = openings.filter((opening) => opening !== undefined).sort((a, b) => a - b);
  const usual = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return openings.map((opening) => opening !== undefined && opening >= BLINKING * usual);
}

/** How far both eyes are open, over their width, in the mean. */
function eyeOpening(face: FaceLandmarks): number {
  const across = (a: number, b: number): number => {
    const [from, to] = [landmark(face, a), landmark(face, b)];
    return Math.hypot(to.x - from.x, to.y - from.y);
  };
  const each = EYES.map(([upper, lower, outer, inner]) => across(upper, lower) / Math.max(1e-6, across(outer, inner)));
  return (each[0]! + each[1]!) / 2;
}
