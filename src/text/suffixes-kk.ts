/** Voiceless endings, and those spelt voiced that behave so. */
const VOICELESS = /[пфкқтсшщчцхһбвгд]$/;
const NASAL = /[мнң]$/;
const VOWEL = /[аәеёоөұүыіиуэюя]$/;

/** One row per suffix: how it may be written, then its form after (voiceless, nasal, vowel, another sound). */
const SUFFIXES: readonly (readonly [written: RegExp, forms: readonly [string, string, string, string]])[] = [
  [/^(?:ға|ге|қа|ке)$/, ['қа', 'ға', 'ға', 'ға']],
  [/^(?:да|де|та|те)$/, ['та', 'да', 'да', 'да']],
  [/^(?:дан|ден|тан|тен|нан|нен)$/, ['тан', 'нан', 'дан', 'дан']],
  [/^(?:ның|нің|дың|дің|тың|тің)$/, ['тың', 'ның', 'ның', 'дың']],
  [/^(?:ны|ні|ды|ді|ты|ті)$/, ['ты', 'ды', 'ны', 'ды']],
  [/^(?:лар|лер|дар|дер|тар|тер)$/, ['тар', 'дар', 'лар', 'лар']],
  [/^(?:дағы|дегі|тағы|тегі)$/, ['тағы', 'дағы', 'дағы', 'дағы']],
  [/^(?:дық|дік|тық|тік|лық|лік)$/, ['тық', 'дық', 'лық', 'лық']],
];
const FRONT: Readonly<Record<string, string>> = { а: 'е', ы: 'і', қ: 'к', ғ: 'г' };

/** Whether a word's last syllable is a back (hard) one, which its suffixes follow. */
export function isBack(word: string): boolean {
  if (word.endsWith('ь')) return false;
  const vowels = word.toLowerCase().match(/[аәеёоөұүыіиэюяу]/g) ?? [];
  // у and и take the side of the vowel before them.
  const decisive = vowels.findLast((vowel) => !/[уи]/.test(vowel)) ?? vowels.at(-1) ?? 'а';
  return /[аоұыяюёу]/.test(decisive);
}

/** Joins a written suffix to a word in the form that vowel harmony asks for: (бес, ға) → беске, (он, дан) → оннан. */
export function withSuffix(word: string, suffix: string): string {
  if (/^[мбп]ен$/.test(suffix)) return `${word} ${/[зж]$/.test(word) ? 'бен' : VOICELESS.test(word) ? 'пен' : 'мен'}`;
  const forms = SUFFIXES.find(([written]) => written.test(suffix))?.[1];
  if (!forms) return word + suffix;
  const kind = VOICELESS.test(word) ? 0 : NASAL.test(word) ? 1 : VOWEL.test(word) ? 2 : 3;
  let form = forms[kind];
  // Plural and -лық count л, з and ж with the nasals.
  if (/^л/.test(form) && /[лзж]$/.test(word)) form = `д${form.slice(1)}`;
  return word + (isBack(word) ? form : form.replace(/[аықғ]/g, (letter) => FRONT[letter]!));
}

const VOICED: Readonly<Record<string, string>> = { к: 'г', қ: 'ғ', п: 'б' };

/** A noun as what something is told per: килограмм → килограмына, тонна → тоннасына, тәулік → тәулігіне. */
export function toEach(noun: string): string {
  // «Секунд» takes hard endings in spite of its soft vowel.
  const isHard = isBack(noun) || noun.endsWith('секунд');
  if (VOWEL.test(noun)) return noun + (isHard ? 'сына' : 'сіне');
  const stem = noun
    .replace(/([^аәеёоөұүыіиуэюяь])\1$/, '$1')
    .replace(/ь$/, '')
    .replace(/[кқп]$/, (last) => VOICED[last]!);
  return stem + (isHard ? 'ына' : 'іне');
}
