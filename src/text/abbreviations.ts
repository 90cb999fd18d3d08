import type { Language } from '../types.ts';
import { endsSentence, isLetter, matchAt, type Piece } from './rewrite.ts';

/** What must follow an abbreviation to be taken for one. */
type Condition = 'number' | 'numeral' | 'capital';
/** As written (a space may be left out or be a no-break one), what it stands for, and what must follow. */
type Entry = readonly [written: string, spoken: string, condition?: Condition];

const TABLES: Record<Language, readonly Entry[]> = {
  ru: [
    ['т. е.', 'то есть'],
    ['т. д.', 'так далее'],
    ['т. п.', 'тому подобное'],
    ['т. к.', 'так как'],
    ['т. н.', 'так называемый'],
    ['т. о.', 'таким образом'],
    ['и. о.', 'исполняющий обязанности'],
    ['до н. э.', 'до нашей эры'],
    ['н. э.', 'нашей эры'],
    ['др.', 'другие'],
    ['пр.', 'прочее'],
    ['напр.', 'например'],
    ['см.', 'смотри'],
    ['ср.', 'сравни'],
    ['ул.', 'улица'],
    ['просп.', 'проспект'],
    ['пр-т', 'проспект'],
    ['пер.', 'переулок', 'capital'],
    ['пл.', 'площадь', 'capital'],
    ['мкр.', 'микрорайон'],
    ['обл.', 'область'],
    ['р-н', 'район'],
    ['пос.', 'посёлок', 'capital'],
    ['г.', 'город', 'capital'],
    ['им.', 'имени', 'capital'],
    ['г-н', 'господин'],
    ['г-жа', 'госпожа'],
    ['проф.', 'профессор'],
    ['акад.', 'академик'],
    ['доц.', 'доцент'],
    ['д.', 'дом', 'number'],
    ['кв.', 'квартира', 'number'],
    ['стр.', 'страница', 'number'],
    ['рис.', 'рисунок', 'number'],
    ['табл.', 'таблица', 'number'],
    ['гл.', 'глава', 'numeral'],
    ['разд.', 'раздел', 'numeral'],
    ['кн.', 'книга', 'numeral'],
    ['ст.', 'статья', 'number'],
    ['п.', 'пункт', 'number'],
    ['ч.', 'часть', 'numeral'],
    ['т.', 'том', 'numeral'],
    ['тел.', 'телефон'],
    ['ок.', 'около', 'number'],
    ['руб.', 'рублей'],
    ['коп.', 'копеек'],
    ['тыс.', 'тысяч'],
    ['млн', 'миллионов'],
    ['млрд', 'миллиардов'],
  ],
  kk: [
    ['т. б.', 'тағы басқалар'],
    ['т. с. с.', 'тағы сол сияқты'],
    ['т. с. с', 'тағы сол сияқты'],
    ['б. з. б.', 'біздің заманымыздан бұрын'],
    ['б. з. д.', 'біздің заманымызға дейін'],
    ['б. э. д.', 'біздің эрамызға дейін'],
    ['мыс.', 'мысалы'],
    ['қ.', 'қаласы'],
    ['көш.', 'көшесі'],
    ['даң.', 'даңғылы'],
    ['обл.', 'облысы'],
    ['ауд.', 'ауданы'],
    ['пәт.', 'пәтер'],
    ['бет.', 'бет', 'number'],
    ['проф.', 'профессор'],
    ['акад.', 'академик'],
    ['тел.', 'телефон'],
    ['сағ.', 'сағат'],
    ['ғ.', 'ғасыр'],
    ['ж.', 'жыл'],
    ['жж.', 'жылдар'],
    ['млн', 'миллион'],
    ['млрд', 'миллиард'],
  ],
  en: [
    ['Mr.', 'Mister'],
    ['Mrs.', 'Missus'],
    ['Ms.', 'Miz'],
    ['Dr.', 'Doctor'],
    ['Prof.', 'Professor'],
    ['St.', 'Saint', 'capital'],
    ['Jr.', 'Junior'],
    ['Sr.', 'Senior'],
    ['Ave.', 'Avenue'],
    ['Rd.', 'Road'],
    ['Blvd.', 'Boulevard'],
    ['St.', 'Street'],
    ['e.g.', 'for example'],
    ['i.e.', 'that is'],
    ['etc.', 'et cetera'],
    ['vs.', 'versus'],
    ['approx.', 'approximately'],
    ['dept.', 'department'],
    ['est.', 'established'],
    ['Inc.', 'Incorporated'],
    ['Ltd.', 'Limited'],
    ['Corp.', 'Corporation'],
    ['Co.', 'Company'],
    ['Ph.D.', 'P H D'],
    ['U.S.A.', 'U S A'],
    ['U.S.', 'U S'],
    ['U.K.', 'U K'],
    ['a.m.', 'A M'],
    ['p.m.', 'P M'],
    ['w/o', 'without'],
    ['w/', 'with'],
    ['No.', 'number', 'number'],
    ['Fig.', 'figure', 'number'],
    ['Vol.', 'volume', 'number'],
    ['Ch.', 'chapter', 'number'],
    ['pp.', 'pages', 'number'],
    ['p.', 'page', 'number'],
    ['ext.', 'extension', 'number'],
  ],
};

const FOLLOWED_BY: Record<Condition, RegExp> = {
  number: /[ \u00a0]?(?=[№\d])/uy,
  numeral: /[ \u00a0]?(?=[№\d]|[IVXХ]{1,7}(?![\p{L}\p{N}]))/uy,
  capital: /[ \u00a0]?["«“]?(?=\p{Lu})/uy,
};

/** The entries by their first letter, longest first, each with a pattern of its own. */
const INDEX = Object.fromEntries(
  Object.entries(TABLES).map(([language, table]) => {
    const index = new Map<string, { pattern: RegExp; spoken: string; condition?: Condition }[]>();
    for (const [written, spoken, condition] of table) {
      const source = written.replaceAll('.', '\\.').replaceAll(' ', '[ \\u00a0\\u202f]?');
      const first = written[0]!.toLowerCase();
      index.set(first, [...(index.get(first) ?? []), { pattern: new RegExp(source, 'iuy'), spoken, condition }]);
    }
    for (const list of index.values()) list.sort((a, b) => b.pattern.source.length - a.pattern.source.length);
    return [language, index];
  }),
);

/** «т. е.», «ул.», "Mr.": what is written for short is said in full. */
export function abbreviationAt(text: string, at: number, language: Language): Piece[] | undefined {
  for (const { pattern, spoken, condition } of INDEX[language]!.get(text[at]!.toLowerCase()) ?? []) {
    const written = matchAt(pattern, text, at)?.[0];
    if (written === undefined) continue;
    const end = at + written.length;
    if (!/[./]$/.test(written) && isLetter(text[end])) continue;
    // One of several initials.
    if (/^\p{L}\.$/u.test(written) && /^\p{L}\./u.test(text.slice(end, end + 2))) continue;
    if (condition && !matchAt(FOLLOWED_BY[condition], text, end)) continue;
    // Before a name a point closes nothing: «ул. Абая», "Mr. Smith".
    const isTitle =
      condition !== undefined || /^\p{Lu}|^(?:ул|обл|проф|акад|доц|тел|мкр|просп|мыс|напр|см|ср)/u.test(written);
    const stop = written.endsWith('.') && endsSentence(text, end) && (!isTitle || isAtEnd(text, end)) ? '.' : '';
    return [{ text: spoken + stop, start: at, end }];
  }
  return undefined;
}

const isAtEnd = (text: string, end: number): boolean => /^\s*$/.test(text.slice(end, end + 4));
