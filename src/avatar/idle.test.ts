import { expect, it } from 'vitest';
import { FPS, type Frame } from '../types.ts';
import type { VideoFacts } from './decode.ts';
import { playsAsIs } from './idle.ts';
import type { AvatarSource } from './manifest.ts';

const COUNT = 50;
const SOURCE: AvatarSource = {
  ...{ id: 'a', name: 'A', kind: 'video', path: 'avatars/a/a.mp4', posterPath: undefined, loop: true },
  ...{ idle: 'alive', bundled: false },
};
const VIDEO = { width: 32, height: 16, pixelFormat: 'yuv420p', frames: COUNT, codec: 'h264' };
const FACTS: VideoFacts = { durationSeconds: COUNT / FPS, video: VIDEO };
const frames = Array.from({ length: COUNT }, (): Frame => ({ width: 32, height: 16, data: new Uint8Array(768) }));

it('takes the file itself when it plays as it is rendered on', () => {
  expect(playsAsIs(SOURCE, { frames, facts: FACTS })).toBe(true);
});

it.each<[string, Partial<AvatarSource>, VideoFacts | undefined]>([
  ['plays to and fro', { loop: 'pingpong' }, FACTS],
  ['is no loop', { loop: false }, FACTS],
  ['may be one only in part', { loop: 'best' }, FACTS],
  ['is no MP4', { path: 'avatars/a/a.webm' }, FACTS],
  ['was scaled', {}, { ...FACTS, video: { ...VIDEO, width: 64, height: 32 } }],
  ['has another frame rate', {}, { ...FACTS, video: { ...VIDEO, frames: 2 * COUNT } }],
  ['lasts longer than its pictures', {}, { ...FACTS, durationSeconds: 3 }],
  ['is coded in a way not every browser knows', {}, { ...FACTS, video: { ...VIDEO, codec: 'hevc' } }],
  ['has other colours than every browser knows', {}, { ...FACTS, video: { ...VIDEO, pixelFormat: 'yuv444p' } }],
  ['says nothing of itself', {}, { durationSeconds: undefined, video: undefined }],
  ['is a picture', { kind: 'picture', path: 'a.png' }, undefined],
])('does not take a file that %s', (_, source, facts) => {
  expect(playsAsIs({ ...SOURCE, ...source }, { frames, facts })).toBe(false);
});
