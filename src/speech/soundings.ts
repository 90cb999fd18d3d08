import { SAMPLE_RATE } from '../types.ts';

/** A stretch of sound between two silences, ms. */
export interface Sounding {
  startMs: number;
  endMs: number;
}

const WINDOW_MS = 10;
const WINDOW = (SAMPLE_RATE * WINDOW_MS) / 1000;
/** Silent is what lies so far below the loud parts (the 95th percentile of the windows' levels), dB … */
const BELOW_LOUD_DB = 35;
const LOUD_PERCENTILE = 0.95;
/** … and in any case what lies below −60 dB of full scale. */
const FLOOR = 32_768 * 10 ** (-60 / 20);
/** A shorter silence is a stop consonant's. */
const SHORTEST_SILENCE_MS = 80;
/** A shorter sound is a click or a breath. */
const SHORTEST_SOUND_MS = 30;

/** Where 16 kHz speech sounds, in order, to 10 ms. */
export function soundings(pcm: Int16Array): Sounding[] {
  const levels = windowLevels(pcm);
  const loud = levels.toSorted()[Math.floor(LOUD_PERCENTILE * (levels.length - 1))] ?? 0;
  const gate = Math.max(FLOOR, loud * 10 ** (-BELOW_LOUD_DB / 20));
  const found: Sounding[] = [];
  for (const [window, level] of levels.entries()) {
    if (level < gate) continue;
    const startMs = window * WINDOW_MS;
    const last = found.at(-1);
    if (last && startMs - last.endMs < SHORTEST_SILENCE_MS) last.endMs = startMs + WINDOW_MS;
    else found.push({ startMs, endMs: startMs + WINDOW_MS });
  }
  return found.filter(({ startMs, endMs }) => endMs - startMs >= SHORTEST_SOUND_MS);
}

/** Root mean square of every window of 10 ms. */
function windowLevels(pcm: Int16Array): Float32Array {
  const levels = new Float32Array(Math.floor(pcm.length / WINDOW));
  for (let window = 0; window < levels.length; window++) {
    let squares = 0;
    for (let i = window * WINDOW; i < (window + 1) * WINDOW; i++) squares += pcm[i]! * pcm[i]!;
    levels[window] = Math.sqrt(squares / WINDOW);
  }
  return levels;
}
