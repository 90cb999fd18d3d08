import { agreement, caseBefore, ordinalEnding, writtenEnding } from './agreement-ru.ts';
import type { Grammar } from './grammar.ts';
import { type Case, cardinal, combining, type Gender, ordinal, pluralForm } from './numbers-ru.ts';
import { type Numeral, readDigits } from './numerals.ts';
import { CENTS, CURRENCIES, MULTIPLIERS, type RussianNoun, UNITS } from './units-ru.ts';

export const MONTHS_RU = 'января февраля марта апреля мая июня июля августа сентября октября ноября декабря'.split(' ');

const DECIMALS = ['десят', 'сот', 'тысячн', 'десятитысячн', 'стотысячн', 'миллионн'] as const;

/** What prices and measures are told per, besides units. */
const PERIODS: Readonly<Record<string, string>> = {
  ...{ день: 'день', дн: 'день', сутки: 'сутки', сут: 'сутки', ночь: 'ночь', неделя: 'неделю', неделю: 'неделю' },
  ...{ нед: 'неделю', месяц: 'месяц', мес: 'месяц', год: 'год', минуту: 'минуту', секунду: 'секунду' },
};
const UNITS_BY_NAME = new Map(Array.from(UNITS.values(), (noun) => [noun.one, noun]));
const TIME = /^(?:час|минуту|секунду|миллисекунду)$/;

export const russian: Grammar = {
  language: 'ru',
  signs: {
    plus: 'плюс',
    minus: 'минус',
    times: 'умножить на',
    dividedBy: 'разделить на',
    equals: 'равно',
    less: 'меньше',
    greater: 'больше',
    and: 'и',
    at: 'собака',
    point: 'точка',
    slash: 'дробь',
    percent: 'процент',
    number: 'номер',
    section: 'параграф',
    hashtag: 'хештег',
    degree: 'градус',
    about: 'примерно',
    plusMinus: 'плюс-минус',
    squared: 'в квадрате',
    cubed: 'в кубе',
    to: '—',
  },
  number(value, context) {
    const found = agreement(Number(value.integer), context);
    return numberWords(value, found.case, found.gender);
  },
  counted(value, unit, context, multiplier) {
    const noun = nounOf(unit);
    const counted = multiplier ? MULTIPLIERS.get(multiplier)! : noun;
    const grammaticalCase = caseBefore(context);
    const form = value.fraction ? genitiveOne(counted) : declined(counted, value.integer, grammaticalCase);
    const rest = multiplier && unit ? [noun.many] : [];
    return {
      number: numberWords(value, grammaticalCase, counted.gender),
      noun: [form, ...rest, noun.tail].filter(Boolean).join(' '),
    };
  },
  kind: (token) =>
    UNITS.has(token) ? 'unit' : CURRENCIES.has(token) ? 'currency' : MULTIPLIERS.has(token) ? 'multiplier' : undefined,
  cents: (currency) => CENTS[CURRENCIES.get(currency)?.one ?? ''],
  suffixed(digits, suffix, context) {
    const n = Number(digits);
    if (/^[а-яё]{4,}$/.test(suffix) && n < 1e6) return combining(n) + suffix;
    if (suffix === 'ти' || (suffix === 'ми' && (n % 10 === 7 || n % 10 === 8))) return cardinal(n, 'gen');
    if (suffix === 'мя') return cardinal(n, 'ins');
    if (suffix === 'х' && n % 10 > 1 && n % 10 < 5 && Math.floor(n / 10) % 10 !== 1) return cardinal(n, 'gen');
    const ending = writtenEnding(suffix, n, context);
    return ending && ordinal(n, ending);
  },
  joined: (word, suffix) => `${word}-${suffix}`,
  fraction(numerator, denominator, whole) {
    const part = `${cardinal(numerator, 'nom', 'f')} ${ordinal(denominator, pluralForm(numerator) === 'one' ? 'ая' : 'ых')}`;
    return whole === undefined ? part : `${wholePart(whole)} ${part}`;
  },
  partOf(unit, fraction) {
    const noun = nounOf(unit);
    return { number: fraction, noun: [genitiveOne(noun), noun.tail].filter(Boolean).join(' ') };
  },
  per(name, of) {
    const period = PERIODS[name];
    if (period !== undefined) return { after: `в ${period}` };
    const noun = UNITS.get(name) ?? UNITS_BY_NAME.get(name);
    if (!noun || noun.tail) return undefined;
    const words = noun.one === 'человек' ? 'человека' : declined(noun, '1', 'acc');
    const preposition = TIME.test(words) ? 'в' : of === 'unit' ? 'на' : 'за';
    return { after: `${preposition} ${words}` };
  },
  ratio: (parts, isScore) =>
    parts.map((part, index) => {
      if (index === 0) return numberWords(part, 'nom', 'm');
      // A decimal does not decline here: a pause stands for the preposition.
      if (isScore || part.fraction !== '') return `— ${numberWords(part, 'nom', 'm')}`;
      return `к ${numberWords(part, 'dat', 'm')}`;
    }),
  ordinal: (n, context) => ordinal(n, ordinalEnding(context)),
  date(day, month, year, { before }) {
    const ending = dayEnding(before);
    const spoken = `${ordinal(day, ending)} ${MONTHS_RU[month - 1]}`;
    return year === undefined ? spoken : `${spoken} ${ordinal(year, 'ого')} года`;
  },
  time(hours, minutes, seconds, { before }) {
    const grammaticalCase: Case = /^(?:с|со|до|от|после|около)$/.test(before) ? 'gen' : before === 'к' ? 'dat' : 'nom';
    const two = (n: number) => (n < 10 ? `ноль ${n === 0 ? 'ноль' : cardinal(n)}` : cardinal(n, grammaticalCase));
    return [cardinal(hours, grammaticalCase), two(minutes), ...(seconds === undefined ? [] : [two(seconds)])].join(' ');
  },
  phone: (digits) => readDigits(digits, cardinal),
};

