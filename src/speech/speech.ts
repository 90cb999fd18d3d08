import type { Language, Speech } from '../types.ts';

export interface VoiceAttributes {
  gender?: 'female' | 'male' | 'neutral';
  /** Years, 1 … 120. */
  age?: number;
  /** Such as `happy`, `sad`, `angry`, `neutral`; engines know different ones. */
  emotion?: string;
}

/** The voice name that stands for any of an engine's voices, where it offers that. */
export const RANDOM_VOICE = 'random';

export interface SpeechRequest {
  text: string;
  language: Language;
  /** The engine to be asked first, where several stand behind one. */
  engine?: string;
  /** Engine-specific voice name; the engine's default for the language when absent. */
  voice?: string;
  /** 1 is the voice's own pace; 0.5 … 2. */
  rate?: number;
  /** 1 is the voice's own pitch; 0.5 … 2. */
  pitch?: number;
  /** How freely the model samples; 0 … 2. */
  temperature?: number;
  voiceAttributes?: VoiceAttributes;
  /** The stream may begin when all of it has been spoken: nobody hears what an engine broke off. */
  whole?: boolean;
  /** Nobody else can speak: if the engine's server asks for a pause, it is waited for. */
  last?: boolean;
}

export interface Voice {
  id: string;
  name: string;
  /** A voice of several languages is listed once for each. */
  language: Language;
  gender?: 'female' | 'male';
  /**
   * Speaks where a request names none, by the engine's own choice or the operator's; else the first of its language
   * does. What the operator chose speaks for every avatar.
   */
  default?: 'usual' | 'chosen';
  /** Whose voice it is, where several engines stand behind one. */
  engine?: string;
  /** SPDX name or the maker's words, where it is known. */
  licence?: string;
}

/** What an engine can do; callers adapt to it instead of asking for more. */
export interface SpeechFacts {
  languages: readonly Language[];
  wordTimings: boolean;
  rate: boolean;
  pitch: boolean;
  /** What the engine reaches of a request's range, if not all of it; more is brought into it, with `…_limited`. */
  rateRange?: readonly [least: number, most: number];
  pitchRange?: readonly [least: number, most: number];
  temperature?: boolean;
  temperatureRange?: readonly [least: number, most: number];
  voiceAttributes?: boolean;
  /** Says words of its other languages within a text as they are said there; such a text need not be taken apart. */
  mixesLanguages?: boolean;
  /** Voices are found by their names too, in capitals or not. */
  voicesByName?: boolean;
  /** Any of its voices speaks for `random`. */
  randomVoice?: boolean;
  /** A voice it lacks is replaced, with `voice_replaced`, instead of refused. */
  replacesVoices?: boolean;
  /** Longer texts are refused with `text_too_long`; no limit of its own when absent. */
  maxCharacters?: number;
  /** Which model speaks, so that remembered speech of another one is not taken for its own. */
  model?: string;
}

/** What a request asked for and did not get. */
export type SpeechWarning =
  | 'engine_replaced'
  | 'voice_replaced'
  | 'rate_ignored'
  | 'rate_limited'
  | 'pitch_ignored'
  | 'pitch_limited'
  | 'temperature_ignored'
  | 'temperature_limited'
  | 'voice_attributes_ignored';

/** How an utterance came about; an engine says what it knows. */
export interface SpeechOrigin {
  /** Id of the engine that spoke. */
  engine?: string;
  voice?: string;
  /** Another engine than the wanted one spoke, because that one failed. */
  degraded?: boolean;
  warnings?: readonly SpeechWarning[];
}

export type SpokenText = Speech & SpeechOrigin;

/** So much of a stream, and how it came about. */
export interface SpeechShare extends SpeechOrigin {
  ms: number;
}

/** An utterance while it is being spoken, at the engine's own sample rate, mono. */
export interface SpeechStream extends SpeechOrigin {
  /** Hz. */
  sampleRate: number;
  /** How many there will be, where the engine says so beforehand. */
  samples?: number;
  /** To be iterated once; leaving the loop ends the synthesis. Empty for a text with nothing to pronounce. */
  pcm: AsyncIterable<Int16Array>;
  /** Who has spoken so far, in order, where several engines stand behind one: an engine may take over from another. */
  shares?(): readonly SpeechShare[];
}

/** Who is asked first; its voices as far as it tells them soon. */
export type WantedEngine = Pick<SpeechEngine, 'id' | 'facts' | 'voices'>;

/**
 * One way of turning text into speech. Every engine passes test/conformance/speech-engine.ts.
 * A text with nothing to pronounce gives empty PCM, not an error. Aborting `signal` rejects with its reason and
 * leaves the engine usable. Failures are `SoyleError`: `speech_failed`, `speech_timeout`, `invalid_request` (unknown
 * voice, rate or pitch out of range), `text_too_long` or, after `close`, `stopping`. What the engine cannot do is left
 * out and named in `warnings`.
 */
export interface SpeechEngine {
  readonly id: string;
  /** As far as they are known: a server's become known by `start`. */
  readonly facts: SpeechFacts;
  /** Loads what the first `speak` needs; safe to call twice. */
  start(): Promise<void>;
  voices(): Promise<readonly Voice[]>;
  /** Where several engines stand behind one: that which is asked first; `undefined` when nobody speaks the language. */
  wanted?(request: Omit<SpeechRequest, 'text'>): Promise<WantedEngine | undefined>;
  speak(request: SpeechRequest, signal: AbortSignal): Promise<SpokenText>;
  /**
   * The same sound without the detour over 16 kHz, as soon as there is some: resolves with the first of it, so that
   * until then another engine can take over. Rejects as `speak` does, and so does the iteration.
   */
  stream?(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream>;
  /** Ends child processes and connections; `speak` after it rejects. */
  close(): Promise<void>;
}
