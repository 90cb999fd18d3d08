import type { FaceFinder } from '../../src/avatar/face.ts';
import type { Frame } from '../../src/types.ts';
import { momentsOf } from './closures.ts';
import { type EvaluationData, type Sequence, soundOf, truthOf, type Utterance } from './data.ts';
import { CLOSED, gapIn } from './lips.ts';
import type { TestModel } from './model.ts';
import { place, type Sitter } from './place.ts';
import { lagOf, meanOf } from './signal.ts';
import { readFrames, sit } from './sitters.ts';
import { speak } from './speak.ts';

/** Frames searched to either side. */
const REACH = 6;

export interface Lag {
  /** Mean over the sequences, video frames; positive is late. */
  mean: number;
  /** The one furthest from 0. */
  worst: number;
  /** Share of p, b, m that are closed in the true frames themselves: how well the measure sees. */
  truthClosed: number;
}

/** A held-out head saying an utterance. */
export interface TrueSequence {
  sequence: Sequence;
  utterance: Utterance;
  sitter: Sitter;
  /** The true frames. */
  frames: Frame[];
}

/** The prepared sequences one after the other; those in whose rest picture no face is found are left out. */
export async function* readSequences(data: EvaluationData, finder: FaceFinder): AsyncGenerator<TrueSequence> {
  for (const sequence of data.sequences) {
    const utterance = data.utterances.find(({ id }) => id === sequence.utterance);
    if (!utterance) throw new Error(`sequence of ${sequence.seed} says an unknown utterance ${sequence.utterance}`);
    const name = `${sequence.seed}-${sequence.utterance}`;
    const [rest, ...frames] = await readFrames(`sequences/${name}.png`, data.size);
    const sitter = rest && (await sit(String(sequence.seed), rest, finder));
    if (sitter) yield { sequence, utterance, sitter, frames };
  }
}

/** How late the mouth opens on the rendered frames, against the true frames of the same head and sound. */
export async function measureLag(model: TestModel, data: EvaluationData, finder: FaceFinder): Promise<Lag> {
  const lags: number[] = [];
  const met: number[] = [];
  for await (const { utterance, sitter, frames } of readSequences(data, finder)) {
    const { mel } = await soundOf(utterance);
    const truth: number[] = [];
    for (const frame of frames) truth.push(await gapIn(frame, sitter.face, finder));
    const shown: number[] = [];
    const placed = place(sitter, model.framing, model.lips.size);
    for await (const { data: picture } of speak(model, sitter, mel, [...frames.keys()], placed)) {
      shown.push(await gapIn({ ...sitter.frame, data: picture }, sitter.face, finder));
    }
    const lag = lagOf(shown, truth, REACH);
    if (lag !== undefined) lags.push(lag);
    const { closures } = momentsOf(utterance, await truthOf(utterance), data.vowels);
    for (const wanted of closures) met.push(Number(wanted.some((frame) => truth[frame]! < CLOSED)));
  }
  const worst = lags.reduce((far, lag) => (Math.abs(lag) > Math.abs(far) ? lag : far), 0);
  return { mean: meanOf(lags), worst, truthClosed: meanOf(met) };
}
