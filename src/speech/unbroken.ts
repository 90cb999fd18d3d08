import { atRate } from '../audio/sound.ts';
import type { SpeechStream } from './speech.ts';

/** Where a sound broke off. */
export interface Break {
  stream: SpeechStream;
  /** Of this stream alone. */
  heardMs: number;
  error: unknown;
}

export interface UnbrokenOptions {
  /** The stream that says what was left unsaid. Rejects with the error where nobody does. */
  next(broken: Break): Promise<SpeechStream>;
  /** Told what was heard of a stream whenever one ends, broken or not. */
  heard(stream: SpeechStream, heardMs: number, complete: boolean): void;
}

/** A stopped sound falls to zero in so long: a step would be a click, ms. */
const FALL_MS = 10;
/** Then it is still for a moment, as somebody is who begins a word again, ms. */
const PAUSE_MS = 80;

/** A sound that goes on where its engine breaks off, spoken by others, at the rate of the first. */
export async function* unbroken(first: SpeechStream, { next, heard }: UnbrokenOptions): AsyncGenerator<Int16Array> {
  const { sampleRate } = first;
  for (let stream = first; ; ) {
    let samples = 0;
    let last = 0;
    const heardMs = () => (1000 * samples) / sampleRate;
    try {
      for await (const piece of atRate(stream, sampleRate)) {
        samples += piece.length;
        last = piece.at(-1) ?? last;
        yield piece;
      }
      return heard(stream, heardMs(), true);
    } catch (error) {
      heard(stream, heardMs(), false);
      stream = await next({ stream, heardMs: heardMs(), error });
      if (samples > 0) yield fading(last, sampleRate);
    }
  }
}

/** From the last sample to silence, and a pause. */
function fading(last: number, sampleRate: number): Int16Array {
  const fall = Math.round((FALL_MS / 1000) * sampleRate);
  const pcm = new Int16Array(fall + Math.round((PAUSE_MS / 1000) * sampleRate));
  for (let i = 0; i < fall; i++) pcm[i] = Math.round(last * (1 - (i + 1) / fall));
  return pcm;
}
