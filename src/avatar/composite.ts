import type { CropMatrix, FaceCrop, Frame, MouthPatch } from '../types.ts';
import type { FaceMask } from './avatar.ts';
import { blendChroma, blendLuma } from './blend.ts';
import { maskBounds } from './geometry.ts';
import { createLayers } from './layers.ts';

export interface PasteRequest {
  frame: Frame;
  crop: CropMatrix;
  reference: FaceCrop;
  patch: MouthPatch;
  /** 0 … 1: how much of the patch shows; the silence gate fades it in and out. */
  weight: number;
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
 * Works in planar YUV, on the mask's rectangle alone: of the whole picture it makes one plain copy.
 * Where the patch equals the reference crop the frame keeps its own sharp samples; where the model has redrawn them the
 * patch shows; in between the frame's detail fades (see blend.ts). Before that the patch's mean colour is matched to
 * the reference on the cheeks.
 */
export function createCompositor(mask: FaceMask, size: number): Compositor {
  const box = maskBounds(mask, size);
  const { layers, fill } = createLayers(mask, size, box);
  const pictures: Uint8Array[] = [];
  let turn = 0;
  return {
    paste({ frame, crop, reference, patch, weight }) {
      fill(patch.data, reference.data);
      turn = (turn + 1) % PICTURES;
      let out = pictures[turn];
      if (out?.length !== frame.data.length) out = new Uint8Array(frame.data.length);
      pictures[turn] = out;
      out.set(frame.data);
      const place = { crop, size, box, weight };
      blendLuma(out, frame.width, frame.height, layers, place);
      blendChroma(out, frame.width, frame.height, layers, place);
      return out;
    },
  };
}
