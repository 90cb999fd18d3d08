import type { CropMatrix, FaceCrop, Frame, MouthPatch } from '../types.ts';
import type { FaceMask } from './avatar.ts';
import { blend } from './blend.ts';
import { type Box, maskBounds } from './geometry.ts';
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

/** A copy of a frame, and where it may differ. */
interface Picture {
  of: Frame;
  data: Uint8Array;
  changed: Box;
}

/** Pastes mouth patches into frames; one per stream, because it owns scratch planes and pictures. */
export interface Compositor {
  /**
   * A copy of `frame` with the patch in it; samples where the mask is 0 stay byte-identical. The copy is overwritten by
   * the third `paste` after it, and must not be written to: the encoder holds two, and new buffers for every frame keep
   * the garbage collector busy.
   */
  paste(request: PasteRequest): Uint8Array;
}

/**
 * Works in planar YUV, on the masks' rectangle alone; a picture that showed the same frame before is not even copied
 * anew. Throws RangeError without any mask.
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
  const pictures: Picture[] = [];
  let turn = 0;
  return {
    paste({ frame, crop, reference, patch, weight, mask = first }) {
      wear(mask);
      const enlarged = Math.sqrt(Math.abs(crop[0] * crop[4] - crop[1] * crop[3])) / size;
      fill(patch.data, reference.data, enlarged);
      turn = (turn + 1) % PICTURES;
      pictures[turn] = fresh(pictures[turn], frame);
      const picture = pictures[turn]!;
      const grain = grainOf(frame, crop, layers.before, size, box);
      picture.changed = blend(picture.data, frame, layers, { crop, size, weight, grain });
      return picture.data;
    },
  };
}

/** The picture as a plain copy of `frame` again: where it has been one already, only what was changed is copied. */
function fresh(picture: Picture | undefined, frame: Frame): Picture {
  if (picture?.of === frame) {
    restore(picture);
    return picture;
  }
  const reusable = picture?.data.length === frame.data.length;
  const data = reusable ? picture.data : new Uint8Array(frame.data.length);
  data.set(frame.data);
  return { of: frame, data, changed: { left: 0, top: 0, right: 0, bottom: 0 } };
}

function restore({ of: { width, height, data: own }, data, changed }: Picture): void {
  const { left, top, right, bottom } = changed;
  // Of a mouth outside the picture nothing was changed.
  if (right <= left || bottom <= top) return;
  for (let row = top; row < bottom; row++) {
    data.set(own.subarray(row * width + left, row * width + right), row * width + left);
  }
  const half = width / 2;
  for (const plane of [width * height, (width * height * 5) / 4]) {
    for (let row = top >> 1; row < (bottom + 1) >> 1; row++) {
      const line = plane + row * half;
      data.set(own.subarray(line + (left >> 1), line + ((right + 1) >> 1)), line + (left >> 1));
    }
  }
}
