import type { Language } from '../types.ts';

const entries = (line: string): [string, string][] =>
  line
    .trim()
    .split(/\s+/)
    .map((entry) => entry.split(':') as [string, string]);

/** What the letters are called. */
const LETTERS: Record<Language, ReadonlyMap<string, string>> = {
  ru: new Map(
    entries(`А:а Б:бэ В:вэ Г:гэ Д:дэ Е:е Ё:ё Ж:жэ З:зэ И:и Й:и-краткое К:ка Л:эль М:эм Н:эн О:о П:пэ Р:эр С:эс Т:тэ У:у
      Ф:эф Х:ха Ц:цэ Ч:че Ш:ша Щ:ща Ъ:твёрдый-знак Ы:ы Ь:мягкий-знак Э:э Ю:ю Я:я`),
  ),
  kk: new Map(
    entries(`А:а Ә:ә Б:бе В:ве Г:ге Ғ:ға Д:де Е:е Ё:ё Ж:же З:зе И:и Й:й К:ка Қ:қа Л:эл М:эм Н:эн Ң:ың О:о Ө:ө П:пе Р:эр
      С:эс Т:те У:у Ұ:ұ Ү:ү Ф:эф Х:ха Һ:һа Ц:це Ч:че Ш:ша Щ:ща Ы:ы І:і Э:э Ю:ю Я:я`),
  ),
  en: new Map(),
};
const words = (line: string) => new Set(line.split(' '));
/** Spoken as words although their letters would not tell, and ordinary words that people write in capitals. */
const WORDS: Record<Language, ReadonlySet<string>> = {
  ru: words(
    'ООН СМИ НИИ ГАИ ЕГЭ УЕФА ОГЭ МОК НЕ НА НО ОН ОНА ОНО ДА ЭТО ИЛИ ЕЩЁ ЕЩЕ ВСЕ ВСЁ МЫ ВЫ ТЫ ТО ЭТА ЭТИ ЕГО ЕЁ ИХ ПО ДО ОТ ИЗ ЗА КО СО ВО ОБ НИ БЫ ЛИ ЖЕ УЖЕ ЧТО КТО ГДЕ',
  ),
  kk: words('ОЛ БҰЛ ИӘ ЖОҚ ДА ДЕ ТА ТЕ БІР ЕКІ МЕН СЕН СІЗ БІЗ ОСЫ АЛ НЕ КІМ ҚАЙ'),
  en: words(
    'AIDS NO SO DO GO WE HE SHE ME BE MY BY TO OF ON IN AT AS IS IF OR UP AN ARE ALL ONE TWO YOU USE THE AND OUR OUT OFF OLD WHO EYE ICE AIR ANY ASK ADD AGE AGO EAT END EAR EGG INTO ONLY ALSO OVER ONCE EVEN EVER EACH EASY EAST WAS WERE',
  ),
};
/** Spelled although they could be read. */
const SPELLED = words('LED VIP SUV DIY NYC HIV SOS CIA CEO CIS WEF ICQ SAP CET PIN-код BMW SIC GED LOL ФИО');
/** Said otherwise than letter by letter. */
const SPECIAL: ReadonlyMap<string, string> = new Map([
  ['США', 'сэ шэ а'],
  ['ЦСКА', 'цэ эс ка'],
  ['ФРГ', 'фэ эр гэ'],
  ['ФБР', 'фэ бэ эр'],
]);

const VOWEL = /[АЕЁИОУЫЭЮЯӘӨҰҮІAEIOUY]/;
/** Longer ones are words in capitals. */
const LONGEST = 6;

/**
 * How an abbreviation in capitals is said letter by letter, or nothing when it is read as a word (НАТО, NASA) or is a
 * word in capitals. Readable is what has a vowel between consonants and no three consonants together.
 */
export function spelled(word: string, language: Language, shouting: boolean): string | undefined {
  if (word.length < 2 || word.length > LONGEST || !/^\p{Lu}+$/u.test(word)) return undefined;
  const special = SPECIAL.get(word);
  if (special && language === 'ru') return special;
  if (WORDS[language].has(word)) return undefined;
  const shape = Array.from(word, (letter) => (VOWEL.test(letter) ? 'v' : 'c')).join('');
  const readable = /cvc/.test(shape) && !/ccc/.test(shape) && !SPELLED.has(word);
  return readable || (shouting && shape.includes('v')) ? undefined : letterNames(word, language);
}

/** The names of a word's letters; Latin ones stay capitals, which every voice spells. */
export function letterNames(word: string, language: Language): string {
  return Array.from(word.toUpperCase(), (letter) => LETTERS[language].get(letter) ?? letter).join(' ');
}

/** Whether a text is written in capitals throughout, so that capitals mean nothing. */
export function isShouting(text: string): boolean {
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0;
  const small = text.match(/\p{Ll}/gu)?.length ?? 0;
  return capitals > 4 * small && /\p{Lu}{5}/u.test(text);
}
