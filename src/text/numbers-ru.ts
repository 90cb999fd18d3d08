export type Case = 'nom' | 'gen' | 'dat' | 'acc' | 'ins' | 'pre';
export type Gender = 'm' | 'f' | 'n';

/** Endings of ordinals, named as an adjective such as «новый» has them. */
export type OrdinalEnding = 'ый' | 'ого' | 'ому' | 'ым' | 'ом' | 'ая' | 'ой' | 'ую' | 'ое' | 'ые' | 'ых' | 'ыми';

const CASES: readonly Case[] = ['nom', 'gen', 'dat', 'acc', 'ins', 'pre'];
const forms = (line: string): readonly string[] => line.split(' ');

const ONE: Record<Gender, readonly string[]> = {
  m: forms('один одного одному один одним одном'),
  f: forms('одна одной одной одну одной одной'),
  n: forms('одно одного одному одно одним одном'),
};
const TWO: Record<Gender, readonly string[]> = {
  m: forms('два двух двум два двумя двух'),
  f: forms('две двух двум две двумя двух'),
  n: forms('два двух двум два двумя двух'),
};
const THREE = forms('три трёх трём три тремя трёх');
const FOUR = forms('четыре четырёх четырём четыре четырьмя четырёх');
const SOFT = forms(
  'пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать',
);
const TENS = forms('двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто');
const HUNDREDS = [
  forms('сто ста ста сто ста ста'),
  forms('двести двухсот двумстам двести двумястами двухстах'),
  forms('триста трёхсот трёмстам триста тремястами трёхстах'),
  forms('четыреста четырёхсот четырёмстам четыреста четырьмястами четырёхстах'),
] as const;

/** Singular in six cases, then plural in six. */
interface ScaleNoun {
  gender: Gender;
  forms: readonly string[];
}
const THOUSAND: ScaleNoun = {
  gender: 'f',
  forms: forms('тысяча тысячи тысяче тысячу тысячей тысяче тысячи тысяч тысячам тысячи тысячами тысячах'),
};
const illion = (stem: string): ScaleNoun => ({
  gender: 'm',
  forms: forms(' а у  ом е ы ов ам ы ами ах').map((ending) => stem + ending),
});
const SCALES = [THOUSAND, ...['миллион', 'миллиард', 'триллион', 'квадриллион'].map(illion)];

/** Which form of a noun goes with a number in the nominative: 1 рубль, 2 рубля, 5 рублей. */
export function pluralForm(n: number): 'one' | 'few' | 'many' {
  if (n % 100 > 10 && n % 100 < 20) return 'many';
  if (n % 10 === 1) return 'one';
  return n % 10 > 1 && n % 10 < 5 ? 'few' : 'many';
}

/** Russian words of an integer from 0 to 10^18, in a case and agreeing in gender: (21, 'gen', 'f') → «двадцати одной». */
export function cardinal(n: number, grammaticalCase: Case = 'nom', gender: Gender = 'm'): string {
  if (n === 0) return forms('ноль ноля нолю ноль нолём ноле')[CASES.indexOf(grammaticalCase)]!;
  const words: string[] = [];
  for (let scale = SCALES.length; scale >= 0; scale--) {
    const group = Math.floor(n / 1000 ** scale) % 1000;
    if (group === 0) continue;
    const noun = SCALES[scale - 1];
    // «Тысяча девятьсот», not «одна тысяча девятьсот».
    if (!(group === 1 && noun === THOUSAND && words.length === 0)) {
      words.push(...underThousand(group, grammaticalCase, noun?.gender ?? gender));
    }
    if (noun) words.push(scaleForm(noun, group, grammaticalCase));
  }
  return words.join(' ');
}

function underThousand(n: number, grammaticalCase: Case, gender: Gender): string[] {
  const column = CASES.indexOf(grammaticalCase);
  const words: string[] = [];
  const hundreds = Math.floor(n / 100);
  if (hundreds > 4) words.push(hundred(hundreds, grammaticalCase));
  else if (hundreds > 0) words.push(HUNDREDS[hundreds - 1]![column]!);
  let rest = n % 100;
  if (rest >= 20) {
    words.push(tens(Math.floor(rest / 10), grammaticalCase));
    rest %= 10;
  }
  if (rest > 4) words.push(soft(SOFT[rest - 5]!, grammaticalCase));
  else if (rest > 0) words.push([ONE[gender], TWO[gender], THREE, FOUR][rest - 1]![column]!);
  return words;
}

