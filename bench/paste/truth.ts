import { createCompositor } from '../../src/avatar/composite.ts';
import type { FaceFinder } from '../../src/avatar/face.ts';
import type { SoyleModel } from '../../src/lipsync/manifest.ts';
import { FRAMING, SIDE } from '../lips/contract.ts';
import type { EvaluationData } from '../lips/data.ts';
import { place } from '../lips/place.ts';
import { readFrames, sit } from '../lips/sitters.ts';
import { openOurs } from '../lips/soyle.ts';
import { measureSeam } from './seam.ts';

/** Colour steps across the mask's edge, mean ΔE over a head's poses. */
export interface HeadSeam {
  seed: number;
  /** At rest. */
  own: number;
  /** In those poses, as rendered: a jaw that opens carries the step between chin and neck along. */
  truth: number;
  /** In those poses, as pasted. */
  pasted: number;
}

/** Pastes the mouths of all held-out heads' poses, and compares their seams with those of the rendered pictures. */
export async function* measureHeads(
  data: EvaluationData,
  model: SoyleModel,
  finder: FaceFinder,
): AsyncGenerator<HeadSeam> {
  const net = await openOurs(model, model.id);
  try {
    for (const { seed, poses } of data.heads) {
      const [rest, ...truths] = await readFrames(`heads/${seed}.png`, data.size);
      const sitter = rest && (await sit(String(seed), rest, finder));
      if (!sitter) continue;
      const { matrix, reference, mask } = place(sitter, FRAMING);
      const compositor = createCompositor(mask, SIDE);
      const sum = { own: 0, truth: 0, pasted: 0 };
      for (const [pose, { params }] of poses.entries()) {
        const [drawn] = await net.draw(reference.data, [params]);
        const patch = { frame: pose, size: SIDE, data: drawn! };
        const out = compositor.paste({ frame: rest, crop: matrix, reference, patch, weight: 1 });
        const { own, pasted } = measureSeam(rest, out, matrix, mask);
        sum.own += own;
        sum.pasted += pasted;
        sum.truth += measureSeam(rest, truths[pose]!.data, matrix, mask).pasted;
      }
      const mean = (value: number): number => value / poses.length;
      yield { seed, own: mean(sum.own), truth: mean(sum.truth), pasted: mean(sum.pasted) };
    }
  } finally {
    await net.close();
  }
}
