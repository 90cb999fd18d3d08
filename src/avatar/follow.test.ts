import { describe, expect, it } from 'vitest';
import { place, samePerson } from './follow.ts';
import { type FaceLandmarks, LANDMARK, LANDMARKS } from './mesh.ts';

/** A face of that size about a point. */
function face(x: number, y: number, side = 100): FaceLandmarks {
  const points = new Float32Array(LANDMARKS * 3);
  for (let i = 0; i < LANDMARKS; i++) {
    points.set([x + (side / 2) * Math.cos(i), y + (side / 2) * Math.sin(i), 0], i * 3);
  }
  points.set([x - side / 5, y, 0], LANDMARK.rightEyeOuter * 3);
  points.set([x + side / 5, y, 0], LANDMARK.leftEyeOuter * 3);
  return { points, score: 1 };
}

const pick = (faces: FaceLandmarks[], framesAgo = 1, last = face(300, 300)) =>
  samePerson(faces, { face: last, framesAgo });

describe('samePerson', () => {
  it('begins with the largest face', () => {
    const faces = [face(500, 100, 120), face(100, 100)];
    expect(samePerson(faces, undefined)).toBe(faces[0]);
    expect(samePerson([], undefined)).toBeUndefined();
  });

  it('takes the nearest, not the largest', () => {
    const [near, large] = [face(320, 290), face(370, 300, 150)];
    expect(pick([large, near])).toBe(near);
  });

  it('rather loses somebody than takes somebody else', () => {
    expect(pick([face(700, 300)])).toBeUndefined();
    expect(pick([face(310, 300, 190)])).toBeUndefined();
  });

  it('looks further the longer the face was hidden, within bounds', () => {
    expect(pick([face(420, 300)], 1)).toBeUndefined();
    expect(pick([face(420, 300)], 10)).toBeDefined();
    expect(pick([face(700, 300)], 1000)).toBeUndefined();
  });
});

describe('place', () => {
  it('says where a face is and how large', () => {
    const { x, y, side } = place(face(40, 60, 80));
    expect([x, y, side].map(Math.round)).toEqual([40, 60, 80]);
  });
});
