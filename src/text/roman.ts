import type { Language } from '../types.ts';
import { ordinalEnding } from './agreement-ru.ts';
import { cardinal as cardinalEn, ordinal as ordinalEn } from './numbers-en.ts';
import { cardinal as cardinalKk, ordinal as ordinalKk } from './numbers-kk.ts';
import { cardinal as cardinalRu, type OrdinalEnding, ordinal as ordinalRu } from './numbers-ru.ts';
import { contextOf, endsSentence, matchAt, type Piece, wordBefore } from './rewrite.ts';

/** Typists take Cyrillic letters that look the same. */
const NUMERAL = /([IVXLХІ]{1,8})(?:([-–—])([IVXLХІ]{1,8}))?(?![\p{L}\p{N}'’])/uy;
const WELL_FORMED = /^(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})$/;
const VALUES: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50 };

function romanValue(written: string): number {
  const latin = written.replaceAll('Х', 'X').replaceAll('І', 'I');
  if (!WELL_FORMED.test(latin)) return 0;
  return Array.from(latin, (letter) => VALUES[letter]!).reduce(
    (sum, value, i, values) => sum + (value < (values[i + 1] ?? 0) ? -value : value),
    0,
  );
}

/** Roman numerals where words around them leave no doubt: centuries, monarchs, congresses, chapters. */
export function romanAt(text: string, at: number, language: Language): Piece[] | undefined {
  const found = matchAt(NUMERAL, text, at);
  const n = found ? romanValue(found[1]!) : 0;
  if (!found || n === 0) return undefined;
  const end = at + found[0].length;
  const second = found[3] === undefined ? undefined : romanValue(found[3]);
  if (second === 0) return undefined;
  return READERS[language]({ text, start: at, end, n, second });
}

interface Roman {
  text: string;
  start: number;
  end: number;
  n: number;
  /** The other end of a range. */
  second?: number;
}

const both = ({ n, second }: Roman, say: (n: number) => string, to = '—'): string =>
  second === undefined ? say(n) : `${say(n)} ${to} ${say(second)}`;

const CENTURY_RU = /[ \u00a0]?(вв?\.)(?!\p{L})/uy;
const NOUN_RU =
  /^(?:век|столети|тысячелети|съезд|квартал|глав|част|раздел|степен|созыв|миров|этап|тур|класс|групп|пленум|форум|книг|сцен|сезон|(?:том|тип|акт)(?:а|у|ом|е|ов|ах)?$)/;
const FEMININE_RU = /^(?:глав|част|степен|миров|групп|книг|сцен)/;
const MEN_RU =
  /^(?:пётр|петр|павел|павл|иван|николай|никола|александр|людовик|генрих|карл|фридрих|георг|эдуард|вильгельм|филипп|ричард|наполеон|пий|франциск|борис)(а|я|у|ю|ом|ем|е)?$/;
const WOMEN_RU = /^(?:екатерин|елизавет|мари|анн)(а|я|ы|и|е|у|ю|ой|ей)$/;

function russian(roman: Roman): Piece[] | undefined {
  const { text, start, end } = roman;
  const context = contextOf(text, start, end);
  const century = matchAt(CENTURY_RU, text, end);
  if (century) {
    const [noun, ending] = centuryNoun(context.before, century[1] === 'вв.');
    const wordStart = end + century[0].length - century[1]!.length;
    const wordEnd = end + century[0].length;
    const stop = endsSentence(text, wordEnd) ? '.' : '';
    return [
      { text: both(roman, (n) => ordinalRu(n, ending)), start, end },
      { text: noun + stop, start: wordStart, end: wordEnd },
    ];
  }
  const [noun = '', next = ''] = context.after;
  const ofNext = NOUN_RU.test(noun) && !/^[ivxlхі]+$/.test(next);
  // «В главе IV тома II», but «часть II века».
  const part = ofNext ? undefined : partReading(wordBefore(text, start).toLowerCase(), roman);
  if (part) return [{ text: both(roman, part), start, end }];
  const ending = NOUN_RU.test(noun)
    ? endingOf(noun, roman.second !== undefined)
    : monarchEnding(wordBefore(text, start));
  return ending && [{ text: both(roman, (n) => ordinalRu(n, ending)), start, end }];
}

