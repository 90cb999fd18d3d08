import type { Speech } from '../types.ts';

/** What the parent asks of the espeak child. */
export interface EspeakRequest {
  text: string;
  /** espeak's own voice name, for example `kk` or `en-us`. */
  base: string;
  /** Name of a speaker that changes the base voice, for example `f2`. */
  variant?: string;
  /** Factors, 0.5 … 2. */
  rate: number;
  pitch: number;
  /** Hz of the answer; the voice's own when absent. */
  sampleRate?: number;
}

export type EspeakAnswer = { speech: Required<Speech>; sampleRate: number } | { unknownVariant: true };

/** A speaker that can be put on top of every language. */
export interface EspeakVariant {
  id: string;
  name: string;
  gender: 'female' | 'male';
}

/** What the child says once it is loaded. */
export interface EspeakReady {
  variants: EspeakVariant[];
}
