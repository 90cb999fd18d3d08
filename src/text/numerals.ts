import type { Language } from '../types.ts';
import { matchAt } from './rewrite.ts';

/** A number as written, taken apart; `[start, end)` is its place. */
export interface Numeral {
  start: number;
  end: number;
  negative: boolean;
  /** Digits without separators. */
  integer: string;
  /** Digits behind the decimal mark, or nothing. */
  fraction: string;
}

/** Groups of three: 1 000 000 with any of the spaces in use, 1.000.000, 1,000,000. */
const SPACED = /\d{1,3}([ \u00a0\u2009\u202f])\d{3}(?:\1\d{3}){0,4}(?!\d)/y;
const COMMAS = /\d{1,3}(?:,\d{3}){1,5}(?![\d])/y;
const COMMAS_TWICE = /\d{1,3}(?:,\d{3}){2,5}(?![\d])/y;
const POINTS_TWICE = /\d{1,3}(?:\.\d{3}){2,5}(?![\d])/y;
const DIGITS = /\d+/y;
const FRACTION = /[.,](\d+)(?![.,]?\d)/y;
const POINT_FRACTION = /\.(\d+)(?!\.?\d)/y;

/** Reads the number that begins at `at`, a sign before it included. */
export function numeralAt(text: string, at: number, language: Language): Numeral | undefined {
  const negative = /^[-−]$/.test(text.charAt(at));
  const start = negative ? at + 1 : at;
  const commas = language === 'en' ? COMMAS : COMMAS_TWICE;
  const whole = [SPACED, commas, POINTS_TWICE, DIGITS].map((pattern) => matchAt(pattern, text, start)).find(Boolean);
  if (!whole) return undefined;
  let end = start + whole[0].length;
  const fraction = matchAt(language === 'en' ? POINT_FRACTION : FRACTION, text, end);
  end += fraction?.[0].length ?? 0;
  return { start: at, end, negative, integer: whole[0].replace(/\D/g, ''), fraction: fraction?.[1] ?? '' };
}

/** More digits than this are read one after another. */
const MOST_DIGITS = 16;
const LARGEST = 1e15;

/** Words of an integer of any length: leading zeros are read out, a number beyond 10^15 digit by digit. */
export function readDigits(digits: string, cardinal: (n: number) => string): string {
  const n = Number(digits);
  if (digits.length > MOST_DIGITS || n > LARGEST) return Array.from(digits, (digit) => cardinal(+digit)).join(' ');
  const zeros = /^0*(?=\d)/.exec(digits)![0].length;
  return [...Array.from({ length: zeros }, () => cardinal(0)), cardinal(n)].join(' ');
}
