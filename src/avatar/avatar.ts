import type { CropMatrix, FaceCrop, Frame, Screen } from '../types.ts';

/** Feathered mouth-and-jaw mask in crop space: `size`×`size`, 0 = the avatar's own pixel, 255 = the patch. */
export interface FaceMask {
  size: number;
  data: Uint8Array;
}

/** A face in a picture, pixels. */
export interface FaceBox {
  x: number;
  y: number;
  width: number;
  height: number;
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
  /** One per frame: the frame from whose crop the mouth is drawn, itself but for open mouths (drawn-from.ts). */
  drawnFrom: readonly number[];
  /** The frame to be shown still: open eyes, closed lips; and whether those are open even there. */
  rest: { frame: number; open: boolean };
  /** One per frame, equal ones shared; `undefined` where no face was found. */
  masks: readonly (FaceMask | undefined)[];
  /** Where the face is, hairline to chin, in the mean over the loop. */
  face: FaceBox;
  /** The screen behind the person, who can be cut out of it; absent where there is none. */
  screen?: Screen;
  /** Still picture (PNG, JPEG or WebP) for people to look at. */
  posterPath: string;
  /** `frames` as an MP4 for the page, one to one; absent for a photo. */
  idlePath: string | undefined;
  /** Crop of loop frame `index` for a model of that size; cached. Throws if the frame has no face. */
  reference(index: number, size: number): FaceCrop;
}
