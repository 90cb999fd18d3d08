import type { Grammar } from './grammar.ts';
import { cardinal, ordinal } from './numbers-kk.ts';
import { type Numeral, readDigits } from './numerals.ts';
import { toEach, withSuffix } from './suffixes-kk.ts';
import { CENTS, CURRENCIES, MULTIPLIERS, UNITS } from './units-kk.ts';

export const MONTHS_KK = 'қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан'.split(
  ' ',
);

const DECIMALS = ['оннан', 'жүзден', 'мыңнан', 'он мыңнан', 'жүз мыңнан', 'миллионнан'] as const;
/** Behind a slash alone this is a second. */
const SECOND: Readonly<Record<string, string>> = { с: 'сек', s: 'сек' };
/** What prices and measures are told per, written in full. */
const IN_FULL = new Set([...UNITS.values(), 'күн', 'тәулік', 'апта', 'ай', 'жыл', 'адам']);
const ORDINAL = /^[ыі]?н?ш[ыі]/;

export const kazakh: Grammar = {
  language: 'kk',
  signs: {
    plus: 'плюс',
    minus: 'минус',
    times: 'көбейту',
    dividedBy: 'бөлу',
    equals: 'тең',
    less: 'кіші',
    greater: 'үлкен',
    and: 'және',
    at: 'эт',
    point: 'нүкте',
    slash: 'бөлу',
    percent: 'пайыз',
    number: 'нөмір',
    section: 'параграф',
    hashtag: 'хештег',
    degree: 'градус',
    about: 'шамамен',
    plusMinus: 'плюс-минус',
    squared: 'квадрат',
    cubed: 'куб',
    to: '—',
  },
  number: (value) => numberWords(value),
  counted(value, unit, _context, multiplier) {
    const name = UNITS.get(unit) ?? CURRENCIES.get(unit) ?? '';
    const [before, after = before] = name.split(' … ');
    const noun = [multiplier && MULTIPLIERS.get(multiplier), after].filter(Boolean).join(' ');
    return { number: name.includes('…') ? `${before} ${numberWords(value)}` : numberWords(value), noun };
  },
  kind: (token) =>
    UNITS.has(token) ? 'unit' : CURRENCIES.has(token) ? 'currency' : MULTIPLIERS.has(token) ? 'multiplier' : undefined,
  cents: (currency) => CENTS[CURRENCIES.get(currency) ?? ''],
  suffixed(digits, suffix) {
    const n = Number(digits);
    const mark = ORDINAL.exec(suffix)?.[0];
    if (mark === undefined) return withSuffix(readDigits(digits, cardinal), suffix);
    const rest = suffix.slice(mark.length);
    return rest ? withSuffix(ordinal(n), rest) : ordinal(n);
  },
  joined: withSuffix,
  fraction(numerator, denominator, whole) {
    const part = `${withSuffix(cardinal(denominator), 'дан')} ${cardinal(numerator)}`;
    return whole === undefined ? part : `${cardinal(whole)} бүтін ${part}`;
  },
  partOf(unit, fraction) {
    const name = UNITS.get(unit) ?? CURRENCIES.get(unit) ?? MULTIPLIERS.get(unit) ?? '';
    const [before = '', after] = name.split(' … ');
    return after === undefined ? { number: fraction, noun: before } : { number: `${before} ${fraction}`, noun: after };
  },
  per(name) {
    const noun = IN_FULL.has(name) ? name : UNITS.get(SECOND[name] ?? name);
    return noun === undefined || noun.includes('…') ? undefined : { before: toEach(noun) };
  },
  ratio: (parts, isScore) =>
    parts.map((part, index) => {
      if (isScore) return index > 0 ? `— ${numberWords(part)}` : numberWords(part);
      return index < parts.length - 1 ? withSuffix(numberWords(part), 'ға') : numberWords(part);
    }),
  ordinal: (n) => ordinal(n),
  date(day, month, year) {
    const spoken = `${ordinal(day)} ${MONTHS_KK[month - 1]}`;
    return year === undefined ? spoken : `${ordinal(year)} жылғы ${spoken}`;
  },
  time(hours, minutes, seconds) {
    const two = (n: number) => (n < 10 ? `нөл ${cardinal(n)}` : cardinal(n));
    return [cardinal(hours), two(minutes), ...(seconds === undefined ? [] : [two(seconds)])].join(' ');
  },
  phone: (digits) => readDigits(digits, cardinal),
};

function numberWords({ negative, integer, fraction }: Numeral): string {
  const whole = (negative ? 'минус ' : '') + readDigits(integer, cardinal);
  if (fraction === '') return whole;
  const part = DECIMALS[fraction.length - 1];
  if (part === undefined) return `${whole} үтір ${readDigits(fraction, cardinal)}`;
  return `${whole} бүтін ${part} ${cardinal(Number(fraction))}`;
}
