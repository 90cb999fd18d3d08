import { melSpectrogram } from './audio/mel.ts';
import { mouthWeights } from './audio/silence-gate.ts';
import type { Avatar } from './avatar/avatar.ts';
import { createCompositor } from './avatar/composite.ts';
import type { LipSync } from './lipsync/lipsync.ts';
import { FPS, type MouthPatch, SAMPLES_PER_FRAME } from './types.ts';

/** Video frames whose mel is computed at once, so that a long text never holds the event loop for long. */
const SEGMENT_FRAMES = 10 * FPS;
/** Sound on each side of a segment that its mel windows may look at; a multiple of 5 frames is whole mel columns. */
const CONTEXT_FRAMES = FPS;

/** A chunk follows on a closed mouth: that opens over its first frames, and does not jump. */
const ONSET = [1 / 3, 2 / 3];

/** How an avatar plays a chunk. */
export interface Acting {
  /** Frame of the avatar's loop at which it begins, counted on over any number of loops. */
  pose: number;
  /** How far the mouth moves (`INTENSITY`); as the lips model learnt it when absent. */
  intensity?: number;
}

/**
 * The avatar speaking `pcm` (a whole number of video frames): one I420 picture per frame. Silent frames, and those in
 * which no face was found, are the avatar's own buffers, not copies; the others are used again (see Compositor), so a
 * picture must be gone by the time the second after it is asked for.
 */
export async function* talkingFrames(
  pcm: Int16Array,
  { pose, intensity }: Acting,
  avatar: Avatar,
  lips: LipSync,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const weights = mouthWeights(pcm);
  const compositor = createCompositor(avatar.masks, lips.size);
  const loopIndex = (frame: number): number => (pose + frame) % avatar.frames.length;
  // Where the avatar's own mouth is open, silence shows the mouth the model closes.
  const shown = (frame: number): number => (avatar.mouthOpen[loopIndex(frame)] ? 1 : weights[frame]!);
  for (let start = 0; start < weights.length; start += SEGMENT_FRAMES) {
    const end = Math.min(start + SEGMENT_FRAMES, weights.length);
    const moving: number[] = [];
    for (let frame = start; frame < end; frame++) {
      if (shown(frame) > 0 && avatar.crops[loopIndex(frame)]) moving.push(frame);
    }
    let frame = start;
    // A mouth that is fading moves less too: two different ones, half seen each, would look like double lips.
    const weight = (at: number) => weights[at]! * (ONSET[at] ?? 1);
    const request = { pcm, frames: moving, weight, intensity };
    for await (const patch of segmentPatches(request, avatar, loopIndex, lips, signal)) {
      for (; frame < patch.frame; frame++) yield avatar.frames[loopIndex(frame)]!.data;
      const index = loopIndex(frame);
      yield compositor.paste({
        frame: avatar.frames[index]!,
        crop: avatar.crops[index]!,
        mask: avatar.masks[index],
        reference: avatar.reference(index, lips.size),
        patch,
        weight: shown(frame),
      });
      frame++;
    }
    for (; frame < end; frame++) yield avatar.frames[loopIndex(frame)]!.data;
  }
}

interface SegmentRequest {
  pcm: Int16Array;
  /** Ascending, within one segment; numbered like the whole utterance's, as are the patches. */
  frames: readonly number[];
  weight(frame: number): number;
  intensity: number | undefined;
}

/** Mouth patches of some frames of an utterance. */
async function* segmentPatches(
  { pcm, frames, weight, intensity }: SegmentRequest,
  avatar: Avatar,
  loopIndex: (frame: number) => number,
  lips: LipSync,
  signal: AbortSignal,
): AsyncGenerator<MouthPatch> {
  const [first, last] = [frames[0], frames.at(-1)];
  if (first === undefined || last === undefined) return;
  const from = Math.max(0, Math.floor(first / 5) * 5 - CONTEXT_FRAMES);
  const sound = pcm.subarray(from * SAMPLES_PER_FRAME, (last + 1 + CONTEXT_FRAMES) * SAMPLES_PER_FRAME);
  const request = {
    mel: melSpectrogram(sound),
    frames: frames.map((frame) => frame - from),
    reference: (frame: number) => avatar.reference(avatar.drawnFrom[loopIndex(frame + from)]!, lips.size),
    weight: (frame: number) => weight(frame + from),
    intensity,
  };
  for await (const patch of lips.patches(request, signal)) yield { ...patch, frame: patch.frame + from };
}
