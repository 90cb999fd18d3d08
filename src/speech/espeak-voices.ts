import { SoyleError } from '../errors.ts';
import type { Language } from '../types.ts';
import type { EspeakVariant } from './espeak-protocol.ts';
import type { Voice } from './speech.ts';

interface BaseVoice {
  language: Language;
  /** What espeak calls it. */
  espeak: string;
  name: string;
}

/** Voices without a variant, by the id clients use; all of them are espeak's one male speaker. */
const BASES: ReadonlyMap<string, BaseVoice> = new Map([
  ['ru', { language: 'ru', espeak: 'ru', name: 'Русский' }],
  ['kk', { language: 'kk', espeak: 'kk', name: 'Қазақша' }],
  ['en', { language: 'en', espeak: 'en-us', name: 'English (US)' }],
  ['en-gb', { language: 'en', espeak: 'en', name: 'English (UK)' }],
]);

/**
 * The default avatar is a woman. Of espeak's female speakers `f1` does best: median F0 181 Hz (154–200 over a text),
 * formants 0–20 % above the man's, no clipping, and silent pauses. `f2` to `f5` add an echo, 26–37 dB below the speech,
 * that fills the pauses in which an avatar's mouth is to rest; `belinda`, `linda` and `Annie` speak at 225–270 Hz, like
 * children; `steph` and `aunty` hardly move their pitch; `Andrea`, `anika` and `steph2` reach full scale.
 */
export const DEFAULT_VOICES: Record<Language, string> = { ru: 'ru+f1', kk: 'kk+f1', en: 'en+f1' };

/** The engine's own licence: it says nothing about the speech that comes out. */
const LICENCE = 'GPL-3.0 (the engine; what it says is free)';

/** Every base voice, alone and with every variant. */
export function listVoices(variants: readonly EspeakVariant[]): Voice[] {
  return Array.from(BASES, ([id, { language, name }]): Voice[] => [
    { id, name, language, gender: 'male', licence: LICENCE },
    ...variants.map((variant) => ({
      id: `${id}+${variant.id}`,
      ...(DEFAULT_VOICES[language] === `${id}+${variant.id}` && { default: 'usual' as const }),
      name: `${name}, ${variant.name}`,
      language,
      gender: variant.gender,
      licence: LICENCE,
    })),
  ]).flat();
}

/** Splits a voice id, `<base>` or `<base>+<variant>`; whether the variant exists only the child knows. */
export function parseVoice(id: string, language: Language): { base: string; variant?: string } {
  const plus = id.indexOf('+');
  const base = BASES.get(plus < 0 ? id : id.slice(0, plus));
  if (!base) throw unknownVoice(id);
  if (base.language !== language) {
    throw new SoyleError('invalid_request', { detail: `voice "${id}" speaks ${base.language}, not ${language}` });
  }
  return { base: base.espeak, variant: plus < 0 ? undefined : id.slice(plus + 1) };
}

export function unknownVoice(id: string): SoyleError {
  return new SoyleError('invalid_request', { detail: `unknown voice "${id.slice(0, 100)}"` });
}
