import type { Grammar, SignWords } from './grammar.ts';
import type { Numeral } from './numerals.ts';
import { isSignHere } from './quantities.ts';
import { isDigit, isLetter, type Piece } from './rewrite.ts';

/** Said wherever they stand. */
const ALWAYS: Readonly<Record<string, keyof SignWords>> = {
  '№': 'number',
  '§': 'section',
  '±': 'plusMinus',
  '≈': 'about',
  '=': 'equals',
  '%': 'percent',
  '°': 'degree',
  '²': 'squared',
  '³': 'cubed',
  '&': 'and',
  '@': 'at',
};
/** Said between numbers only; elsewhere they are markup or drawing, and silent. */
const BETWEEN: Readonly<Record<string, keyof SignWords>> = {
  '×': 'times',
  '*': 'times',
  '÷': 'dividedBy',
  '<': 'less',
  '>': 'greater',
};
/** A currency without a number is named as one speaks of it. */
const CURRENCY = /[$€£₸₽¥]/;
const SEVERAL: Numeral = { start: 0, end: 0, negative: false, integer: '5', fraction: '' };
const SILENT = /[*_|~^•·#<>\\`]/;

/** A sign as the word for it, or silence: `&`, `+`, `№`, `=`, `*` … */
export function symbolAt(text: string, at: number, grammar: Grammar): Piece[] | undefined {
  const { signs } = grammar;
  const sign = text[at]!;
  const [before, after] = [neighbour(text, at, -1), neighbour(text, at, 1)];
  const betweenNumbers = /[\d)½²³%]/.test(before) && /[\d(½√]/.test(after);
  const say = (word: string): Piece[] => [{ text: word, start: at, end: at + 1 }];

  if (CURRENCY.test(sign)) return say(grammar.counted(SEVERAL, sign, { before: '', after: [] }).noun);
  const always = ALWAYS[sign];
  if (always) return say(signs[always]);
  if (sign === '+') return say(signs.plus);
  if ((sign === '-' || sign === '−') && isSignHere(text, at) && isDigit(text[at + 1])) return say(signs.minus);
  if (sign === '−' && betweenNumbers) return say(signs.minus);
  if (sign === '#' && isDigit(text[at + 1])) return say(signs.number);
  if (sign === '#' && isLetter(text[at + 1])) return say(signs.hashtag);
  if (sign === '~' && isDigit(after)) return say(signs.about);
  if (sign === '/' && betweenNumbers) return say(/\s/.test(text[at + 1] ?? '') ? signs.dividedBy : signs.slash);
  const between = betweenNumbers ? BETWEEN[sign] : undefined;
  if (between) return say(signs[between]);
  return SILENT.test(sign) || sign === '/' ? say(' ') : undefined;
}

/** The next character to one side, one space skipped. */
function neighbour(text: string, at: number, side: 1 | -1): string {
  const next = text[at + side] ?? '';
  return /\s/.test(next) ? (text[at + 2 * side] ?? '') : next;
}