const LONE_FIFTY = 50;
const HARD_FEMININE = { а: 'ая', ы: 'ой', е: 'ой', у: 'ую', ой: 'ой', ам: 'ой', ах: 'ой' } as const;
const SOFT_FEMININE = { ь: 'ая', и: 'ой', ью: 'ой', ям: 'ой', ях: 'ой' } as const;
const MASCULINE = { '': 'ый', а: 'ого', у: 'ому', ом: 'ым', е: 'ом', ов: 'ого', ам: 'ому', ах: 'ом' } as const;
const NEUTER = { е: 'ое', я: 'ого', ю: 'ому', ем: 'ым', и: 'ом' } as const;
/** Parts of a whole that are counted in ordinals behind their names, and the ordinal's ending by the name's own. */
const PARTS_RU: readonly (readonly [name: RegExp, endings: Readonly<Record<string, OrdinalEnding>>])[] = [
  [/^(?:глав|книг|сцен|групп)(а|ы|е|у|ой|ам|ах)$/, HARD_FEMININE],
  [/^(?:част|степен)(ь|и|ью|ям|ях)$/, SOFT_FEMININE],
  [/^(?:том|раздел|класс|акт|этап|тур|сезон|выпуск)(|а|у|ом|е|ов|ам|ах)$/, MASCULINE],
  [/^(?:действи|явлени)(е|я|ю|ем|и)$/, NEUTER],
  [/^(?:гл|ч|кн)(\.)$/, { '.': 'ая' }],
  [/^(?:т|разд)(\.)$/, { '.': 'ый' }],
];
/** In the plural before a range: «главы I–III», «тома I и II». */
const PLURAL_RU: Readonly<Record<string, OrdinalEnding>> = { ы: 'ая', и: 'ая', а: 'ый', я: 'ое' };
/** What is told apart by cardinals behind its name. */
const KINDS_RU =
  /^(?:(?:корпус|тип|вариант|блок)(?:а|у|ом|е)?|(?:таблиц|фаз)(?:а|ы|е|у|ой)|приложени(?:е|я|ю|ем|и)|уров(?:ень|ня|ню|нем|не))$/;

/** How a numeral behind the name of a part is read: «глава четвёртая», «корпус два». A lone L is a letter there. */
function partReading(name: string, { n, second }: Roman): ((n: number) => string) | undefined {
  if (n === LONE_FIFTY) return undefined;
  if (KINDS_RU.test(name)) return (part) => cardinalRu(part);
  for (const [pattern, endings] of PARTS_RU) {
    const own = pattern.exec(name)?.[1];
    if (own === undefined) continue;
    const ending = (second === undefined ? undefined : PLURAL_RU[own]) ?? endings[own]!;
    return (part) => ordinalRu(part, ending);
  }
  return undefined;
}

/** «XIX в.» in the form its preposition asks for. */
function centuryNoun(before: string, plural: boolean): [string, OrdinalEnding] {
  if (/^(?:в|во|о|об)$/.test(before)) return plural ? ['веках', 'ом'] : ['веке', 'ом'];
  if (
    /^(?:с|со|до|от|из|после|около|конец|конц[аеу]|начал[оаеу]|середин[аыеу]|половин[аыеу]|четверт[ьи]|для)$/.test(
      before,
    )
  ) {
    return plural ? ['веков', 'ого'] : ['века', 'ого'];
  }
  if (/^ко?$/.test(before)) return plural ? ['векам', 'ому'] : ['веку', 'ому'];
  return plural ? ['века', 'ый'] : ['век', 'ый'];
}

