import type { CropMatrix, FaceCrop, Frame } from '../types.ts';

/** Feathered mouth-and-jaw mask in crop space: `size`×`size`, 0 = the avatar's own pixel, 255 = the patch. */
export interface FaceMask {
  size: number;
  data: Uint8Array;
}

/** A prepared avatar: its loop in memory and where the face is in every frame. */
export interface Avatar {
  id: string;
  name: string;
  width: number;
  height: number;
  /** One loop at 25 fps; a photo has a single frame. */
  frames: readonly Frame[];
  /** One matrix per frame; `undefined` where no face was found: that frame keeps its own mouth. */
  crops: readonly (CropMatrix | undefined)[];
  /** One per frame: the avatar's own mouth is open there, so silence shows the model's closed one instead. */
  mouthOpen: readonly boolean[];
  mask: FaceMask;
  /** Still picture (PNG, JPEG or WebP) for people to look at. */
  posterPath: string;
  /** `frames` as an MP4 for the page, one to one; absent for a photo. */
  idlePath: string | undefined;
  /** Crop of loop frame `index` for a model of that size; cached. Throws if the frame has no face. */
  reference(index: number, size: number): FaceCrop;
}
