import type { Language, Speech } from '../types.ts';

export interface SpeechRequest {
  text: string;
  language: Language;
  /** Engine-specific voice name; the engine's default for the language when absent. */
  voice?: string;
  /** 1 is the voice's own pace; 0.5 … 2. */
  rate?: number;
  /** 1 is the voice's own pitch; 0.5 … 2. */
  pitch?: number;
}

export interface Voice {
  id: string;
  name: string;
  language: Language;
  gender?: 'female' | 'male';
}

/** What an engine can do; callers adapt to it instead of asking for more. */
export interface SpeechFacts {
  languages: readonly Language[];
  wordTimings: boolean;
  rate: boolean;
  pitch: boolean;
}

/**
 * One way of turning text into speech. Every engine passes test/conformance/speech-engine.ts.
 * A text with nothing to pronounce gives empty PCM, not an error. Aborting `signal` rejects with its reason and
 * leaves the engine usable. Failures are `SoyleError`: `speech_failed`, `speech_timeout`, `invalid_request` (unknown
 * voice, rate or pitch out of range) or, after `close`, `stopping`.
 */
export interface SpeechEngine {
  readonly id: string;
  readonly facts: SpeechFacts;
  /** Loads what the first `speak` needs; safe to call twice. */
  start(): Promise<void>;
  voices(): Promise<readonly Voice[]>;
  speak(request: SpeechRequest, signal: AbortSignal): Promise<Speech>;
  /** Ends child processes and connections; `speak` after it rejects. */
  close(): Promise<void>;
}
