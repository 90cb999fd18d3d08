import { awake } from './awake.ts';
import { type FaceLandmarks, LANDMARK, landmark } from './mesh.ts';

/** Inner lips further apart than this share of the mouth's inner width are open; the bundled avatars reach .057. */
const MOUTH_OPEN = 0.08;
/** Frames around an open one that count as open too, so that a gap about the limit does not flicker. */
const HOLD = 5;

/**
 * Whether the mouth is open in each frame; `false` where there is no face. With `circular` the last frame leads into
 * the first.
 */
export function openMouths(faces: readonly (FaceLandmarks | undefined)[], circular: boolean): boolean[] {
  const open = faces.map((face) => face !== undefined && isOpen(face));
  const openAt = (index: number) => (circular ? open.at(index % open.length) : open[index]);
  return faces.map((face, index) => {
    if (!face) return false;
    for (let step = -HOLD; step <= HOLD; step++) if (openAt(index + step)) return true;
    return false;
  });
}

/** Index of the face whose mouth is most closed while the eyes are open, 0 when there is none: the pose for silence. */
export function restFrame(faces: readonly (FaceLandmarks | undefined)[]): number {
  const looking = awake(faces);
  const gaps = faces.map((face, index) => (face && looking[index] ? lipGap(face) : Number.POSITIVE_INFINITY));
  return Math.max(0, gaps.indexOf(Math.min(...gaps)));
}

/** Whether the lips stand apart in this frame. */
export const isOpen = (face: FaceLandmarks): boolean => lipGap(face) > MOUTH_OPEN;

/** Distance between the inner lips over the mouth's inner width. */
export function lipGap(face: FaceLandmarks): number {
  const across = (a: keyof typeof LANDMARK, b: keyof typeof LANDMARK): number => {
    const [from, to] = [landmark(face, LANDMARK[a]), landmark(face, LANDMARK[b])];
    return Math.hypot(to.x - from.x, to.y - from.y);
  };
  return across('upperLipInner', 'lowerLipInner') / across('innerMouthRight', 'innerMouthLeft');
}