function endingOf(noun: string, isRange: boolean): OrdinalEnding {
  if (isRange && /ов$|а$/.test(noun) && noun.startsWith('век')) return noun.endsWith('ов') ? 'ого' : 'ый';
  if (isRange && noun.endsWith('ах')) return 'ом';
  if (noun.startsWith('век')) return ordinalEnding({ before: '', after: [noun] });
  if (noun === 'том') return 'ый';
  if (FEMININE_RU.test(noun)) return /(?:ы|и|е|ой|ей|ью)$/.test(noun) ? 'ой' : /[ую]$/.test(noun) ? 'ую' : 'ая';
  if (/(?:ие|ье)$/.test(noun)) return 'ое';
  if (/(?:а|ия)$/.test(noun)) return 'ого';
  if (/[ую]$/.test(noun)) return 'ому';
  if (/[ое]м$/.test(noun)) return 'ым';
  return /[еи]$/.test(noun) ? 'ом' : 'ый';
}

function monarchEnding(name: string): OrdinalEnding | undefined {
  const woman = WOMEN_RU.exec(name.toLowerCase())?.[1];
  if (woman) return /[ая]/.test(woman) ? 'ая' : /[ую]/.test(woman) ? 'ую' : 'ой';
  const man = MEN_RU.exec(name.toLowerCase());
  if (!man) return undefined;
  const endings: Readonly<Record<string, OrdinalEnding>> = {
    а: 'ого',
    я: 'ого',
    у: 'ому',
    ю: 'ому',
    ом: 'ым',
    ем: 'ым',
    е: 'ом',
  };
  return endings[man[1] ?? ''] ?? 'ый';
}

const NOUN_KK =
  /^(?:ғасыр|съез|бап|тарау|тоқсан|бөлім|дүниежүзілік|шақырылым|том|класс|сынып|мыңжылдық|кітап|кезең|дәреже|тур|топ|санат|сахна|перде)/;
/** Numbered behind their names. */
const PARTS_KK = /^(?:бөлім|тарау|том|кітап|қосымша|кесте|корпус|класс|тип)(?:і|ы|ні|ның|нің|да|де|дан|ден)?$/;
const CENTURY_KK = /[ \u00a0]?(ғғ?\.)(?!\p{L})/uy;

function kazakh(roman: Roman): Piece[] | undefined {
  const { text, start, end } = roman;
  const spoken = { text: both(roman, ordinalKk), start, end };
  const century = matchAt(CENTURY_KK, text, end);
  if (century) {
    const wordEnd = end + century[0].length;
    const noun = century[1] === 'ғғ.' ? 'ғасырлар' : 'ғасыр';
    const stop = endsSentence(text, wordEnd) ? '.' : '';
    return [spoken, { text: noun + stop, start: wordEnd - century[1]!.length, end: wordEnd }];
  }
  // The hyphen of «XIX-ғасыр», and the noun itself, stay as they are.
  const noun = contextOf(text, start, end).after[0] ?? /^-(\p{L}+)/u.exec(text.slice(end, end + 20))?.[1] ?? '';
  const before = wordBefore(text, start).toLowerCase();
  if (NOUN_KK.test(noun) || MEN_RU.test(before)) return [spoken];
  return PARTS_KK.test(before) ? [{ ...spoken, text: both(roman, cardinalKk) }] : undefined;
}

const MONARCH_EN =
  /^(?:Henry|Elizabeth|Charles|George|Edward|Richard|William|Louis|James|Mary|Catherine|Peter|Nicholas|Alexander|Ivan|Paul|Pius|Francis|Frederick|Philip|Napoleon|Benedict|John)$/;
const BEFORE_EN = /^(?:war|chapter|part|volume|act|scene|phase|type|section|book|class|title|article|appendix)$/i;

function english(roman: Roman): Piece[] | undefined {
  const { text, start, end } = roman;
  const before = wordBefore(text, start);
  if (/^(?:century|centuries|dynasty|olympiad|olympics)$/.test(contextOf(text, start, end).after[0] ?? '')) {
    return [{ text: both(roman, ordinalEn, 'to'), start, end }];
  }
  if (MONARCH_EN.test(before)) return [{ text: `the ${ordinalEn(roman.n)}`, start, end }];
  return BEFORE_EN.test(before) ? [{ text: both(roman, cardinalEn, 'to'), start, end }] : undefined;
}

const READERS: Record<Language, (roman: Roman) => Piece[] | undefined> = { ru: russian, kk: kazakh, en: english };
