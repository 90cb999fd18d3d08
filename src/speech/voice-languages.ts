import type { Language } from '../types.ts';
import { findVoice } from './find-voice.ts';
import { promptVoices } from './prompt-voices.ts';
import type { SpeechEngine } from './speech.ts';

/**
 * What the voice speaks that requests call so, by its id or, where an engine's names count, its name: that of the engine
 * `named`, or of any. Nothing where there is no such voice, and of engines that do not say what they have.
 */
export async function voiceLanguages(
  called: string,
  engines: readonly SpeechEngine[],
  named?: string,
): Promise<readonly Language[]> {
  const asked = engines.filter(({ id }) => named === undefined || id === named);
  const own = await Promise.all(
    asked.map(async (engine) => {
      const voices = (await promptVoices(engine)) ?? [];
      const id = findVoice(called, voices, engine.facts)?.id;
      return voices.filter((voice) => voice.id === id).map(({ language }) => language);
    }),
  );
  return [...new Set(own.flat())];
}
