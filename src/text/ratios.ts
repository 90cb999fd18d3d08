import type { Grammar } from './grammar.ts';
import { type Numeral, numeralAt } from './numerals.ts';
import { contextOf, isDigit, matchAt, type Piece } from './rewrite.ts';

const COLON = /(?: : |:)(?=\d)/y;
const MOST_PARTS = 4;
/** Looked for in so many characters before a place. */
const REACH = 32;
const NAMED_BEFORE =
  /(?:ratio|scale|odds|масштаб|соотношени|пропорци|қатынас)\p{L}{0,6}(?: of| is| as| как)?[ \u00a0]$/iu;
const NAMED_AFTER = /^(?:ratio|scale|odds|қатынас\p{L}*|масштаб\p{L}*)$/u;
const SCORE_BEFORE = /^сч[её]т/;
const SCORE_AFTER = /^есеп|^есеб/;

/** 2:1, 16:9, 1:2:3: what is to be mixed, shown or scored in that proportion, and is no time of day. */
export function ratioAt(text: string, at: number, grammar: Grammar): Piece[] | undefined {
  const parts = partsAt(text, at, grammar);
  if (parts.length < 2) return undefined;
  const { before, after } = contextOf(text, at, parts.at(-1)!.end);
  const isScore = SCORE_BEFORE.test(before) || SCORE_AFTER.test(after[0] ?? '');
  return grammar.ratio(parts, isScore).map((words, index) => ({
    text: words,
    start: index === 0 ? at : parts[index - 1]!.end,
    end: parts[index]!.end,
  }));
}

/** The same where a word beside it says that it is one, whatever time of day it could be. */
export function namedRatioAt(text: string, at: number, grammar: Grammar): Piece[] | undefined {
  const pieces = ratioAt(text, at, grammar);
  if (!pieces) return undefined;
  const [noun = ''] = contextOf(text, at, pieces.at(-1)!.end).after;
  const isNamed = NAMED_BEFORE.test(text.slice(Math.max(0, at - REACH), at)) || NAMED_AFTER.test(noun);
  return isNamed ? pieces : undefined;
}

function partsAt(text: string, at: number, { language }: Grammar): Numeral[] {
  const parts: Numeral[] = [];
  if (isDigit(text[at - 1]) || text[at - 1] === ':') return parts;
  for (let next: number | undefined = at; next !== undefined && parts.length <= MOST_PARTS; ) {
    const part = numeralAt(text, next, language);
    // A time of day, or a code.
    if (!part || /^0\d/.test(part.integer)) return [];
    parts.push(part);
    const colon = matchAt(COLON, text, part.end);
    next = colon ? part.end + colon[0].length : undefined;
  }
  return parts.length > MOST_PARTS || isGlued(text, parts.at(-1)!.end) ? [] : parts;
}

const isGlued = (text: string, end: number): boolean => /^[:\p{L}]/u.test(text.slice(end, end + 2));
