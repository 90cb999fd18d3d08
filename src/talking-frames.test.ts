import { expect, it } from 'vitest';
import { fakeAvatar, fakeLips, fakeSpeech } from '../test/fixtures/studio.ts';
import type { LipSyncRequest } from './lipsync/lipsync.ts';
import { talkingFrames } from './talking-frames.ts';
import { SAMPLES_PER_FRAME } from './types.ts';

/** What the lips are asked for a sound; the first frame of each picture it becomes. */
async function ask(pcm: Int16Array, avatar = fakeAvatar(), pose = 0) {
  const asked: LipSyncRequest[] = [];
  const lips = fakeLips(async (request) => void asked.push(request));
  let pictures = 0;
  for await (const _ of talkingFrames(pcm, { pose }, avatar, lips, new AbortController().signal)) pictures++;
  return { asked, pictures };
}
const { pcm: spoken } = fakeSpeech('раз два три четыре');

it('opens the mouth over the first frames, and closes it where silence begins', async () => {
  const pause = new Int16Array(spoken.length + 10 * SAMPLES_PER_FRAME);
  pause.set(spoken);
  const { asked, pictures } = await ask(pause);
  const [{ frames, weight }] = asked as [LipSyncRequest];
  expect(pictures).toBe(18);
  expect(frames.map((frame) => weight?.(frame))).toEqual([
    ...[1 / 3, 2 / 3, 1, 1, 1, 1, 1, 1],
    ...[2 / 3, 1 / 3].map((value) => expect.closeTo(value, 5)),
  ]);
});

it('draws every mouth after the crop that the avatar names', async () => {
  const avatar = fakeAvatar();
  const drawn = { ...avatar, drawnFrom: [0, 4, 4, 3, 4] };
  const { asked } = await ask(spoken, drawn, 1);
  const [{ frames, reference }] = asked as [LipSyncRequest];
  const crops = frames.map((frame) => reference(frame).data[0]! - 100);
  expect(crops).toEqual([4, 4, 3, 4, 0, 4, 4, 3]);
});

it('keeps a mouth at rest in silence where the avatar’s own is open', async () => {
  const avatar = fakeAvatar();
  const open = { ...avatar, mouthOpen: avatar.mouthOpen.map(() => true) };
  const { asked } = await ask(new Int16Array(6 * SAMPLES_PER_FRAME), open);
  const [{ frames, weight }] = asked as [LipSyncRequest];
  expect(frames).toEqual([0, 1, 2, 3, 4, 5]);
  expect(frames.map((frame) => weight?.(frame))).toEqual(Array(6).fill(0));
});
