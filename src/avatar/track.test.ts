import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../log.ts';
import type { FaceFinder, FindOptions } from './face.ts';
import { place } from './follow.ts';
import { type FaceLandmarks, LANDMARK, LANDMARKS } from './mesh.ts';
import { trackFace } from './track.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-track-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const frames = (count: number) =>
  Array.from({ length: count }, () => ({ width: 4, height: 4, data: new Uint8Array(24).fill(128) }));

function face(x: number): FaceLandmarks {
  const points = new Float32Array(LANDMARKS * 3);
  for (let i = 0; i < LANDMARKS; i++) points.set([x + 50 * Math.cos(i), 100 + 50 * Math.sin(i), 0], i * 3);
  points.set([x - 20, 90, 0], LANDMARK.rightEyeOuter * 3);
  points.set([x + 20, 90, 0], LANDMARK.leftEyeOuter * 3);
  return { points, score: 1 };
}

/** Sees what the script says, frame by frame, and notes what it was asked. */
function scripted(script: FaceLandmarks[][]): FaceFinder & { asked: (FindOptions | undefined)[] } {
  const asked: (FindOptions | undefined)[] = [];
  return {
    asked,
    find: async (_image, options) => {
      asked.push(options);
      return script[asked.length - 1]!;
    },
    close: async () => {},
  };
}

const where = (faces: (FaceLandmarks | undefined)[]) => faces.map((one) => one && Math.round(place(one).x));

describe('trackFace', () => {
  it('stays with one person while others come and go', async () => {
    const finder = scripted([[face(100), face(500)], [face(105)], [face(500)], [face(500), face(110)]]);
    const faces = await trackFace(frames(4), join(dir, 'a'), { finder, log: silentLog });
    expect(where(faces)).toEqual([100, 105, undefined, 110]);
    expect(finder.asked.map((options) => options?.previous !== undefined)).toEqual([false, true, true, false]);
    expect(finder.asked.every((options) => options?.at === undefined)).toBe(true);
  });

  it('begins at the point that was picked and looks for it where it was last', async () => {
    const finder = scripted([[face(500)], [], [face(505)]]);
    const progress: number[] = [];
    const options = {
      finder,
      log: silentLog,
      at: { x: 490, y: 95 },
      onProgress: (share: number) => progress.push(share),
    };
    expect(where(await trackFace(frames(3), join(dir, 'b'), options))).toEqual([500, undefined, 505]);
    expect(finder.asked[0]?.at).toEqual({ x: 490, y: 95 });
    expect(Math.round(finder.asked[2]?.at?.x ?? 0)).toBe(500);
    expect(progress).toEqual([1 / 3, 2 / 3, 1]);
  });

  it('looks for small faces now and then while nobody is in sight', async () => {
    const nobody: FaceLandmarks[] = [];
    const finder = scripted([...Array(6).fill(nobody), [face(100)], nobody, nobody]);
    await trackFace(frames(9), join(dir, 'e'), { finder, log: silentLog });
    const thorough = finder.asked.flatMap((options, i) => (options?.coarse ? [] : [i]));
    expect(thorough).toEqual([0, 5, 7]);
    const picked = scripted([nobody, nobody, nobody]);
    await trackFace(frames(3), join(dir, 'f'), { finder: picked, log: silentLog, at: { x: 1, y: 1 } });
    expect(picked.asked.map((options) => options?.coarse)).toEqual([false, false, false]);
  });

  it('takes from the cache what was found before', async () => {
    await trackFace(frames(1), join(dir, 'c'), { finder: scripted([[face(100)]]), log: silentLog });
    const finder = scripted([]);
    expect(where(await trackFace(frames(1), join(dir, 'c'), { finder, log: silentLog }))).toEqual([100]);
    expect(finder.asked).toEqual([]);
  });
});
