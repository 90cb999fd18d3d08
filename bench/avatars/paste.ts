import { padToFrames } from '../../src/audio/chunk-sound.ts';
import { mouthWeights } from '../../src/audio/silence-gate.ts';
import type { Avatar } from '../../src/avatar/avatar.ts';
import type { LipSync } from '../../src/lipsync/lipsync.ts';
import { talkingFrames } from '../../src/talking-frames.ts';
import type { Frame } from '../../src/types.ts';
import { changedOutside, measureSeam } from '../paste/seam.ts';

/** How an avatar's mouth sits in its picture while it speaks. */
export interface Pasted {
  /** Colour step across the mask's edge, mean ΔE over the frames looked at: the picture's own and the pasted one's. */
  own: number;
  pasted: number;
  /** What pasting changed on one side and not on the other. */
  added: number;
  /** Samples that changed outside the mask; of silent frames all count. */
  outside: number;
  /** Lips and paste, ms a frame. */
  ms: number;
  /** The frame that differs most from its source. */
  widest: Frame;
}

/** Every so many frames that speak the seam is measured. */
const EVERY = 4;
const never = new AbortController().signal;

/** Lets an avatar say `sound` as the server does, and compares every frame with its source before encoding. */
export async function measurePaste(avatar: Avatar, lips: LipSync, sound: Int16Array): Promise<Pasted> {
  const pcm = padToFrames(sound);
  const weights = mouthWeights(pcm);
  const sums = { own: 0, pasted: 0, added: 0, outside: 0 };
  let [spoken, looked, index, busy, most] = [0, 0, 0, 0, 0];
  let widest = avatar.frames[0]!;
  let start = performance.now();
  for await (const data of talkingFrames(pcm, { pose: 0 }, avatar, lips, never)) {
    busy += performance.now() - start;
    const at = index % avatar.frames.length;
    const [frame, crop, mask] = [avatar.frames[at]!, avatar.crops[at], avatar.masks[at]];
    if (!crop || !mask || (weights[index]! === 0 && !avatar.mouthOpen[at])) {
      sums.outside += differing(frame.data, data);
    } else {
      sums.outside += changedOutside(frame, data, crop, mask);
      if (spoken++ % EVERY === 0) {
        const { own, pasted, added } = measureSeam(frame, data, crop, mask);
        sums.own += own;
        sums.pasted += pasted;
        sums.added += added;
        looked++;
        const change = changeOf(frame.data, data);
        if (change > most) [most, widest] = [change, { ...frame, data: data.slice() }];
      }
    }
    index++;
    start = performance.now();
  }
  const mean = (sum: number): number => sum / looked;
  const steps = { own: mean(sums.own), pasted: mean(sums.pasted), added: mean(sums.added) };
  return { ...steps, outside: sums.outside, ms: busy / index, widest };
}

const changeOf = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0);

function differing(a: Uint8Array, b: Uint8Array): number {
  if (Buffer.compare(a, b) === 0) return 0;
  return a.reduce((sum, value, at) => sum + (value === b[at] ? 0 : 1), 0);
}
