/** Below −55 dB of full scale nothing is heard. */
const SILENCE = 60;
const LONGEST_EDGE_MS = 200;
/** A breath after the last sound, so that chunks played one after another do not run together. */
const SHORTEST_TAIL_MS = 120;

export interface Trimmed {
  pcm: Int16Array;
  /** How much was cut off the beginning. */
  cutMs: number;
}

/** Brings silence around speech to 0 … 200 ms before and 120 … 200 ms after it; silence alone becomes empty PCM. */
export function trimSilence(pcm: Int16Array, sampleRate: number): Trimmed {
  const samples = (ms: number) => Math.round((ms * sampleRate) / 1000);
  const first = pcm.findIndex(isAudible);
  if (first < 0) return { pcm: new Int16Array(0), cutMs: 0 };
  const end = pcm.findLastIndex(isAudible) + 1;
  const from = Math.max(0, first - samples(LONGEST_EDGE_MS));
  const tail = Math.max(samples(SHORTEST_TAIL_MS), Math.min(samples(LONGEST_EDGE_MS), pcm.length - end));
  const trimmed = new Int16Array(end + tail - from);
  trimmed.set(pcm.subarray(from, end + tail));
  return { pcm: trimmed, cutMs: Math.round((from * 1000) / sampleRate) };
}

export const isAudible = (sample: number): boolean => Math.abs(sample) >= SILENCE;
