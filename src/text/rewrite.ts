import type { Language } from '../types.ts';

/** Words to speak in place of `[start, end)` of the text. */
export interface Piece {
  text: string;
  start: number;
  end: number;
  /** The language of the text around it when absent. */
  language?: Language;
}

/** What stands at `at` rewritten as pieces in the order of the text, or nothing; the last piece ends the match. */
export type Rule = (text: string, at: number) => Piece[] | undefined;

/** A match of a sticky pattern at one place. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** No context is looked for further than this, so that a rule takes constant time. */
const REACH = 48;
const WORD_BEFORE = /([\p{L}.]+)[ \u00a0\u202f]{0,2}[(«"“]?$/u;
const WORDS_AFTER = /^[ \u00a0\u202f]{1,2}([\p{L}-]+)(?:[ \u00a0\u202f]{1,2}([\p{L}-]+))?/u;

/** The words around a place, in lower case. */
export interface Context {
  /** Empty when punctuation or a number stands between. */
  before: string;
  after: readonly string[];
}

export function contextOf(text: string, start: number, end: number): Context {
  const after = WORDS_AFTER.exec(text.slice(end, end + REACH));
  return {
    before: wordBefore(text, start).toLowerCase(),
    after: [after?.[1], after?.[2]].flatMap((word) => (word ? [word.toLowerCase()] : [])),
  };
}

/** The word right before a place, as written. */
export function wordBefore(text: string, at: number): string {
  return WORD_BEFORE.exec(text.slice(Math.max(0, at - REACH), at))?.[1] ?? '';
}

export const isLetter = (char: string | undefined): boolean => char !== undefined && /^[\p{L}\p{M}]/u.test(char);
export const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9';

/** Whether a name or abbreviation that ends here is complete: no letter or digit follows. */
export function isWordEnd(text: string, at: number): boolean {
  return at >= text.length || !/^[\p{L}\p{M}\p{N}]/u.test(text.slice(at, at + 2));
}

/** Whether a point that was read as part of an abbreviation ends a sentence too. */
export function endsSentence(text: string, end: number): boolean {
  return /^\s*(?:$|["»”)]|\s\p{Lu})/u.test(text.slice(end, end + 4));
}