/** Пять, пяти, пятью; восемь, восьми. */
function soft(word: string, grammaticalCase: Case): string {
  if (grammaticalCase === 'nom' || grammaticalCase === 'acc') return word;
  if (grammaticalCase === 'ins') return `${word}ю`;
  return `${word.replace(/восемь$/, 'восьмь').slice(0, -1)}и`;
}

function tens(digit: number, grammaticalCase: Case): string {
  const word = TENS[digit - 2]!;
  if (grammaticalCase === 'nom' || grammaticalCase === 'acc') return word;
  if (digit === 4) return 'сорока';
  if (digit === 9) return 'девяноста';
  if (digit < 4) return soft(word, grammaticalCase);
  const unit = soft(SOFT[digit - 5]!, grammaticalCase);
  return grammaticalCase === 'ins' ? `${unit}десятью` : `${unit}десяти`;
}

function hundred(digit: number, grammaticalCase: Case): string {
  const endings: Record<Case, string> = { nom: 'сот', gen: 'сот', dat: 'стам', acc: 'сот', ins: 'стами', pre: 'стах' };
  return soft(SOFT[digit - 5]!, grammaticalCase) + endings[grammaticalCase];
}

function scaleForm(noun: ScaleNoun, count: number, grammaticalCase: Case): string {
  const column = CASES.indexOf(grammaticalCase);
  const form = pluralForm(count);
  if (form === 'one') return noun.forms[column]!;
  if (grammaticalCase !== 'nom' && grammaticalCase !== 'acc') return noun.forms[6 + column]!;
  return form === 'few' ? noun.forms[1]! : noun.forms[7]!;
}

const ORDINAL_STEMS: Readonly<Record<number, string>> = {
  0: 'нулев',
  1: 'перв',
  2: 'втор',
  3: 'трет',
  4: 'четвёрт',
  6: 'шест',
  7: 'седьм',
  8: 'восьм',
  40: 'сороков',
  90: 'девяност',
};
/** Masculine in -ой instead of -ый. */
const STRESSED_ENDING = /(?:нулев|втор|шест|седьм|восьм|сороков)$/;
const THIRD: Record<OrdinalEnding, string> = {
  ый: 'ий',
  ого: 'ьего',
  ому: 'ьему',
  ым: 'ьим',
  ом: 'ьем',
  ая: 'ья',
  ой: 'ьей',
  ую: 'ью',
  ое: 'ье',
  ые: 'ьи',
  ых: 'ьих',
  ыми: 'ьими',
};

/** (1990, 'ых') → «тысяча девятьсот девяностых», (2000, 'ом') → «двухтысячном». */
export function ordinal(n: number, ending: OrdinalEnding): string {
  const size = lastComponent(n);
  const stem = ordinalStem(size);
  const before = n === size ? '' : `${cardinal(n - size)} `;
  if (stem === 'трет') return before + stem + THIRD[ending];
  return before + stem + (ending === 'ый' && STRESSED_ENDING.test(stem) ? 'ой' : ending);
}

/** The part of a number that its ordinal declines: 1990 → 90, 2012 → 12, 2000 → 2000. */
function lastComponent(n: number): number {
  for (let unit = 1000 ** 5; unit >= 1000; unit /= 1000) if (n >= unit && n % unit === 0) return n % (unit * 1000);
  const rest = n % 1000;
  if (rest % 100 === 0) return rest;
  return rest % 100 < 20 ? rest % 100 || rest : rest % 10 || rest % 100;
}

function ordinalStem(n: number): string {
  const known = ORDINAL_STEMS[n];
  if (known !== undefined) return known;
  if (n < 40) return cardinal(n).replace(/ь$/, '');
  if (n < 100) return cardinal(n, 'gen').replace(/и$/, '');
  if (n < 1000) return n === 100 ? 'сот' : cardinal(n, 'gen').replace(/ста?$|сот$/, 'сот');
  let [scale, count] = [0, n];
  for (; count % 1000 === 0; count /= 1000) scale++;
  const noun = scale === 1 ? 'тысячн' : `${SCALES[scale - 1]!.forms[0]!}н`;
  return (count === 1 ? '' : combining(count)) + noun;
}

/** What a number is at the beginning of a compound word: «двух(этажный)», «сорока(летний)», «сто(процентный)». */
export function combining(n: number): string {
  if (n === 1) return 'одно';
  return cardinal(n, 'gen')
    .replaceAll('одного', 'одно')
    .replace(/(^| )ста(?= |$)/g, '$1сто')
    .replace('девяноста', 'девяносто')
    .replace(/тысячи$/, 'тысяче')
    .replaceAll(' ', '');
}
