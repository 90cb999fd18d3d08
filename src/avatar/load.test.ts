import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { FPS, type Frame } from '../types.ts';
import type { MediaDecoder } from './decode.ts';
import type { FaceFinder } from './face.ts';
import { loadAvatar } from './load.ts';
import { type FaceLandmarks, LANDMARK, LANDMARKS } from './mesh.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-load-'));
  await writeFile(join(dir, 'avatar.json'), JSON.stringify({ id: 'a', name: 'A', source: 'a.mp4', loop: true }));
  await writeFile(join(dir, 'a.mp4'), 'decoded by a stand-in');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const SIDE = 32;

/** Videos of so many grey frames, whose files say that they last `seconds`. */
const decoder = (count: number, seconds = count / FPS): MediaDecoder => ({
  probe: async () => ({
    durationSeconds: seconds,
    video: { width: SIDE, height: SIDE, codec: 'h264', pixelFormat: 'yuv420p', frames: Math.round(seconds * FPS) },
  }),
  decodeFrames: async (_path, { maxFrames }) => ({
    ...{ width: SIDE, height: SIDE },
    frames: Array.from({ length: Math.min(count, maxFrames) }, () => new Uint8Array((SIDE * SIDE * 3) / 2).fill(128)),
  }),
  decodePicture: async () => Promise.reject(new Error('no picture was asked for')),
});

const options = (frames: number, seconds?: number) => ({
  decode: decoder(frames, seconds),
  framing: { eyes: 0.3, mouth: 0.6, aspect: 1.5 },
  encodeLoop: async () => Promise.reject(new Error('the file plays as it is')),
  log: silentLog,
});

function face(): FaceLandmarks {
  const points = new Float32Array(LANDMARKS * 3);
  for (let i = 0; i < LANDMARKS; i++) points.set([16 + 8 * Math.cos(i), 16 + 8 * Math.sin(i), 0], i * 3);
  for (const eye of [LANDMARK.rightEyeOuter, LANDMARK.rightEyeInner]) points.set([13, 12, 0], eye * 3);
  for (const eye of [LANDMARK.leftEyeOuter, LANDMARK.leftEyeInner]) points.set([19, 12, 0], eye * 3);
  const { mouthLeft, mouthRight, upperLipInner, lowerLipInner } = LANDMARK;
  for (const lip of [mouthLeft, mouthRight, upperLipInner, lowerLipInner]) points.set([16, 19, 0], lip * 3);
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
    const avatar = await loadAvatar(dir, { ...options(5), finder });
    expect(avatar.crops.map(Boolean)).toEqual([true, true, false, true, true]);
    expect(avatar.mouthOpen).toEqual(Array(5).fill(false));
    expect(avatar.idlePath).toBe(join(dir, 'a.mp4'));
    expect(finder.followed).toEqual([false, true, true, false, true]);
    expect(avatar.reference(1, 16).data.length).toBe(3 * 16 * 16);
    expect(() => avatar.reference(2, 16)).toThrow(RangeError);
  });

  it('works where nothing can be cached', async () => {
    await writeFile(join(dir, 'closed'), '');
    const cacheDir = join(dir, 'closed', 'cache');
    const avatar = await loadAvatar(dir, { ...options(3), cacheDir, finder: finderWithout() });
    expect(avatar.crops.every(Boolean)).toBe(true);
    await rm(dirname(avatar.posterPath), { recursive: true });
  });

  it('encodes the loop anew when the same file plays in another order', async () => {
    const encoded: number[] = [];
    const encodeLoop = async (frames: readonly Frame[], path: string) => {
      encoded.push(frames.length);
      await writeFile(path, 'video');
    };
    const load = async (loop: false | 'pingpong') => {
      await writeFile(join(dir, 'avatar.json'), JSON.stringify({ name: 'A', id: 'a', source: 'a.mp4', loop }));
      return (await loadAvatar(dir, { ...options(5), encodeLoop, finder: finderWithout() })).idlePath;
    };
    const paths = [await load('pingpong'), await load(false), await load('pingpong')];
    expect(encoded).toEqual([8, 5]);
    expect(paths[2]).toBe(paths[0]);
    expect(paths[1]).not.toBe(paths[0]);
  });

  it.each([
    ['no face anywhere', finderWithout(0, 1, 2), options(3), /No face found in .*a\.mp4/],
    ['a video longer than 15 s', finderWithout(), options(376), /a\.mp4 is longer than 15 s/],
    ['an empty video', finderWithout(), options(0), /a\.mp4 holds no picture/],
    ['a video that was cut off', finderWithout(), options(50, 4), /a\.mp4 ends early: 2\.0 of its 4\.0 s/],
  ])('refuses %s', async (_, finder, settings, message) => {
    const loading = loadAvatar(dir, { ...settings, finder });
    await expect(loading).rejects.toBeInstanceOf(BootError);
    await expect(loading).rejects.toThrow(message);
  });
});
