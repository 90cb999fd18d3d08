import type { Language } from '../types.ts';
import type { Numeral } from './numerals.ts';
import type { Context } from './rewrite.ts';

/** What a number is written with in front of a unit or currency. */
export interface Counted {
  number: string;
  noun: string;
}

/** What an amount is per: words before it («килограмына») or behind it («за килограмм»). */
export type Rate = { before: string; after?: undefined } | { after: string };

/** Words for signs; `undefined` entries of a language are silent. */
export interface SignWords {
  plus: string;
  minus: string;
  times: string;
  dividedBy: string;
  equals: string;
  less: string;
  greater: string;
  and: string;
  at: string;
  point: string;
  slash: string;
  percent: string;
  number: string;
  section: string;
  hashtag: string;
  degree: string;
  about: string;
  plusMinus: string;
  squared: string;
  cubed: string;
  /** Between the ends of a range; a dash alone is a pause. */
  to: string;
}

/** How one language says numbers and what stands with them. */
export interface Grammar {
  language: Language;
  signs: SignWords;
  /** An integer or decimal, agreeing with the words around it. */
  number(value: Numeral, context: Context): string;
  /** A number with a unit of `unitAt`'s, and a multiplier such as «млн» between them. */
  counted(value: Numeral, unit: string, context: Context, multiplier?: string): Counted;
  /** Whether `token` is a unit (`km`, `%`, `$`), a multiplier (`млн`) or neither. */
  kind(token: string): 'unit' | 'currency' | 'multiplier' | undefined;
  /** What a hundredth of a currency is called, as a unit. */
  cents(currency: string): string | undefined;
  /** Digits with letters behind them: `5-й`, `21st`, `10-летний`, `5-ші`. */
  suffixed(digits: string, suffix: string, context: Context): string | undefined;
  /** A suffix joined to a word that a number's unit became: (`пайыз`, `ға`). */
  joined(word: string, suffix: string): string;
  fraction(numerator: number, denominator: number, whole?: number): string;
  /** The words of a fraction with the unit it is a part of, or of which there are so many and a part. */
  partOf(unit: string, fraction: string, hasWhole: boolean): Counted;
  /** What a price or a measure is per: «за килограмм», "per month"; nothing when it is neither a unit nor a time. */
  per(name: string, of: 'unit' | 'currency' | 'multiplier'): Rate | undefined;
  /** The words of each part of 2:1 or 1:2:3, with those that join it to the one before. */
  ratio(parts: readonly Numeral[], isScore: boolean): string[];
  ordinal(n: number, context: Context): string;
  /** A date in figures, in the order of the language. */
  date(day: number, month: number, year: number | undefined, context: Context): string;
  time(hours: number, minutes: number, seconds: number | undefined, context: Context): string;
  /** Digits of a telephone number that stand together. */
  phone(digits: string): string;
}
