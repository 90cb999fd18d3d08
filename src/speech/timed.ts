import type { Log } from '../log.ts';
import type { SpeechEngine, SpeechFacts, SpeechRequest, SpeechStream, SpokenText, Voice } from './speech.ts';
import { openStream } from './stream.ts';
import { estimateWords } from './word-estimate.ts';

/** An engine that does not know when it said which word, and one beside it that does and lends it the proportions. */
export class TimedEngine implements SpeechEngine {
  readonly id: string;
  readonly #engine: SpeechEngine;
  readonly #guide: SpeechEngine;
  readonly #log: Log;

  /** `guide` times words and speaks quickly; it is started and closed by whoever made it. */
  constructor(engine: SpeechEngine, guide: SpeechEngine, log: Log) {
    this.id = engine.id;
    this.#engine = engine;
    this.#guide = guide;
    this.#log = log;
  }

  get facts(): SpeechFacts {
    return { ...this.#engine.facts, wordTimings: true };
  }

  start(): Promise<void> {
    return this.#engine.start();
  }

  voices(): Promise<readonly Voice[]> {
    return this.#engine.voices();
  }

  async speak(request: SpeechRequest, signal: AbortSignal): Promise<SpokenText> {
    const spoken = await this.#engine.speak(request, signal);
    if (spoken.words || spoken.pcm.length === 0) return spoken;
    const { text, language } = request;
    try {
      const { words = [] } = await this.#guide.speak({ text, language }, signal);
      return { ...spoken, words: estimateWords(words, spoken.pcm) };
    } catch (error) {
      signal.throwIfAborted();
      // Speech without times is better than none.
      this.#log.warn({ speech: this.id, err: error }, 'word times cannot be estimated');
      return spoken;
    }
  }

  stream(request: SpeechRequest, signal: AbortSignal): Promise<SpeechStream> {
    return openStream(this.#engine, request, signal);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}
