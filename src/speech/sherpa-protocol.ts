import type { Language } from '../types.ts';
import type { InstalledVoice } from '../voices/folder.ts';

/** What the parent asks of a voice's child process, which loads that voice with the first request. */
export interface SherpaRequest {
  voice: InstalledVoice;
  /** Folder with espeak-ng's dictionaries. */
  dataDir: string;
  threads: number;
  /** A sentence or so; nothing but loading is asked for when empty. */
  text: string;
  language: Language;
  /** Number of the speaker in the network. */
  speaker: number;
  /** 1 is the voice's own pace. */
  rate: number;
  /** Hz of the answer; the voice's own when absent. */
  sampleRate?: number;
}

export interface SherpaAnswer {
  pcm: Int16Array;
  /** Memory of the process, bytes. */
  residentBytes: number;
}
