import { createCompositor } from '../../src/avatar/composite.ts';
import type { Mel } from '../../src/types.ts';
import type { TestModel } from './model.ts';
import { type Placed, place, type Sitter } from './place.ts';

const never = new AbortController().signal;

/** A frame of a sitter speaking; `data` (I420) and `patch` stay only until the next one is asked for. */
export interface SpokenFrame {
  index: number;
  data: Uint8Array;
  /** Planar BGR, 0 … 1, in the model's own crop. */
  patch: Float32Array;
}

/**
 * The sitter saying what `mel` holds, as the server renders it, but with the silence gate off: every frame of `frames`
 * (ascending) is the network's own, pasted with full weight.
 */
export async function* speak(
  model: TestModel,
  sitter: Sitter,
  mel: Mel,
  frames: readonly number[],
  placed: Placed = place(sitter, model.framing, model.lips.size),
): AsyncGenerator<SpokenFrame> {
  const { matrix: crop, reference, mask } = placed;
  const compositor = createCompositor(mask, model.lips.size);
  for await (const patch of model.lips.patches({ mel, frames, reference: () => reference }, never)) {
    const data = compositor.paste({ frame: sitter.frame, crop, reference, patch, weight: 1 });
    yield { index: patch.frame, data, patch: patch.data };
  }
}
