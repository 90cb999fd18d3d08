import { onePiece } from '../audio/sound.ts';
import { SAMPLE_RATE } from '../types.ts';
import type { SpeechEngine, SpeechRequest, SpeechStream } from './speech.ts';

/** The engine's stream; what an engine that cannot stream says comes in one piece. */
export async function openStream(
  engine: SpeechEngine,
  request: SpeechRequest,
  signal: AbortSignal,
): Promise<SpeechStream> {
  if (engine.stream) return engine.stream(request, signal);
  const { pcm, words: _, ...origin } = await engine.speak(request, signal);
  return { ...origin, sampleRate: SAMPLE_RATE, pcm: onePiece(pcm) };
}
