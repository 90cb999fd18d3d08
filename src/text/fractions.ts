import type { Grammar } from './grammar.ts';
import { unitAt, withSuffix } from './quantities.ts';
import { withRate } from './rates.ts';
import { isDigit, matchAt, type Piece } from './rewrite.ts';

const VULGAR: Readonly<Record<string, readonly [number, number]>> = {
  '½': [1, 2],
  '⅓': [1, 3],
  '⅔': [2, 3],
  '¼': [1, 4],
  '¾': [3, 4],
  '⅕': [1, 5],
  '⅖': [2, 5],
  '⅗': [3, 5],
  '⅘': [4, 5],
  '⅙': [1, 6],
  '⅚': [5, 6],
  '⅛': [1, 8],
  '⅜': [3, 8],
  '⅝': [5, 8],
  '⅞': [7, 8],
};
const WITH_SLASH = /(?:(\d{1,3})[ \u00a0])?(\d{1,2})[/⁄](\d{1,3})(?!\d|[/.,⁄–-]\d)/y;
const WITH_SIGN = /(\d{1,6})?[ \u00a0]?([½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])/y;

/** ½, 2¾, 3/4 kg, 1 1/2; a slash between other numbers (25/3, 24/7) is none. */
export function fractionAt(text: string, at: number, grammar: Grammar): Piece[] | undefined {
  const sign = matchAt(WITH_SIGN, text, at);
  if (sign) {
    const [numerator, denominator] = VULGAR[sign[2]!]!;
    const whole = sign[1] === undefined ? undefined : Number(sign[1]);
    return fractionPieces(text, { numerator, denominator, whole, start: at, end: at + sign[0].length }, grammar);
  }
  const slash = isDigit(text[at - 1]) ? null : matchAt(WITH_SLASH, text, at);
  if (!slash) return undefined;
  const [numerator, denominator] = [Number(slash[2]), Number(slash[3])];
  const isFraction = numerator > 0 && numerator < denominator && (denominator <= 20 || denominator === 100);
  if (!isFraction || slash[2]!.startsWith('0') || slash[3]!.startsWith('0')) return undefined;
  const whole = slash[1] === undefined ? undefined : Number(slash[1]);
  return fractionPieces(text, { numerator, denominator, whole, start: at, end: at + slash[0].length }, grammar);
}

interface Fraction {
  numerator: number;
  denominator: number;
  whole?: number;
  start: number;
  end: number;
}

/** A fraction, with its unit where one follows. */
function fractionPieces(
  text: string,
  { numerator, denominator, whole, start, end }: Fraction,
  grammar: Grammar,
): Piece[] {
  const words = grammar.fraction(numerator, denominator, whole);
  const unit = unitAt(text, end, grammar);
  if (!unit) return [{ text: words, start, end }];
  const { number, noun } = grammar.partOf(unit.token, words, whole !== undefined);
  const pieces = [
    { text: number, start, end },
    { text: noun, start: unit.start, end: unit.end },
  ];
  return withRate(text, withSuffix(text, pieces, unit, grammar), unit.kind, grammar);
}
