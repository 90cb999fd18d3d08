import { SoyleError } from '../errors.ts';
import type { TextLanguage } from '../types.ts';
import { callsOf, hasVoice } from './find-voice.ts';
import { promptVoices } from './prompt-voices.ts';
import type { SpeechEngine } from './speech.ts';

/** Who is to speak, as a client asks for it. */
export interface VoiceWish {
  engine?: string;
  voice?: string;
  language: TextLanguage;
}

/** So many names fit into a message. */
const MOST_NAMES = 20;

/**
 * Rejects with `engine_unknown` or `voice_unknown`, naming what there is, where nobody who could speak has the voice. An
 * engine that was named and replaces the voices it lacks takes any name. While one of those asked does not say what voices
 * it has, no voice is refused: another one speaks in its place.
 */
export async function checkVoice(
  { engine: named, voice, language }: VoiceWish,
  engines: readonly SpeechEngine[],
): Promise<void> {
  if (named !== undefined && !engines.some(({ id }) => id === named)) {
    throw new SoyleError('engine_unknown', { engine: short(named), known: list(engines.map(({ id }) => id)) });
  }
  if (voice === undefined) return;
  const able = engines.filter(({ facts }) => language === 'auto' || facts.languages.includes(language));
  const own = able.filter(({ id }) => id === named);
  const asked = own.length > 0 || named !== undefined ? own : able;
  const [first] = asked;
  if (!first || (named !== undefined && first.facts.replacesVoices)) return;
  const lists = await Promise.all(asked.map(promptVoices));
  const known = asked.map(({ facts }, i) => {
    const fitting = (lists[i] ?? []).filter((one) => language === 'auto' || one.language === language);
    return { facts, fitting };
  });
  if (known.some(({ facts, fitting }) => hasVoice(voice, fitting, facts))) return;
  // It may be that of an engine that does not say what it has.
  if (lists.includes(undefined)) return;
  const names = known.flatMap(({ facts, fitting }) => callsOf(fitting, facts));
  throw new SoyleError('voice_unknown', { voice: short(voice), known: list(names) });
}

const short = (name: string): string => name.slice(0, 100);

/** The plain voices first: a variant is named after its voice. */
function list(names: readonly string[]): string {
  const plainFirst = [...new Set(names)].sort((a, b) => Number(a.includes('+')) - Number(b.includes('+')));
  const shown = plainFirst.slice(0, MOST_NAMES).join(', ');
  return plainFirst.length > MOST_NAMES ? `${shown}, … (GET /api/voices)` : shown;
}
