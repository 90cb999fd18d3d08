import type { CropMatrix, FaceCrop, Frame, MouthPatch } from '../types.ts';
import type { FaceMask } from './avatar.ts';
import { blend } from './blend.ts';
import { maskBounds } from './geometry.ts';
import { createGrainMeter } from './grain.ts';
import { createLayers } from './layer-stack.ts';

export interface PasteRequest {
  frame: Frame;
  crop: CropMatrix;
  reference: FaceCrop;
  patch: MouthPatch;
  /** 0 … 1: how much of the patch shows; the silence gate fades it in and out. */
  weight: number;
  /** This frame's own mask, one of those the compositor was made with; the first of them when absent. */
  mask?: FaceMask | undefined;
}

/** How many pictures are in the encoder's hands at once, and the one being made. */
const PICTURES = 3;

/** Pastes mouth patches into frames; one per stream, because it owns scratch planes and pictures. */
export interface Compositor {
  /**
   * A copy of `frame` with the patch in it; samples where the mask is 0 stay byte-identical. The copy is overwritten by
   * the third `paste` after it: the encoder holds two, and new buffers for every frame keep the garbage collector busy.
   */
  paste(request: PasteRequest): Uint8Array;
}

/**
 * Works in planar YUV, on the masks' rectangle alone: of the whole picture it makes one plain copy. Throws RangeError
 * without any mask.
 *
 * First the model's error of colour and light is taken out of the patch (seam.ts). Where it then shows the reference
 * crop, moved or not, the frame's own sharp samples are shown, moved likewise (carry.ts); where the model has drawn
 * something new the patch is shown, with the frame's grain (blend.ts).
 */
export function createCompositor(masks: FaceMask | readonly (FaceMask | undefined)[], size: number): Compositor {
  const all = [masks].flat().filter((mask) => mask !== undefined);
  const [first] = all;
  if (!first) throw new RangeError('A compositor needs at least one mask');
  const box = maskBounds(all, size);
  const { layers, wear, fill } = createLayers(size, box);
  const grainOf = createGrainMeter();
  const pictures: Uint8Array[] = [];
  let turn = 0;
  return {
    paste({ frame, crop, reference, patch, weight, mask = first }) {
      wear(mask);
      const enlarged = Math.sqrt(Math.abs(crop[0] * crop[4] - crop[1] * crop[3])) / size;
      fill(patch.data, reference.data, enlarged);
      turn = (turn + 1) % PICTURES;
      let out = pictures[turn];
      if (out?.length !== frame.data.length) out = new Uint8Array(frame.data.length);
      pictures[turn] = out;
      out.set(frame.data);
      blend(out, frame, layers, { crop, size, weight, grain: grainOf(frame, crop, layers.before, size, box) });
      return out;
    },
  };
}
