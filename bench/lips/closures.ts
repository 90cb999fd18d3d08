import type { FaceFinder } from '../../src/avatar/face.ts';
import { FPS } from '../../src/types.ts';
import { JAW, PARAMETERS } from './contract.ts';
import { type EvaluationData, soundOf, truthOf, type Utterance } from './data.ts';
import { CLOSED, gapIn } from './lips.ts';
import type { TestModel } from './model.ts';
import type { Sitter } from './place.ts';
import { speak } from './speak.ts';

/** A vowel whose true jaw is below this may bring the lips close without fault (u, y). */
const OPEN_JAW = 0.3;

/** Video frames in which the lips must meet, one list for each p, b, m, and those in which they must not. */
export interface Moments {
  closures: number[][];
  open: number[];
}

export interface Closures {
  /** p, b, m whose lips met in at least one of their frames, of all. */
  closed: number;
  bilabials: number;
  /** Open vowels with closed lips in their middle frame, of all. */
  falselyClosed: number;
  vowels: number;
  /** Share closed for each sitter and each voice. */
  by: Record<string, number>;
}

/** Frames that overlap each p, b, m; middle frames of vowels that are open in truth. */
export function momentsOf({ phones, frames }: Utterance, truth: Float32Array, vowels: ReadonlySet<string>): Moments {
  const frameAt = (seconds: number) => Math.min(frames - 1, Math.max(0, Math.floor(seconds * FPS)));
  const found: Moments = { closures: [], open: [] };
  for (const [start, end, , viseme] of phones) {
    if (viseme === 'bilabial') {
      const [first, last] = [frameAt(start), frameAt(end - 1e-6)];
      found.closures.push(Array.from({ length: last - first + 1 }, (_, i) => first + i));
    } else if (vowels.has(viseme)) {
      const middle = frameAt((start + end) / 2);
      if (truth[middle * PARAMETERS + JAW]! >= OPEN_JAW) found.open.push(middle);
    }
  }
  return found;
}

/** Lets the sitters say every utterance in turn and looks at their lips. Frames without a face count as open. */
export async function measureClosures(
  model: TestModel,
  { utterances, vowels }: EvaluationData,
  sitters: readonly Sitter[],
  finder: FaceFinder,
): Promise<Closures> {
  const tally = { closed: 0, bilabials: 0, falselyClosed: 0, vowels: 0 };
  const groups = new Map<string, { closed: number; all: number }>();
  for (const [turn, utterance] of utterances.entries()) {
    const sitter = sitters[turn % sitters.length]!;
    const { closures, open } = momentsOf(utterance, await truthOf(utterance), vowels);
    const wanted = [...new Set([...closures.flat(), ...open])].sort((a, b) => a - b);
    const { mel } = await soundOf(utterance);
    const closed = new Set<number>();
    for await (const { index, data } of speak(model, sitter, mel, wanted)) {
      if ((await gapIn({ ...sitter.frame, data }, sitter.face, finder)) < CLOSED) closed.add(index);
    }
    const met = closures.filter((frames) => frames.some((frame) => closed.has(frame))).length;
    tally.closed += met;
    tally.bilabials += closures.length;
    tally.falselyClosed += open.filter((frame) => closed.has(frame)).length;
    tally.vowels += open.length;
    for (const name of [sitter.name, utterance.voice]) {
      const group = groups.get(name) ?? { closed: 0, all: 0 };
      groups.set(name, { closed: group.closed + met, all: group.all + closures.length });
    }
  }
  return { ...tally, by: Object.fromEntries([...groups].map(([name, { closed, all }]) => [name, closed / all])) };
}
