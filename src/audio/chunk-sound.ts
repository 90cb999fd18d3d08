import { SAMPLE_RATE, SAMPLES_PER_FRAME } from '../types.ts';

/** Length of an empty utterance's silent chunk: 480 ms. */
const EMPTY_FRAMES = 12;
/** Samples at 48 kHz by which an AAC encoder runs ahead of the sound. */
export const AAC_PRIMING = 1024;
/** As many of our samples: 21 ms. */
export const QUIET_START = Math.ceil((AAC_PRIMING / 48_000) * SAMPLE_RATE);
/** −60 dB below full scale: what counts as quiet there. */
const QUIET_LEVEL = 32;

/** Zeros appended up to a whole number of video frames; an utterance without samples becomes 480 ms of silence. */
export function padToFrames(pcm: Int16Array): Int16Array {
  const frames = Math.ceil(pcm.length / SAMPLES_PER_FRAME) || EMPTY_FRAMES;
  if (pcm.length === frames * SAMPLES_PER_FRAME) return pcm;
  const padded = new Int16Array(frames * SAMPLES_PER_FRAME);
  padded.set(pcm);
  return padded;
}

/**
 * Samples of silence to put before the speech so that it begins quietly: 0 … QUIET_START. Chunks that begin so can be
 * joined without a click or a hole, because the encoder's priming packet can be dropped unheard.
 */
export function missingQuietStart(pcm: Int16Array): number {
  const loud = pcm.subarray(0, QUIET_START).findIndex((sample) => Math.abs(sample) > QUIET_LEVEL);
  return loud < 0 ? 0 : QUIET_START - loud;
}
