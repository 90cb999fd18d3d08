import type { Language } from '../types.ts';
import type { Grammar } from './grammar.ts';
import { MONTHS_EN } from './grammar-en.ts';
import { MONTHS_KK } from './grammar-kk.ts';
import { dayEnding, MONTHS_RU } from './grammar-ru.ts';
import { ordinal as ordinalEn, year as yearEn } from './numbers-en.ts';
import { ordinal as ordinalKk } from './numbers-kk.ts';
import { ordinal as ordinalRu } from './numbers-ru.ts';
import { contextOf, endsSentence, isDigit, matchAt, type Piece, wordBefore } from './rewrite.ts';

const ISO = /(\d{4})-(\d{2})-(\d{2})(?!\d|-\d)/y;
const FIGURES = /(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d|[./-]\d)/y;
const YEAR_MARK = /[ \u00a0]?(?:г\.|года(?!\p{L})|ж\.)/uy;

/** 20.11.2026, 20/11/26, 2026-11-20; in English the month comes first between slashes, where it can. */
export function figuresDateAt(text: string, at: number, grammar: Grammar): Piece[] | undefined {
  if (isDigit(text[at - 1])) return undefined;
  const iso = matchAt(ISO, text, at);
  const figures = iso ? null : matchAt(FIGURES, text, at);
  const found = iso ?? figures;
  if (!found) return undefined;
  let [year, month, day] = iso
    ? [Number(iso[1]), Number(iso[2]), Number(iso[3])]
    : [fullYear(figures![4]!), Number(figures![3]), Number(figures![1])];
  if (figures && grammar.language === 'en' && figures[2] === '/' && day <= 12) [day, month] = [month, day];
  const isShort = figures && figures[4]!.length === 2 && (figures[2] !== '.' || figures[3]!.length !== 2);
  if (isShort || day < 1 || day > 31 || month < 1 || month > 12 || year < 1000) return undefined;
  let end = at + found[0].length;
  const mark = grammar.language === 'en' ? null : matchAt(YEAR_MARK, text, end);
  if (mark) end += mark[0].length;
  const stop = mark?.[0].endsWith('.') && endsSentence(text, end) ? '.' : '';
  return [{ text: grammar.date(day, month, year, contextOf(text, at, end)) + stop, start: at, end }];
}

const fullYear = (digits: string): number => (digits.length === 4 ? +digits : +digits + (+digits < 50 ? 2000 : 1900));

/** A date with the month as a word, and years with theirs. */
export function wordDateAt(text: string, at: number, language: Language): Piece[] | undefined {
  if (isDigit(text[at - 1])) return undefined;
  return DATES[language](text, at);
}

const DAY_RU = new RegExp(`(\\d{1,2})(?:-?(?:го|е|ое|ому?))?[ \\u00a0](${MONTHS_RU.join('|')})(?!\\p{L})`, 'iuy');
const MONTH_RU = /(?:январ|феврал|март|апрел|ма[йея]|июн|июл|август|сентябр|октябр|ноябр|декабр)\p{L}{0,3}$/iu;
const YEAR_RU =
  /(\d{1,4})(?:[-–—](\d{4}))?[ \u00a0]?(гг?\.(?!\p{L})|г(?![\p{L}.])|год(?:а|у|ом|ы|ов|ах|ам|ами|е)?(?!\p{L}))/iuy;

function russianDate(text: string, at: number): Piece[] | undefined {
  const day = matchAt(DAY_RU, text, at);
  if (!day) return russianYear(text, at, MONTH_RU.test(wordBefore(text, at)));
  if (Number(day[1]) < 1 || Number(day[1]) > 31) return undefined;
  const monthEnd = at + day[0].length;
  const monthStart = monthEnd - day[2]!.length;
  const pieces: Piece[] = [
    { text: ordinalRu(Number(day[1]), dayEnding(contextOf(text, at, at).before)), start: at, end: monthStart - 1 },
    { text: day[2]!, start: monthStart, end: monthEnd },
  ];
  const yearStart = monthEnd + (/^[,]?[ \u00a0]/.exec(text.slice(monthEnd, monthEnd + 2))?.[0].length ?? 0);
  if (yearStart === monthEnd) return pieces;
  const bare = matchAt(/\d{4}(?!\d|[ \u00a0]?\p{L}|:)/uy, text, yearStart);
  const year = bare
    ? [{ text: ordinalRu(Number(bare[0]), 'ого'), start: yearStart, end: yearStart + 4 }]
    : russianYear(text, yearStart, true);
  return [...pieces, ...(year ?? [])];
}

/** «2026 год», «в 2026 г.», «2020–2025 гг.»; «21 год» and «5 лет» are counts. */
function russianYear(text: string, at: number, afterMonth: boolean): Piece[] | undefined {
  const found = matchAt(YEAR_RU, text, at);
  if (!found) return undefined;
  const [, digits = '', second, written = ''] = found;
  const n = Number(digits);
  const word = written.toLowerCase();
  const isYear = (digits.length === 4 && n >= 1000 && n <= 2100) || word === 'году' || word === 'годах';
  const wordStart = at + found[0].length - written.length;
  if (!isYear || (word === 'г' && !afterMonth && !/^[.,;:)]|^$/.test(text.charAt(wordStart + 1)))) return undefined;
  const { before } = contextOf(text, at, at);
  const noun = afterMonth && word.startsWith('г.') ? 'года' : yearNoun(word, before);
  const ending = noun === 'год' && before === 'на' ? 'ый' : (ENDINGS[noun] ?? 'ый');
  const yearEnding = noun === 'году' && /^ко?$/.test(before) ? 'ому' : ending;
  const end = at + found[0].length;
  const stop = word.endsWith('.') && endsSentence(text, end) ? '.' : '';
  const singular = noun === 'годы' ? 'ый' : noun === 'годах' ? 'ом' : noun === 'годов' ? 'ого' : yearEnding;
  const firstEnd = at + digits.length;
  const years: Piece[] = second
    ? [
        { text: `${ordinalRu(n, singular)} —`, start: at, end: firstEnd + 1 },
        { text: ordinalRu(Number(second), singular), start: firstEnd + 1, end: firstEnd + 5 },
      ]
    : [{ text: ordinalRu(n, yearEnding), start: at, end: firstEnd }];
  return [...years, { text: noun + stop, start: wordStart, end }];
}

