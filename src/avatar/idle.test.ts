import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../log.ts';
import { FPS, type Frame } from '../types.ts';
import type { VideoFacts } from './decode.ts';
import { type EncodeLoop, idleOf } from './idle.ts';
import type { AvatarSource } from './manifest.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-idle-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const COUNT = 50;
const SOURCE: AvatarSource = {
  ...{ id: 'a', name: 'A', kind: 'video', path: 'avatars/a/a.mp4', posterPath: undefined, loop: true },
};
const VIDEO = { width: 32, height: 16, pixelFormat: 'yuv420p', frames: COUNT, codec: 'h264' };
const FACTS: VideoFacts = { durationSeconds: COUNT / FPS, video: VIDEO };
const frames = Array.from({ length: COUNT }, (): Frame => ({ width: 32, height: 16, data: new Uint8Array(768) }));

const encodeLoop: EncodeLoop = (all, path) => writeFile(path, `${all.length} frames`);
const path = () => join(dir, 'a-idle.mp4');
const idle = (source: AvatarSource, facts: VideoFacts | undefined, encode = encodeLoop, signal?: AbortSignal) =>
  idleOf({ source, decoded: { frames, facts }, frames, path: path() }, { encodeLoop: encode, log: silentLog, signal });

describe('idleOf', () => {
  it('gives the file itself when it plays as it is rendered on', async () => {
    expect(await idle(SOURCE, FACTS)).toBe(SOURCE.path);
  });

  it.each<[string, Partial<AvatarSource>, VideoFacts]>([
    ['plays to and fro', { loop: 'pingpong' }, FACTS],
    ['is no loop', { loop: false }, FACTS],
    ['is no MP4', { path: 'avatars/a/a.webm' }, FACTS],
    ['was scaled', {}, { ...FACTS, video: { ...VIDEO, width: 64, height: 32 } }],
    ['has another frame rate', {}, { ...FACTS, video: { ...VIDEO, frames: 2 * COUNT } }],
    ['lasts longer than its pictures', {}, { ...FACTS, durationSeconds: 3 }],
    ['is coded in a way not every browser knows', {}, { ...FACTS, video: { ...VIDEO, codec: 'hevc' } }],
    ['has other colours than every browser knows', {}, { ...FACTS, video: { ...VIDEO, pixelFormat: 'yuv444p' } }],
    ['says nothing of itself', {}, { durationSeconds: undefined, video: undefined }],
  ])('encodes the loop of a file that %s', async (_, source, facts) => {
    expect(await idle({ ...SOURCE, ...source }, facts)).toBe(path());
    expect(await readFile(path(), 'utf8')).toBe('50 frames');
  });

  it('has none for a photo', async () => {
    expect(await idle({ ...SOURCE, kind: 'picture', path: 'a.png' }, undefined)).toBeUndefined();
  });

  it('does without when encoding fails, and stops when it is told to', async () => {
    const broken = async () => Promise.reject(new Error('no encoder'));
    expect(await idle(SOURCE, { ...FACTS, video: undefined }, broken)).toBeUndefined();
    const stopped = AbortSignal.abort(new Error('enough'));
    await expect(idle(SOURCE, { ...FACTS, video: undefined }, broken, stopped)).rejects.toThrow('enough');
  });
});
