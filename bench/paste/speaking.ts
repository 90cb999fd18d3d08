import { melSpectrogram } from '../../src/audio/mel.ts';
import { mouthWeights } from '../../src/audio/silence-gate.ts';
import { createCompositor } from '../../src/avatar/composite.ts';
import type { LipSync } from '../../src/lipsync/lipsync.ts';
import type { Placed, Sitter } from '../lips/place.ts';
import { reduced, reducedCrop } from './small.ts';

const never = new AbortController().signal;
/** What the model of another size gets wrong of the light, 8-bit levels. */
const CAST = { left: 9, right: -5 };

/** A frame of a picture speaking; `data` (I420) stays only until the third one after it is asked for. */
export interface Pasted {
  index: number;
  data: Uint8Array;
  weight: number;
  /** What pasting it took, milliseconds. */
  ms: number;
}

/**
 * A still picture saying `pcm` as the server renders it, silence included: there `data` is the picture's own. With
 * `small` the patches are those of a model of so many pixels.
 */
export async function* speaking(
  { frame }: Sitter,
  { matrix: crop, reference, mask }: Placed,
  pcm: Int16Array,
  lips: LipSync,
  small?: number,
): AsyncGenerator<Pasted> {
  const weights = mouthWeights(pcm);
  const frames = [...weights.keys()].filter((index) => weights[index]! > 0);
  const size = small ?? lips.size;
  const seen = small ? reducedCrop(reference, small) : reference;
  const compositor = createCompositor(mask, size);
  const request = { mel: melSpectrogram(pcm), frames, reference: () => reference };
  let next = 0;
  for await (const drawn of lips.patches(request, never)) {
    for (; next < drawn.frame; next++) yield { index: next, data: frame.data, weight: 0, ms: 0 };
    const patch = small ? { ...drawn, size, data: reduced(drawn.data, lips.size, size, CAST) } : drawn;
    const weight = weights[next]!;
    const start = performance.now();
    const data = compositor.paste({ frame, crop, reference: seen, patch, weight });
    yield { index: next++, data, weight, ms: performance.now() - start };
  }
  for (; next < weights.length; next++) yield { index: next, data: frame.data, weight: 0, ms: 0 };
}
