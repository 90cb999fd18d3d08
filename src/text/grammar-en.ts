import type { Grammar } from './grammar.ts';
import { cardinal, decade, ordinal, year as yearWords } from './numbers-en.ts';
import { type Numeral, readDigits } from './numerals.ts';
import type { Context } from './rewrite.ts';
import { CENTS, CURRENCIES, MULTIPLIERS, UNITS } from './units-en.ts';

export const MONTHS_EN = 'January February March April May June July August September October November December'.split(
  ' ',
);

/** Times that are written for short behind a slash alone. */
const PERIODS: Readonly<Record<string, string>> = {
  ...{ d: 'day', wk: 'week', mo: 'month', yr: 'year', y: 'year', a: 'year' },
};

const IN_FULL = /^(?:second|minute|hour|day|night|week|month|year|person|user|frame|liter|litre|gram|kilogram|meter)$/;

/** After these a number of four digits is a year. */
const BEFORE_YEAR = new Set(
  `in since by until till of from to during before after year circa late early mid spring summer autumn fall winter ${MONTHS_EN.join(' ')}`
    .toLowerCase()
    .split(' '),
);

export const english: Grammar = {
  language: 'en',
  signs: {
    plus: 'plus',
    minus: 'minus',
    times: 'times',
    dividedBy: 'divided by',
    equals: 'equals',
    less: 'is less than',
    greater: 'is greater than',
    and: 'and',
    at: 'at',
    point: 'dot',
    slash: 'slash',
    percent: 'percent',
    number: 'number',
    section: 'section',
    hashtag: 'hashtag',
    degree: 'degrees',
    about: 'about',
    plusMinus: 'plus or minus',
    squared: 'squared',
    cubed: 'cubed',
    to: 'to',
  },
  number(value, context) {
    return isYear(value, context) ? yearWords(Number(value.integer)) : numberWords(value);
  },
  counted(value, unit, _context, multiplier) {
    const noun = UNITS.get(unit) ?? CURRENCIES.get(unit);
    const isOne = value.integer === '1' && value.fraction === '' && !multiplier;
    const spoken = [multiplier && MULTIPLIERS.get(multiplier), isOne ? noun?.one : noun?.many, noun?.tail];
    return { number: numberWords(value), noun: spoken.filter(Boolean).join(' ') };
  },
  kind: (token) =>
    UNITS.has(token) ? 'unit' : CURRENCIES.has(token) ? 'currency' : MULTIPLIERS.has(token) ? 'multiplier' : undefined,
  cents: (currency) => CENTS[CURRENCIES.get(currency)?.one ?? ''],
  suffixed(digits, suffix) {
    const n = Number(digits);
    if (/^(?:st|nd|rd|th)$/i.test(suffix)) return ordinal(n);
    if (/^['’]?s$/.test(suffix)) return digits.length === 4 ? decade(n) : decade(n);
    return /^[a-z]{3,}$/.test(suffix) ? `${numberWords(asNumeral(digits))}-${suffix}` : undefined;
  },
  joined: (word, suffix) => `${word}-${suffix}`,
  fraction(numerator, denominator, whole) {
    const name = denominator === 2 ? 'half' : denominator === 4 ? 'quarter' : ordinal(denominator);
    const plural = numerator === 1 ? name : name === 'half' ? 'halves' : `${name}s`;
    const part = `${cardinal(numerator)} ${plural}`;
    return whole === undefined ? part : `${cardinal(whole)} and ${numerator === 1 ? `a ${name}` : part}`;
  },
  partOf(unit, fraction, hasWhole) {
    const { one = '', many = '', tail = '' } = UNITS.get(unit) ?? CURRENCIES.get(unit) ?? {};
    const name = MULTIPLIERS.get(unit) ?? (hasWhole ? many : one);
    const noun = hasWhole ? name : `of ${/^(?:[aio]|hour)/.test(name) ? 'an' : 'a'} ${name}`;
    return { number: fraction, noun: [noun, tail].filter(Boolean).join(' ') };
  },
  per(name, of) {
    const unit = UNITS.get(name);
    if (unit) return unit.tail ? undefined : { after: `per ${unit.one}` };
    // Anything has a price, but "5 min/max" is no measure.
    const isKnown = IN_FULL.test(name) || (of !== 'unit' && /^[a-z]{3,}$/.test(name));
    const each = PERIODS[name] ?? (isKnown ? name : undefined);
    return each === undefined ? undefined : { after: `per ${each}` };
  },
  ratio: (parts) => parts.map((part, index) => (index > 0 ? `to ${numberWords(part)}` : numberWords(part))),
  ordinal: (n) => ordinal(n),
  date(day, month, year) {
    const spoken = `${MONTHS_EN[month - 1]} ${ordinal(day)}`;
    return year === undefined ? spoken : `${spoken}, ${yearWords(year)}`;
  },
  time(hours, minutes, seconds) {
    const two = (n: number) => (n < 10 ? `oh ${cardinal(n)}` : cardinal(n));
    if (seconds !== undefined) return `${cardinal(hours)} ${two(minutes)} and ${cardinal(seconds)} seconds`;
    if (minutes > 0) return `${cardinal(hours)} ${two(minutes)}`;
    return hours > 0 && hours < 13 ? `${cardinal(hours)} o'clock` : `${cardinal(hours)} hundred`;
  },
  phone: (digits) => Array.from(digits, (digit) => cardinal(+digit)).join(' '),
};

function isYear({ integer, fraction, end, start }: Numeral, { before }: Context): boolean {
  return fraction === '' && end - start === 4 && BEFORE_YEAR.has(before) && +integer >= 1100 && +integer < 2100;
}

const asNumeral = (integer: string): Numeral => ({ start: 0, end: 0, negative: false, integer, fraction: '' });

function numberWords({ negative, integer, fraction }: Numeral): string {
  const whole = (negative ? 'minus ' : '') + readDigits(integer, cardinal);
  if (fraction === '') return whole;
  return `${whole} point ${Array.from(fraction, (digit) => cardinal(+digit)).join(' ')}`;
}
