import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootError } from '../errors.ts';
import { silentLog } from '../log.ts';
import type { FaceFinder } from './face.ts';
import { loadAvatar, type MediaDecoder } from './load.ts';
import { type FaceLandmarks, LANDMARK, LANDMARKS } from './mesh.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-load-'));
  await writeFile(join(dir, 'avatar.json'), JSON.stringify({ id: 'a', name: 'A', source: 'a.mp4', loop: true }));
  await writeFile(join(dir, 'a.mp4'), 'decoded by a stand-in');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const SIDE = 32;

/** Videos of so many grey frames. */
const decoder = (count: number): MediaDecoder => ({
  decodeFrames: async (_path, { maxFrames }) => ({
    ...{ width: SIDE, height: SIDE },
    frames: Array.from({ length: Math.min(count, maxFrames) }, () => new Uint8Array((SIDE * SIDE * 3) / 2).fill(128)),
  }),
  decodePicture: async () => Promise.reject(new Error('no picture was asked for')),
});

function face(): FaceLandmarks {
  const points = new Float32Array(LANDMARKS * 3);
  for (let i = 0; i < LANDMARKS; i++) points.set([16 + 8 * Math.cos(i), 16 + 8 * Math.sin(i), 0], i * 3);
  for (const eye of [LANDMARK.rightEyeOuter, LANDMARK.rightEyeInner]) points.set([13, 12, 0], eye * 3);
  for (const eye of [LANDMARK.leftEyeOuter, LANDMARK.leftEyeInner]) points.set([19, 12, 0], eye * 3);
  for (const lip of [LANDMARK.mouthLeft, LANDMARK.mouthRight, LANDMARK.upperLipInner]) points.set([16, 19, 0], lip * 3);
  return { points, score: 1 };
}

/** Sees a face in every frame but those; notes whether it was told where the face was before. */
function finderWithout(...hidden: number[]): FaceFinder & { followed: boolean[] } {
  const followed: boolean[] = [];
  return {
    followed,
    find: async (_image, options) => {
      followed.push(options?.previous !== undefined);
      return hidden.includes(followed.length - 1) ? [] : [face()];
    },
    close: async () => {},
  };
}

describe('loadAvatar', () => {
  it('leaves frames without a face alone and searches anew after them', async () => {
    const finder = finderWithout(2);
    const avatar = await loadAvatar(dir, { finder, decode: decoder(5), log: silentLog });
    expect(avatar.crops.map(Boolean)).toEqual([true, true, false, true, true]);
    expect(finder.followed).toEqual([false, true, true, false, true]);
    expect(avatar.reference(1, 16).data.length).toBe(3 * 16 * 16);
    expect(() => avatar.reference(2, 16)).toThrow(RangeError);
  });

  it('works where nothing can be cached', async () => {
    await writeFile(join(dir, 'closed'), '');
    const options = { decode: decoder(3), log: silentLog, cacheDir: join(dir, 'closed', 'cache') };
    const avatar = await loadAvatar(dir, { ...options, finder: finderWithout() });
    expect(avatar.crops.every(Boolean)).toBe(true);
    await rm(dirname(avatar.posterPath), { recursive: true });
  });

  it.each([
    ['no face anywhere', finderWithout(0, 1, 2), 3, /No face found in .*a\.mp4/],
    ['a video longer than 15 s', finderWithout(), 376, /a\.mp4 is longer than 15 s/],
    ['an empty video', finderWithout(), 0, /a\.mp4 holds no picture/],
  ])('refuses %s', async (_, finder, frames, message) => {
    const loading = loadAvatar(dir, { finder, decode: decoder(frames), log: silentLog });
    await expect(loading).rejects.toBeInstanceOf(BootError);
    await expect(loading).rejects.toThrow(message);
  });
});
