import { FPS, SAMPLE_RATE, SAMPLES_PER_FRAME } from '../types.ts';

/** Level is measured in windows of 10 ms, so that a plosive's burst makes its 40 ms frame a sounding one. */
const LEVEL_WINDOW = SAMPLE_RATE / 100;
/** The gate lies this far below the utterance's loud level (its 95th percentile) … */
const GATE_BELOW_LOUD_DB = 35;
const LOUD_PERCENTILE = 0.95;
/** … but never outside these bounds, dB of full scale: hiss under the first is silence, sound over the second is not. */
const GATE_MIN_DBFS = -50;
const GATE_MAX_DBFS = -40;
/** A pause of 200 ms is silence; a shorter one is part of speaking. */
const MIN_SILENT_FRAMES = FPS / 5;
/** The mouth closes and opens over this many frames at the ends of a silence. */
const BLEND_FRAMES = 3;
/** For every video frame of 16 kHz speech, 1 if it sounds and 0 if its level stays below the gate. */
export function voicedFrames(pcm: Int16Array): Uint8Array {
  const levels = frameLevels(pcm);
  const loud = levels.toSorted()[Math.floor(LOUD_PERCENTILE * (levels.length - 1))] ?? 0;
  const gate = Math.min(
    fromDecibels(GATE_MAX_DBFS),
    Math.max(fromDecibels(GATE_MIN_DBFS), loud * fromDecibels(-GATE_BELOW_LOUD_DB)),
  );
  return Uint8Array.from(levels, (level) => (level >= gate ? 1 : 0));
}

/**
 * How much of the model's mouth each video frame shows: 1 speaks, 0 is the avatar's own frame (no inference needed).
 * A run of at least 200 ms below the gate is silent. Its first and last frames fade over 3 frames (2/3, 1/3, 0),
 * except at the utterance's own start and end, where there is no speech to fade from or to.
 */
export function mouthWeights(pcm: Int16Array): Float32Array {
  const voiced = voicedFrames(pcm);
  const weights = new Float32Array(voiced.length).fill(1);
  for (let start = 0; start < voiced.length; ) {
    let end = start;
    while (end < voiced.length && !voiced[end]) end++;
    if (end - start >= MIN_SILENT_FRAMES) silence(weights, start, end);
    start = end + 1;
  }
  return weights;
}

/** Fades the silent run [start, end) out and in. */
function silence(weights: Float32Array, start: number, end: number): void {
  for (let frame = start; frame < end; frame++) {
    const out = start === 0 ? 0 : 1 - (frame - start + 1) / BLEND_FRAMES;
    const back = end === weights.length ? 0 : 1 - (end - frame) / BLEND_FRAMES;
    weights[frame] = Math.max(0, out, back);
  }
}

/** Highest 10 ms level in each video frame, 1 = full scale; a last frame cut short counts. */
function frameLevels(pcm: Int16Array): Float32Array {
  const levels = new Float32Array(Math.ceil(pcm.length / SAMPLES_PER_FRAME));
  for (let start = 0; start < pcm.length; start += LEVEL_WINDOW) {
    const frame = Math.floor(start / SAMPLES_PER_FRAME);
    levels[frame] = Math.max(levels[frame]!, rms(pcm, start, Math.min(pcm.length, start + LEVEL_WINDOW)));
  }
  return levels;
}

/** Root mean square about the mean, so that a microphone's constant offset is no sound; 1 = full scale. */
function rms(pcm: Int16Array, start: number, end: number): number {
  let sum = 0;
  let squares = 0;
  for (let i = start; i < end; i++) {
    const sample = pcm[i]!;
    sum += sample;
    squares += sample * sample;
  }
  const mean = sum / (end - start);
  return Math.sqrt(Math.max(0, squares / (end - start) - mean * mean)) / 32_768;
}

const fromDecibels = (db: number): number => 10 ** (db / 20);
