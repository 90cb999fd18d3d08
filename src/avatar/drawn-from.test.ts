import { describe, expect, it } from 'vitest';
import type { CropMatrix } from '../types.ts';
import { drawnFrom } from './drawn-from.ts';
import { type FaceLandmarks, LANDMARK, LANDMARKS } from './mesh.ts';
import { openMouths } from './mouth.ts';

/** Crops of 100 pixels. */
const CROP: CropMatrix = [100, 0, 0, 0, 100, 0];

/** A face whose lips are `gap` apart (over the mouth's width) and which is turned by so many hundredths of the crop. */
function face(gap: number, turned = 0): FaceLandmarks {
  const points = new Float32Array(LANDMARKS * 3);
  for (let i = 0; i < LANDMARKS; i++) points.set([50 + 30 * Math.cos(i) + turned, 50 + 30 * Math.sin(i), 0], i * 3);
  const put = (index: number, x: number, y: number) => points.set([x, y, 0], index * 3);
  put(LANDMARK.innerMouthRight, 40, 70);
  put(LANDMARK.innerMouthLeft, 60, 70);
  put(LANDMARK.upperLipInner, 50, 70);
  put(LANDMARK.lowerLipInner, 50, 70 + 20 * gap);
  return { points, score: 1 };
}

function sources(
  faces: readonly (FaceLandmarks | undefined)[],
  open = faces.map((one) => !!one && openMouths([one], false)[0]!),
) {
  return drawnFrom({ faces, crops: faces.map((one) => one && CROP), open });
}

describe('drawnFrom', () => {
  it('leaves closed mouths and frames without a face to themselves', () => {
    expect(sources([face(0.02), undefined, face(0)])).toEqual([0, 1, 2]);
    expect(sources([face(0.02), undefined, face(0.3), face(0)])).toEqual([0, 1, 3, 3]);
  });

  it('draws open mouths after the most closed one', () => {
    expect(sources([face(0.05), face(0.3), face(0.2), face(0.01), face(0.3)])).toEqual([0, 3, 3, 3, 3]);
  });

  it('draws frames around an open mouth as those, closed or not', () => {
    const faces = [face(0.05), face(0.3), face(0.05), face(0.01)];
    expect(sources(faces, [true, true, true, true])).toEqual([3, 3, 3, 3]);
  });

  it('looks for a head that is held alike, and keeps to it while it is', () => {
    const faces = [face(0.01), face(0.02, 1.2), face(0.3, 1), face(0.3, 0.7), face(0.3, 0.4), face(0.3, 0)];
    expect(sources(faces)).toEqual([0, 1, 1, 1, 0, 0]);
    expect(sources(faces.toReversed())).toEqual([5, 5, 4, 4, 4, 5]);
  });

  it('takes none for closed that is only nearly so', () => {
    expect(sources([face(0.01), face(0.06, 2.4), face(0.3, 2.4)])).toEqual([0, 1, 2]);
    expect(sources([face(0.05), face(0.06, 2.4), face(0.3, 2.4)])).toEqual([0, 1, 1]);
  });

  it('leaves open mouths alone where no closed one is like them', () => {
    expect(sources([face(0.01), face(0.3, 9)])).toEqual([0, 1]);
    expect(sources([face(0.3), face(0.2)])).toEqual([0, 1]);
  });
});
