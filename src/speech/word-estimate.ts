import type { WordTiming } from '../types.ts';
import { type Sounding, soundings } from './soundings.ts';

/** A gap between two words of the guide that is a pause of its own, not a stop consonant's closure. */
const PAUSE_MS = 60;
/** What it costs, in ms of speech at the wrong place, to pause where the guide does not … */
const UNEXPECTED_PAUSE = 80;
/** … to speak on where it does … */
const MISSED_PAUSE = 40;
/** … and to take a silence for a part of a word, for each ms of it. */
const SILENCE_WITHIN = 1;
/** Silences that one stretch of words can have inside, less one. */
const MOST_JOINED = 4;
/** Stretches that are so much longer than their sound are not looked at. */
const TOO_LONG = 3;
const TOO_LONG_MS = 1000;

/**
 * When the words of `guide`, timed in another voice's sound of the same text, are said in `pcm` (16 kHz). Words keep
 * the proportions that their phonemes give them; the silences found in the sound are pauses between them, where the
 * lengths on either side and the guide's own pauses fit best. Times are whole ms, rising, inside the sound; none for a
 * sound that is silent.
 */
export function estimateWords(guide: readonly WordTiming[], pcm: Int16Array): WordTiming[] {
  const sounds = soundings(pcm);
  if (guide.length === 0 || sounds.length === 0) return [];
  const spoken = sounds.reduce((ms, { startMs, endMs }) => ms + endMs - startMs, 0);
  const places = placesOf(guide);
  const scale = spoken / Math.max(1, places.at(-1)!.end);
  return stretches(places, sounds, scale).flatMap(({ from, to, startMs, endMs }) => {
    const [begin, end] = [places[from]!.start, places[to - 1]!.end];
    const at = (place: number) =>
      Math.round(startMs + ((place - begin) / Math.max(1, end - begin)) * (endMs - startMs));
    return guide.slice(from, to).map(({ text, textOffset }, i) => {
      const { start, end } = places[from + i]!;
      return { text, textOffset, startMs: at(start), endMs: at(end) };
    });
  });
}

/** A word on the guide's time line with its pauses taken out, ms. */
interface Place {
  start: number;
  end: number;
  /** Whether the guide pauses after it. */
  pauses: boolean;
}

function placesOf(guide: readonly WordTiming[]): Place[] {
  let at = 0;
  return guide.map(({ startMs, endMs }, i) => {
    const start = at;
    const end = start + Math.max(1, endMs - startMs);
    const gap = (guide[i + 1]?.startMs ?? endMs) - endMs;
    at = end + (gap > PAUSE_MS ? 0 : gap);
    return { start, end, pauses: gap > PAUSE_MS };
  });
}

/** Words `from` … `to` (exclusive) said between two pauses. */
interface Stretch {
  from: number;
  to: number;
  startMs: number;
  endMs: number;
}

/** The cheapest way known to have said some of the words in the first of the sounds. */
interface Way {
  cost: number;
  last?: Stretch;
  before?: Way;
}

/** Shares the words out among the sounds, in order: dynamic programming over (sounds heard, words said). */
function stretches(places: readonly Place[], sounds: readonly Sounding[], scale: number): Stretch[] {
  const missed = [0];
  for (const { pauses } of places) missed.push(missed.at(-1)! + (pauses ? MISSED_PAUSE : 0));
  const ways: Map<number, Way>[] = [new Map([[0, { cost: 0 }]])];
  for (let heard = 1; heard <= sounds.length; heard++) {
    const here = new Map<number, Way>();
    let silenceMs = 0;
    for (let first = heard - 1; first >= Math.max(0, heard - MOST_JOINED); first--) {
      if (first < heard - 1) silenceMs += sounds[first + 1]!.startMs - sounds[first]!.endMs;
      const { startMs } = sounds[first]!;
      const { endMs } = sounds[heard - 1]!;
      for (const [from, before] of ways[first]!) {
        for (let to = from + 1; to <= places.length; to++) {
          const ms = (places[to - 1]!.end - places[from]!.start) * scale;
          if (ms > TOO_LONG * (endMs - startMs) + TOO_LONG_MS) break;
          const ends = to === places.length || places[to - 1]!.pauses;
          const cost =
            before.cost +
            Math.abs(ms - (endMs - startMs)) +
            SILENCE_WITHIN * silenceMs +
            (missed[to - 1]! - missed[from]!) +
            (ends ? 0 : UNEXPECTED_PAUSE);
          if (cost < (here.get(to)?.cost ?? Number.POSITIVE_INFINITY)) {
            here.set(to, { cost, last: { from, to, startMs, endMs }, before });
          }
        }
      }
    }
    ways.push(here);
  }
  const found: Stretch[] = [];
  for (let way = ways.at(-1)!.get(places.length); way?.last; way = way.before) found.unshift(way.last);
  const whole = { from: 0, to: places.length, startMs: sounds[0]!.startMs, endMs: sounds.at(-1)!.endMs };
  return found.length > 0 ? found : [whole];
}
