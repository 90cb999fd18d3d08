import type { SoyleError } from '../errors.ts';
import type { VoiceGender } from '../types.ts';
import type { AvatarReport } from './report.ts';

/** `failed` stays in the list with its error; an upload that failed for what its file is is no longer on the disk. */
export const AVATAR_STATES = ['preparing', 'ready', 'failed'] as const;
export type AvatarState = (typeof AVATAR_STATES)[number];

/** What is being done to an avatar while it is `preparing`, in this order. */
export const STAGES = ['waiting', 'reading', 'face', 'loop', 'judging', 'encoding'] as const;
export type Stage = (typeof STAGES)[number];

/** What is told of an avatar of the library, whatever its state. */
export interface AvatarFacts {
  id: string;
  /** For people. */
  name: string;
  /** `undefined` of a folder that could not be read. */
  kind: 'picture' | 'video' | undefined;
  state: AvatarState;
  /** 0 … 1; 1 when it is ready. */
  progress: number;
  /** Only while it is being prepared. */
  stage?: Stage;
  /** Only when it failed. */
  error?: SoyleError;
  /** Came with the server, and cannot be deleted. */
  bundled: boolean;
  /** The one that speaks where a request names none. */
  default: boolean;
  /** From here on only when it is ready: size and length of its loop … */
  width?: number;
  height?: number;
  frames?: number;
  report?: AvatarReport;
  /** … and its files: a still, the loop as an MP4 (none for a still picture), the report drawn on the picture. */
  posterPath?: string;
  idlePath?: string;
  previewPath?: string;
  /** Unix milliseconds. */
  createdAt?: number;
  /** Of the voice that speaks where a request names none. */
  gender?: VoiceGender;
  licence?: string;
  origin?: string;
  /** When whoever uploaded it said that the person shown agreed. */
  consentAt?: string;
}
