import { JAW, PARAMETERS, PRESS } from './contract.ts';
import { type EvaluationData, soundOf, truthOf } from './data.ts';
import type { TestModel } from './model.ts';
import { correlation } from './signal.ts';

export interface Sync {
  /** Correlation with the truth over all frames of all held-out voices. */
  jaw: number;
  press: number;
  /** The same for each voice and language. */
  voices: Record<string, { jaw: number; press: number }>;
}

/** What the sound alone makes of jaw and lips against the truth of the synthesisers' phonemes. */
export async function measureSync(model: TestModel, { utterances }: EvaluationData): Promise<Sync> {
  const groups = new Map<string, { heard: number[][]; true: number[][] }>();
  for (const utterance of utterances) {
    const { mel } = await soundOf(utterance);
    const truth = await truthOf(utterance);
    const heard = await model.listen(mel, utterance.frames);
    const name = `${utterance.voice} ${utterance.language}`;
    const group = groups.get(name) ?? { heard: [[], []], true: [[], []] };
    groups.set(name, group);
    for (const [which, parameter] of [JAW, PRESS].entries()) {
      for (const [frame, params] of heard.entries()) {
        group.heard[which]!.push(params[parameter]!);
        group.true[which]!.push(truth[frame * PARAMETERS + parameter]!);
      }
    }
  }
  const of = (chosen: { heard: number[][]; true: number[][] }[], which: number): number => {
    const [heard, truth] = [
      chosen.flatMap((group) => group.heard[which]!),
      chosen.flatMap((group) => group.true[which]!),
    ];
    return correlation(heard, truth) ?? 0;
  };
  const both = (chosen: { heard: number[][]; true: number[][] }[]) => ({ jaw: of(chosen, 0), press: of(chosen, 1) });
  return {
    ...both([...groups.values()]),
    voices: Object.fromEntries([...groups].map(([name, group]) => [name, both([group])])),
  };
}