const ENDINGS: Readonly<Record<string, 'ый' | 'ого' | 'ом' | 'ым' | 'ые' | 'ых'>> = {
  год: 'ый',
  года: 'ого',
  году: 'ом',
  годом: 'ым',
  годы: 'ые',
  годов: 'ых',
  годах: 'ых',
};

/** «г.» and «гг.» in the form that the preposition asks for. */
function yearNoun(word: string, before: string): string {
  const genitive =
    /^(?:с|со|до|от|после|около|из|для|конца|начала|середины|конец|начало|середина|лета|весны|осени|зимы)$/.test(
      before,
    );
  if (word === 'г.' || word === 'г') return genitive ? 'года' : /^(?:в|во|о|об|к|ко)$/.test(before) ? 'году' : 'год';
  if (word === 'гг.') return genitive ? 'годов' : /^(?:в|во)$/.test(before) ? 'годах' : 'годы';
  return word;
}

const DAY_KK = new RegExp(`(\\d{1,2})(?:-?[ыі]?н?ш[ыі])?[- \\u00a0](?=(?:${MONTHS_KK.join('|')}))`, 'iuy');
const YEAR_KK = /(\d{1,4})(?:[-–—](\d{4}))?[- \u00a0]?(?=(ж\.(?! ?ж)|жж\.|жыл\p{L}*))/iuy;

function kazakhDate(text: string, at: number): Piece[] | undefined {
  const day = matchAt(DAY_KK, text, at);
  if (day && +day[1]! >= 1 && +day[1]! <= 31) {
    return [{ text: ordinalKk(Number(day[1])), start: at, end: at + day[0].length }];
  }
  const year = matchAt(YEAR_KK, text, at);
  if (!year) return undefined;
  const [, digits = '', second, word = ''] = year;
  const isYear = (digits.length === 4 && +digits <= 2100) || /^жыл(?:ы|ғы|дары|дардағы|дардың)$/iu.test(word);
  if (!isYear) return undefined;
  const wordStart = at + year[0].length;
  const firstEnd = at + digits.length;
  const years: Piece[] = second
    ? [
        { text: `${ordinalKk(+digits)} —`, start: at, end: firstEnd + 1 },
        { text: ordinalKk(+second), start: firstEnd + 1, end: firstEnd + 5 },
      ]
    : [{ text: ordinalKk(+digits), start: at, end: firstEnd }];
  if (!word.endsWith('.')) return years;
  const end = wordStart + word.length;
  const noun = word.toLowerCase() === 'жж.' ? 'жылдар' : 'жыл';
  return [...years, { text: noun + (endsSentence(text, end) ? '.' : ''), start: wordStart, end }];
}

const SHORT_MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sept? Oct Nov Dec'.split(' ');
const MONTH_EN = `(${MONTHS_EN.join('|')}|(?:${SHORT_MONTHS.join('|')})(?![a-z])\\.?)`;
const MONTH_FIRST = new RegExp(
  `${MONTH_EN}[ \\u00a0](\\d{1,2})(?:st|nd|rd|th)?(?![\\d:])(?:(,?[ \\u00a0])(\\d{4})(?!\\d))?`,
  'y',
);
const DAY_FIRST = new RegExp(
  `(\\d{1,2})(?:st|nd|rd|th)?[ \\u00a0](?:of[ \\u00a0])?${MONTH_EN}(?![a-z])(?:(,?[ \\u00a0])(\\d{4})(?!\\d))?`,
  'y',
);

function englishDate(text: string, at: number): Piece[] | undefined {
  const monthFirst = matchAt(MONTH_FIRST, text, at);
  const found = monthFirst ?? matchAt(DAY_FIRST, text, at);
  if (!found) return undefined;
  const [day, month, comma = '', year] = monthFirst
    ? [monthFirst[2]!, monthFirst[1]!, monthFirst[3], monthFirst[4]]
    : [found[1]!, found[2]!, found[3], found[4]];
  if (Number(day) < 1 || Number(day) > 31) return undefined;
  const name = MONTHS_EN.find((full) => full.startsWith(month.slice(0, 3)))!;
  const end = at + found[0].length;
  const dateEnd = year ? end - 4 - comma.length : end;
  const pieces: Piece[] = monthFirst
    ? [
        { text: name, start: at, end: at + month.length },
        { text: ordinalEn(+day) + (year ? ',' : ''), start: at + month.length + 1, end: dateEnd },
      ]
    : [
        {
          text: `${contextOf(text, at, at).before === 'the' ? '' : 'the '}${ordinalEn(+day)} of`,
          start: at,
          end: dateEnd - month.length - 1,
        },
        { text: name + (year ? ',' : ''), start: dateEnd - month.length, end: dateEnd },
      ];
  return year ? [...pieces, { text: yearEn(Number(year)), start: end - 4, end }] : pieces;
}

const DATES: Record<Language, (text: string, at: number) => Piece[] | undefined> = {
  ru: russianDate,
  kk: kazakhDate,
  en: englishDate,
};
