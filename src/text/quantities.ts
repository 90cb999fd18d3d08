import type { Grammar } from './grammar.ts';
import { type Numeral, numeralAt } from './numerals.ts';
import { withRate } from './rates.ts';
import { type Context, contextOf, endsSentence, isDigit, isWordEnd, matchAt, type Piece } from './rewrite.ts';

const CURRENCY_SIGN = /US\$|[$€£₸₽¥]/y;
const SPACE = /[ \u00a0\u202f]?/y;
const RANGE = /(?:[-–—−]| [–—] )(?=\d)/y;
/** A unit as it may follow a number; table lookups decide which part of it is one. */
const TOKEN =
  /(?:кв\. ?к?м|куб\. ?м|ш\. ?к?м|текше м|л\. ?с\.|sq\.? (?:m|ft|km)|US\$|[%‰$€£₽₸¥℃℉]|°[CСF]?|[\p{L}·]{1,10}[²³23]?(?:\/\p{L}{1,4})?\.?)/uy;
const SUFFIX = /-?(['’]?\p{L}{1,18})/uy;
/** «Т. е.», «т. д.», «т. б.» are no tons. */
const NO_UNIT = /т\. ?[едпкноб]\./y;
/** Behind a space these letters are rather words («5 с друзьями», "5 B") than units or multipliers. */
const ONLY_GLUED = /^[сВVWsthkKMBT]$/;
/** Millions and billions in one capital are money's alone: "$5M". */
const ONLY_MONEY = /^[MBTK]$/;

/** A unit, currency or multiplier as it stands in a text. */
export interface Unit {
  token: string;
  kind: 'unit' | 'currency' | 'multiplier';
  start: number;
  end: number;
}

/** A number with what belongs to it: currency, range, million, unit, what it is per, ordinal or case ending. */
export function quantityAt(text: string, at: number, grammar: Grammar): Piece[] | undefined {
  return moneyAt(text, at, grammar) ?? countedAt(text, at, grammar);
}

/** A currency sign before its number: $5, -€2.50, ₸2 млн. */
function moneyAt(text: string, at: number, grammar: Grammar): Piece[] | undefined {
  const minus = /[-−]/.test(text.charAt(at)) && isSignHere(text, at) ? 1 : 0;
  const sign = matchAt(CURRENCY_SIGN, text, at + minus);
  if (!sign) return undefined;
  const numberAt = skipSpace(text, at + minus + sign[0].length);
  if (!isDigit(text[numberAt])) return undefined;
  const value = numeralAt(text, numberAt, grammar.language);
  if (!value) return undefined;
  const signed = { ...value, negative: minus === 1 };
  const dash = minus ? null : matchAt(RANGE, text, value.end);
  const second = dash ? numeralAt(text, value.end + dash[0].length, grammar.language) : undefined;
  const last = second ?? signed;
  const multiplier = unitAt(text, last.end, grammar, true);
  const token = multiplier?.kind === 'multiplier' ? multiplier.token : undefined;
  const end = token ? multiplier!.end : last.end;
  const context = contextOf(text, at, end);
  const money = { text: moneyWords(last, sign[0], context, grammar, token), start: second?.start ?? at, end };
  if (!second) return withRate(text, [money], 'currency', grammar);
  const lead = `${grammar.counted(value, sign[0], context).number} ${grammar.signs.to}`;
  return withRate(text, [{ text: lead, start: at, end: second.start }, money], 'currency', grammar);
}

function moneyWords(value: Numeral, currency: string, context: Context, grammar: Grammar, multiplier?: string): string {
  const cents = grammar.cents(currency);
  const say = (part: Numeral, unit: string) => {
    const { number, noun } = grammar.counted(part, unit, context, multiplier);
    return `${number} ${noun}`;
  };
  if (value.fraction.length !== 2 || multiplier || !cents) return say(value, currency);
  const small = { ...value, negative: false, integer: String(Number(value.fraction)), fraction: '' };
  const whole = say({ ...value, fraction: '' }, currency);
  if (small.integer === '0') return whole;
  return [whole, ...(grammar.language === 'en' ? ['and'] : []), say(small, cents)].join(' ');
}

function countedAt(text: string, at: number, grammar: Grammar): Piece[] | undefined {
  if (!isDigit(text[at]) && !(isSignHere(text, at) && isDigit(text[at + 1]))) return undefined;
  const first = numeralAt(text, at, grammar.language);
  if (!first) return undefined;
  const dash = matchAt(RANGE, text, first.end);
  const second = dash ? numeralAt(text, first.end + dash[0].length, grammar.language) : undefined;
  if (!second || first.negative) return valuePieces(text, first, grammar, contextOf(text, first.start, first.end));

  const context = { ...contextOf(text, second.start, second.end), before: contextOf(text, at, at).before };
  const unit = unitAt(text, second.end, grammar);
  const lead = unit ? countedWith(first, unit, context, grammar).number : grammar.number(first, context);
  const opening = { text: `${lead} ${grammar.signs.to}`, start: first.start, end: second.start };
  return valuePieces(text, second, grammar, context, [opening]);
}

/** A number behind the `opening` of a range, or alone. */
function valuePieces(
  text: string,
  value: Numeral,
  grammar: Grammar,
  context: Context,
  opening: readonly Piece[] = [],
): Piece[] {
  const suffixed = suffixedPiece(text, value, grammar, context);
  if (suffixed) return [...opening, suffixed];
  const unit = unitAt(text, value.end, grammar);
  if (unit) return withRate(text, [...opening, ...measured(text, value, unit, grammar, context)], unit.kind, grammar);
  return [...opening, { text: grammar.number(value, context), start: value.start, end: value.end }];
}

function measured(text: string, value: Numeral, unit: Unit, grammar: Grammar, context: Context): Piece[] {
  if (unit.kind === 'currency') {
    const spoken = moneyWords(value, unit.token, context, grammar);
    return withSuffix(text, [{ text: spoken, start: value.start, end: unit.end }], unit, grammar);
  }
  const next = unit.kind === 'multiplier' ? unitAt(text, unit.end, grammar) : undefined;
  const last = next && next.kind !== 'multiplier' ? next : unit;
  const { number, noun } =
    last === unit
      ? countedWith(value, unit, context, grammar)
      : grammar.counted(value, last.token, context, unit.token);
  const pieces = [
    { text: number, start: value.start, end: value.end },
    { text: noun, start: unit.start, end: last.end },
  ];
  return withSuffix(text, pieces, last, grammar);
}

function countedWith(value: Numeral, unit: Unit, context: Context, grammar: Grammar) {
  if (unit.kind === 'multiplier') return grammar.counted(value, '', context, unit.token);
  return grammar.counted(value, unit.token, context);
}

/** Letters that decline the number itself: «5-й», «20%-ный», "1990s", «5-ші». */
function suffixedPiece(text: string, value: Numeral, grammar: Grammar, context: Context): Piece | undefined {
  if (value.fraction !== '' || value.negative || Number(value.integer) > 1e15) return undefined;
  const percent = text[value.end] === '%' && text[value.end + 1] === '-' ? 1 : 0;
  if (percent && grammar.language !== 'ru') return undefined;
  const written = matchAt(SUFFIX, text, value.end + percent);
  const letters = written?.[1]?.toLowerCase();
  if (!written || !letters || !isWordEnd(text, value.end + percent + written[0].length)) return undefined;
  const hyphened = written[0].startsWith('-');
  if (!hyphened && !(grammar.language === 'en' && /^(?:st|nd|rd|th|['’]?s)$/.test(letters))) return undefined;
  if (letters === 's' && Number(value.integer) % 10 !== 0) return undefined;
  const suffix = percent ? `процентн${longEnding(letters)}` : letters;
  const end = value.end + percent + written[0].length;
  const spoken = grammar.suffixed(value.integer, suffix, contextAfter(text, end, context));
  return spoken === undefined ? undefined : { text: spoken, start: value.start, end };
}

/** «20%-й», «20%-ный» → the ending of «-процентный». */
function longEnding(letters: string): string {
  const ending = letters.replace(/^н/, '');
  const short: Readonly<Record<string, string>> = {
    й: 'ый',
    я: 'ая',
    е: 'ые',
    ю: 'ую',
    го: 'ого',
    му: 'ому',
    м: 'ом',
    х: 'ых',
  };
  return short[ending] ?? ending;
}

const contextAfter = (text: string, end: number, { before }: Context): Context => ({
  before,
  after: contextOf(text, end, end).after,
});

/** Kazakh declines the unit: «5%-ға», «10 км-ден». */
export function withSuffix(text: string, pieces: Piece[], unit: Unit, grammar: Grammar): Piece[] {
  const last = pieces.at(-1)!;
  const written = grammar.language === 'kk' && text[unit.end] === '-' ? matchAt(SUFFIX, text, unit.end) : null;
  if (written) {
    const end = unit.end + written[0].length;
    return [...pieces.slice(0, -1), { text: grammar.joined(last.text, written[1]!), start: last.start, end }];
  }
  // The point of «руб.» may end the sentence as well.
  const closes = unit.token.endsWith('.') && endsSentence(text, unit.end);
  return closes ? [...pieces.slice(0, -1), { ...last, text: `${last.text}.` }] : pieces;
}

/** The unit that belongs to a number which ends at `after`; `money` is what stands behind a currency's sign. */
export function unitAt(text: string, after: number, grammar: Grammar, money = false): Unit | undefined {
  const start = skipSpace(text, after);
  const written = matchAt(TOKEN, text, start)?.[0];
  if (written === undefined || matchAt(NO_UNIT, text, start)) return undefined;
  const candidates = [written, written.replace(/\.$/, ''), written.replace(/\/.*$/, '')];
  for (const candidate of candidates) {
    const token = candidate.replace(/2$/, '²').replace(/3$/, '³');
    const kind = grammar.kind(token);
    const end = start + candidate.length;
    if (!kind || (!/[^\p{L}]$/u.test(candidate) && !isWordEnd(text, end))) continue;
    if ((ONLY_GLUED.test(token) && start > after) || (ONLY_MONEY.test(token) && kind === 'multiplier' && !money))
      continue;
    return { token, kind, start, end };
  }
  return undefined;
}

const skipSpace = (text: string, at: number): number => at + (matchAt(SPACE, text, at)?.[0].length ?? 0);

/** A minus and no hyphen: nothing that ends a word or number stands before it. */
export function isSignHere(text: string, at: number): boolean {
  const char = text.charAt(at);
  return (char === '-' || char === '−') && (at === 0 || /[\s([«"'=<>~≈×*/+:]/.test(text[at - 1]!));
}
