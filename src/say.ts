import { concatPcm } from './audio/pcm.ts';
import type { SpeechEngine } from './speech/speech.ts';
import { hasSpeech, speakable } from './text/normalize.ts';
import { splitText } from './text/split.ts';
import { type Language, SAMPLE_RATE, type Speech, type WordTiming } from './types.ts';

/** Longest piece given to a voice at once: keeps deadlines short and lets an abort act between pieces. */
const UTTERANCE_WORDS = 60;

export interface SayRequest {
  text: string;
  language: Language;
  voice?: string;
  rate?: number;
  pitch?: number;
}

/**
 * Text to speech alone: makes the text speakable, gives it to the voice in utterances that end at sentences and
 * joins them. Word timings point into `request.text`. Nothing to pronounce gives empty PCM.
 */
export async function say(request: SayRequest, engine: SpeechEngine, signal: AbortSignal): Promise<Speech> {
  const { text, ...voice } = request;
  const pieces: Int16Array[] = [];
  const words: WordTiming[] = [];
  let samples = 0;
  for (const utterance of splitText(text, { chunkSize: UTTERANCE_WORDS, mode: 'smart' })) {
    signal.throwIfAborted();
    const spoken = speakable(utterance.text);
    if (!hasSpeech(spoken.text)) continue;
    const speech = await engine.speak({ ...voice, text: spoken.text }, signal);
    const startMs = (samples / SAMPLE_RATE) * 1000;
    for (const word of speech.words ?? []) {
      const from = spoken.sourceOffset(word.textOffset);
      const to = spoken.sourceOffset(word.textOffset + word.text.length);
      words.push({
        text: utterance.text.slice(from, to),
        startMs: startMs + word.startMs,
        endMs: startMs + word.endMs,
        textOffset: utterance.offset + from,
      });
    }
    pieces.push(speech.pcm);
    samples += speech.pcm.length;
  }
  return { pcm: concatPcm(pieces), words };
}
