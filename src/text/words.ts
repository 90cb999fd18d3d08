import type { Language } from '../types.ts';
import { spelled } from './acronyms.ts';
import { detectLanguage } from './detect.ts';
import type { Grammar } from './grammar.ts';
import { isWordEnd, matchAt, type Piece } from './rewrite.ts';

/** An apostrophe belongs to a Latin word (don't), elsewhere it quotes. */
const WORD = /[\p{Script=Latin}\p{M}]+(?:['’][\p{Script=Latin}\p{M}]+)+(?![\p{L}\p{M}])|[\p{L}\p{M}]+/uy;
const LATIN_ALONE = /^[\p{Script=Latin}\p{M}'’]+$/u;
const LATIN = /\p{Script=Latin}/u;
const CYRILLIC = /\p{Script=Cyrillic}/u;
const KAZAKH_LETTER = /[әғқңөұүһі]/i;
/** Words that follow one another in a foreign alphabet are judged together. */
const CYRILLIC_RUN =
  /[\p{Script=Cyrillic}\p{M}]+(?:[ ,\u00a0-]{1,2}[\p{Script=Cyrillic}\p{M}]{1,40}(?![\p{Script=Cyrillic}\p{M}])){0,20}/uy;
const KAZAKH_SUFFIX = /-([а-яәғқңөұүһі]{1,5})/iuy;

/** Letters that look the same; typists take the Latin i for the Kazakh one. */
const LOOKALIKES: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from('aceopxyikmtbhACEOPXYIKMTBH', (latin, i) => [latin, 'асеорхуікмтвнАСЕОРХУІКМТВН'[i]!]),
);

/**
 * A word as the right voice says it: an acronym by its letters, a word of another alphabet or with Kazakh letters in
 * the language of its own, everything else as it is written.
 */
export function wordAt(text: string, at: number, grammar: Grammar, shouting: boolean): Piece[] | undefined {
  const word = matchAt(WORD, text, at)?.[0];
  if (word === undefined) return undefined;
  if (grammar.language === 'en' && CYRILLIC.test(word) && !LATIN.test(word)) return cyrillicRun(text, at, shouting);
  const place = { start: at, end: at + word.length };
  const language = languageOf(word, grammar.language);
  const mended = LATIN.test(word) && CYRILLIC.test(word) ? mend(word) : word;
  const letters = spelled(mended, language, shouting);
  if (letters === undefined) return [{ text: shouting ? quiet(mended) : mended, ...place, language }];
  const suffix = language === 'kk' ? matchAt(KAZAKH_SUFFIX, text, place.end) : null;
  if (suffix && isWordEnd(text, place.end + suffix[0].length)) {
    const end = place.end + suffix[0].length;
    return [{ text: letters + suffix[1]!, start: at, end, language }];
  }
  return [{ text: letters, ...place, language }];
}

function languageOf(word: string, around: Language): Language {
  if (LATIN_ALONE.test(word)) return LATIN.test(word) ? 'en' : around;
  if (!CYRILLIC.test(word)) return around;
  if (around === 'ru') return KAZAKH_LETTER.test(word) && !LATIN.test(word) ? 'kk' : 'ru';
  return around === 'kk' || KAZAKH_LETTER.test(word) ? 'kk' : 'ru';
}

/** Russian or Kazakh words inside English ones, with the spaces and hyphens between them. */
function cyrillicRun(text: string, at: number, shouting: boolean): Piece[] | undefined {
  const run = matchAt(CYRILLIC_RUN, text, at)?.[0];
  if (run === undefined) return undefined;
  const language = detectLanguage(run, 'ru');
  return Array.from(run.matchAll(/[\p{L}\p{M}]+|[^\p{L}\p{M}]+/gu), ({ 0: part, index }) => ({
    text: spelled(part, language, shouting) ?? part,
    start: at + index,
    end: at + index + part.length,
    language,
  }));
}

/** Capitals that mean nothing; some voices would spell them. */
function quiet(word: string): string {
  const small = word.toLowerCase();
  return word.length > 1 && small.length === word.length ? small : word;
}

/** A Cyrillic word with Latin letters that only look right. */
function mend(word: string): string {
  return word.replace(/\p{Script=Latin}/gu, (letter) => LOOKALIKES[letter] ?? letter);
}