/** «С 1 мая» is of the first, «к 1 мая» to the first, «по 1 мая» up to and with the first. */
export function dayEnding(before: string): 'ого' | 'ому' | 'ое' {
  if (before === 'к' || before === 'ко') return 'ому';
  return before === 'по' || before === 'на' || before === 'за' ? 'ое' : 'ого';
}

const NOTHING: RussianNoun = { gender: 'm', one: '', few: '', many: '', dative: '', tail: '' };
const nounOf = (unit: string): RussianNoun =>
  UNITS.get(unit) ?? CURRENCIES.get(unit) ?? MULTIPLIERS.get(unit) ?? NOTHING;

function declined(noun: RussianNoun, integer: string, grammaticalCase: Case): string {
  const form = pluralForm(Number(integer.slice(-9)));
  if (grammaticalCase === 'gen') return form === 'one' ? genitiveOne(noun) : noun.many;
  if (grammaticalCase === 'dat') return form === 'one' ? dativeOne(noun) : noun.dative;
  // «За одну минуту»: of inanimate nouns only the feminine have an accusative of their own.
  if (grammaticalCase === 'acc' && form === 'one' && noun.gender === 'f') {
    return noun.one
      .replace(/ая(?= )/, 'ую')
      .replace(/а$/, 'у')
      .replace(/я$/, 'ю');
  }
  return noun[form];
}

/** «Одного квадратного метра», «три четвёртых тонны». */
const genitiveOne = ({ few }: RussianNoun): string =>
  few
    .replace(/ых(?= )/, 'ого')
    .replace(/их(?= )/, 'ого')
    .replace(/ые(?= )/, 'ой');

function dativeOne(noun: RussianNoun): string {
  if (noun.one === noun.many && noun.one === noun.few) return noun.one;
  if (noun.gender === 'f')
    return noun.one
      .replace(/ая(?= )/, 'ой')
      .replace(/ия$/, 'ии')
      .replace(/[ая]$/, 'е');
  return noun.few
    .replace(/ых(?= )/, 'ому')
    .replace(/их(?= )/, 'ому')
    .replace(/а$/, 'у')
    .replace(/я$/, 'ю');
}

function numberWords({ negative, integer, fraction }: Numeral, grammaticalCase: Case, gender: Gender): string {
  const sign = negative ? 'минус ' : '';
  if (fraction === '') return sign + readDigits(integer, (n) => cardinal(n, grammaticalCase, gender));
  const numerator = Number(fraction);
  const part = DECIMALS[fraction.length - 1];
  const whole = readDigits(integer, (n) => cardinal(n, 'nom', 'f'));
  if (part === undefined)
    return `${sign}${whole} запятая ${readDigits(fraction.padEnd(17, ' ').trim(), (n) => cardinal(n))}`;
  const ending = pluralForm(numerator) === 'one' ? 'ая' : 'ых';
  const wholeEnding = pluralForm(Number(integer.slice(-9))) === 'one' ? 'целая' : 'целых';
  return `${sign}${whole} ${wholeEnding} ${cardinal(numerator, 'nom', 'f')} ${part}${ending}`;
}

const wholePart = (n: number): string => `${cardinal(n, 'nom', 'f')} ${pluralForm(n) === 'one' ? 'целая' : 'целых'}`;
