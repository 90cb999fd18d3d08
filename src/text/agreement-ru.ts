import type { Case, Gender, OrdinalEnding } from './numbers-ru.ts';
import type { Context } from './rewrite.ts';

/** Prepositions and words that put a number into the genitive. */
const GENITIVE = new Set(
  'от до из без около ок. у после более менее больше меньше свыше порядка против вокруг кроме среди старше младше'.split(
    ' ',
  ),
);
const ACCUSATIVE = new Set(['в', 'во', 'на', 'за', 'через', 'про']);
/** Words that look like declined nouns but do not tell anything about the number before them. */
const NO_NOUN = new Set(
  'или если при для над без где это этого она они оно там нам вам сам нами вами тогда когда всегда сегодня завтра вчера либо даже минус плюс'.split(
    ' ',
  ),
);
const FEMININE_SOFT =
  /(?:сть|вь|ночь|дверь|тетрадь|площадь|кровать|печать|тысяч|роль|цель|модель|речь|вещь|мышь|пыль|соль)$/;
const MASCULINE_IN_A = /^(?:мужчина|папа|дядя|дедушка|юноша|судья|коллега)$/;

export interface Agreement {
  case: Case;
  gender: Gender;
}

/** Case of a number by the preposition before it; a unit of its own declines with it. */
export function caseBefore({ before }: Context): Case {
  if (GENITIVE.has(before)) return 'gen';
  if (before === 'к' || before === 'ко') return 'dat';
  return ACCUSATIVE.has(before) ? 'acc' : 'nom';
}

/** Case and gender of a number that nothing but the words around it tell: «2 минуты», «к 5 часам», «21 книгу». */
export function agreement(n: number, context: Context): Agreement {
  const nouns = context.after.filter((_word, index) => index === 0 || isAdjective(context.after[0]!));
  const noun = nouns.findLast((word) => word.length > 2) ?? '';
  const before = caseBefore(context);
  if (noun === '' || NO_NOUN.has(nouns[0]!) || NO_NOUN.has(noun)) return { case: before, gender: 'm' };
  if (/[ая]х$/.test(noun)) return { case: 'pre', gender: 'm' };
  if (/[ая]ми$/.test(noun)) return { case: 'ins', gender: 'm' };
  if (/[ая]м$/.test(noun)) return { case: 'dat', gender: 'm' };
  if (n % 10 === 1 && n % 100 !== 11) return withOne(noun, before);
  return { case: before, gender: /[ыи]$/.test(noun) && !isAdjective(noun) ? 'f' : 'm' };
}

function withOne(noun: string, before: Case): Agreement {
  if (before === 'gen') return { case: 'gen', gender: /(?:[ыи]|ой|ей)$/.test(noun) ? 'f' : 'm' };
  if (before === 'dat') return { case: 'dat', gender: /[еи]$/.test(noun) ? 'f' : 'm' };
  if (MASCULINE_IN_A.test(noun)) return { case: 'nom', gender: 'm' };
  if (/мя$|[ое]$/.test(noun)) return { case: before, gender: 'n' };
  if (/[ую]$/.test(noun)) return { case: 'acc', gender: 'f' };
  return { case: before, gender: /[ая]$/.test(noun) || FEMININE_SOFT.test(noun) ? 'f' : 'm' };
}

const isAdjective = (word: string): boolean =>
  /(?:[ыи]х|[ыи]е|ая|яя|[ыио]й|ую|ого|его|ое|ее)$/.test(word) && word.length > 3;

/** Ending of an ordinal by the noun after it and the preposition before: «в XXI веке», «к 2026 году». */
export function ordinalEnding({ before, after: [noun = ''] }: Context): OrdinalEnding {
  if (/^год(?:а|у|ом|е)?$|^век(?:а|у|ом|е)?$/.test(noun)) {
    const ending = noun.slice(noun.startsWith('год') ? 3 : 3);
    if (ending === 'у' && before !== 'к' && before !== 'ко' && noun.startsWith('год')) return 'ом';
    return ({ '': 'ый', а: 'ого', у: 'ому', ом: 'ым', е: 'ом' } as const)[ending as ''] ?? 'ый';
  }
  if (/(?:годы|века)$/.test(noun)) return 'ые';
  if (/(?:годов|веков|годах|веках)$/.test(noun)) return 'ых';
  return 'ый';
}

const WRITTEN: readonly (readonly [RegExp, OrdinalEnding])[] = [
  [/^(?:ый|ий)$/, 'ый'],
  [/^(?:а?я|ья)$/, 'ая'],
  [/^(?:ое|ее|ье)$/, 'ое'],
  [/^(?:у?ю|ью)$/, 'ую'],
  [/^(?:го|ого|его)$/, 'ого'],
  [/^(?:му|ому|ему)$/, 'ому'],
  [/^(?:ым|им)$/, 'ым'],
  [/^(?:ом|ем)$/, 'ом'],
  [/^(?:ые|ие)$/, 'ые'],
  [/^(?:х|ых|их)$/, 'ых'],
  [/^(?:ми|ыми|ими)$/, 'ыми'],
];

/** The ending that letters behind digits stand for: «5-й», «1990-х», «2-ой»; nothing when they are no ordinal's. */
export function writtenEnding(suffix: string, n: number, context: Context): OrdinalEnding | undefined {
  const { before, after } = context;
  const noun = after[0] ?? '';
  if (/^(?:й|ой|ей)$/.test(suffix)) {
    // «на 5-й улице», «из 2-й части» are feminine, «5-й этаж» is not.
    return /(?:[еи]|ой|ей)$/.test(noun) && noun.length > 2 && before !== '' ? 'ой' : suffix === 'ей' ? 'ой' : 'ый';
  }
  if (suffix === 'е')
    return /(?:[ыи]|[ыи]е)$/.test(noun) || (n >= 10 && n % 10 === 0 && noun !== 'место') ? 'ые' : 'ое';
  if (suffix === 'м') return /^(?:с|со|перед|за|над|под|между)$/.test(before) ? 'ым' : 'ом';
  return WRITTEN.find(([written]) => written.test(suffix))?.[1];
}
