import { describe, expect, it } from 'vitest';
import { type FaceLandmarks, LANDMARK, LANDMARKS } from './mesh.ts';
import { isOpen, lipGap, openMouths, restFrame } from './mouth.ts';

/** A face, turned by a quarter, whose inner lips are `gap` of the inner mouth's width apart. */
function face(gap: number): FaceLandmarks {
  const points = new Float32Array(LANDMARKS * 3);
  points.set([100, 80, 0], LANDMARK.innerMouthRight * 3);
  points.set([100, 130, 0], LANDMARK.innerMouthLeft * 3);
  points.set([100 + 25 * gap, 105, 0], LANDMARK.upperLipInner * 3);
  points.set([100 - 25 * gap, 105, 0], LANDMARK.lowerLipInner * 3);
  return { points, score: 1 };
}

const closed = (count: number) => Array<FaceLandmarks>(count).fill(face(0.05));
/** Indices of the open frames. */
const open = (faces: (FaceLandmarks | undefined)[], circular = false) =>
  openMouths(faces, circular).flatMap((isOpen, index) => (isOpen ? [index] : []));

describe('openMouths', () => {
  it('tells an open mouth from lips that lie on each other', () => {
    expect(openMouths([face(0.4)], true)).toEqual([true]);
    expect(openMouths([face(0.05)], true)).toEqual([false]);
  });

  it('holds on around an open frame and does not flicker when the gap trembles', () => {
    expect(open([...closed(10), face(0.2), ...closed(10)])).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    const trembling = Array.from({ length: 30 }, (_, i) => face(i % 3 ? 0.07 : 0.09));
    expect(openMouths(trembling, false).every(Boolean)).toBe(true);
  });

  it('leads from the last frame into the first only in a loop', () => {
    const faces = [...closed(20), face(0.2)];
    expect(open(faces)).toEqual([15, 16, 17, 18, 19, 20]);
    expect(open(faces, true)).toEqual([0, 1, 2, 3, 4, 15, 16, 17, 18, 19, 20]);
  });

  it('says nothing about frames without a face', () => {
    expect(openMouths([face(0.2), undefined, face(0.2)], true)).toEqual([true, false, true]);
  });
});

describe('restFrame', () => {
  it('is the frame with the most closed mouth', () => {
    expect(restFrame([face(0.3), undefined, face(0.02), face(0.1)])).toBe(2);
    expect(restFrame([face(0.3), face(0.3)])).toBe(0);
    expect(restFrame([undefined, undefined])).toBe(0);
  });
});

describe('lipGap', () => {
  it('measures the gap over the width of the mouth, however turned', () => {
    expect(lipGap(face(0.3))).toBeCloseTo(0.3);
    expect([0.05, 0.3].map((gap) => isOpen(face(gap)))).toEqual([false, true]);
  });
});
