import type { Language } from '../types.ts';

const KAZAKH_LETTER = /[әғқңөұүһі]/i;
const CYRILLIC = /\p{Script=Cyrillic}/gu;
const LATIN = /\p{Script=Latin}/gu;
const WORD = /\p{L}+/gu;

/** Frequent words of either language that have no letter of Kazakh's own; words that both use decide nothing. */
const KAZAKH = new Set(
  `бул бар жок мен сен бала ана мектеп алма рахмет салем бас бала жер жаксы жай кайда келди барды болды болады емес бірақ
  туралы арасында арқылы осы солай сонда мына анау кандай неше сабак адам жас жана жол ауыл аспан тау нан май сары
  алты алтау он отыз елу алпыс сексен тоқсан жаз балалар ата апа аға ине дала дос достар`.split(/\s+/),
);
const RUSSIAN = new Set(
  `и в на не что он она они мы вы я ты это как но по из за от до так же все всё его её их был была было были быть есть
  для или если уже ещё при чтобы кто где когда только очень может сегодня завтра нет да привет здравствуйте спасибо
  мой моя мне меня тебя вас нас там тут вот чем под без над о об с со к у а то бы ли ни`.split(/\s+/),
);
/** Endings of everyday Kazakh words that Russian words hardly have. */
const KAZAKH_ENDING = /(?:ды|лар|дар|тар|лер|дер|тер|мын|мыз|сыз|ның|дың|тың|ған|ген|нен|дан|тан|ында|ына)$/;
const RUSSIAN_ENDING =
  /(?:ого|его|ему|ому|ыми|ими|ая|яя|ое|ее|ые|ие|ый|ий|ться|тся|ешь|ете|ает|ают|ить|ать|ство|ция|ции|ость|ений|ение|ями|ами|ях|ах)$/;

/**
 * Language of a sentence by its alphabet; letters of Kazakh alone decide between the two Cyrillic ones, then frequent
 * words and endings. `hint` answers what nothing tells: a sentence of figures, or a Cyrillic one that could be either.
 */
export function detectLanguage(sentence: string, hint?: Language): Language {
  const cyrillic = count(sentence, CYRILLIC);
  const latin = count(sentence, LATIN);
  if (cyrillic === 0 && latin === 0) return hint ?? 'ru';
  if (latin > cyrillic && !(latin < 2 * cyrillic && KAZAKH_LETTER.test(sentence))) return 'en';
  const words = sentence.toLowerCase().match(WORD) ?? [];
  const kazakh = words.filter((word) => word.search(KAZAKH_LETTER) >= 0).length;
  // A Kazakh name in a Russian sentence: one word against the many that Russian alone has.
  const russian = words.filter((word) => RUSSIAN.has(word) || /[щъё]/.test(word) || RUSSIAN_ENDING.test(word)).length;
  if (kazakh > 0) return russian > kazakh ? 'ru' : 'kk';
  const also = words.filter((word) => KAZAKH.has(word) || (word.length > 4 && KAZAKH_ENDING.test(word))).length;
  if (also === russian) return hint === 'kk' && also > 0 ? 'kk' : hint && hint !== 'en' ? hint : 'ru';
  return also > russian ? 'kk' : 'ru';
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** A stretch of a text in one language: whole sentences, the white space behind them included. */
export interface LanguageSpan {
  text: string;
  language: Language;
  start: number;
  end: number;
}

/** Longest stretch looked at as one sentence. */
const LONGEST = 600;
/** A sentence's end: a mark and white space, not behind an initial or a short abbreviation; or a line's end. */
const END = /[!?…]["»”)]*\s+|\.["»”)]*\s+(?=[\p{Lu}\p{N}"«“(—–-])|\n\s*/uy;

/** Splits a text at its sentences and gives each its language; neighbours of one language are one span. */
export function languageSpans(text: string, hint?: Language): LanguageSpan[] {
  const spans: LanguageSpan[] = [];
  let language = hint;
  for (let start = 0; start < text.length; ) {
    const end = sentenceEnd(text, start);
    language = detectLanguage(text.slice(start, end), language ?? hint);
    const last = spans.at(-1);
    if (last?.language === language) last.end = end;
    else spans.push({ text: '', language, start, end });
    start = end;
  }
  return spans.map((span) => ({ ...span, text: text.slice(span.start, span.end) }));
}

function sentenceEnd(text: string, start: number): number {
  const most = Math.min(text.length, start + LONGEST);
  for (let at = start; at < most; at++) {
    if (!/[.!?…\n]/.test(text[at]!) || isAbbreviation(text, start, at)) continue;
    END.lastIndex = at;
    const end = END.exec(text);
    if (end) return at + end[0].length;
  }
  if (most === text.length) return most;
  const space = text.lastIndexOf(' ', most);
  if (space > start) return space + 1;
  return /[\udc00-\udfff]/.test(text[most]!) ? most + 1 : most;
}

/** «А. Пушкин», «ул. Абая», "Mr. Smith": the point does not end a sentence. */
function isAbbreviation(text: string, start: number, at: number): boolean {
  if (text[at] !== '.') return false;
  const word = /\p{L}+$/u.exec(text.slice(Math.max(start, at - 8), at))?.[0] ?? '';
  return (
    /^(?:\p{Lu}|ул|им|пр|проф|см|г|д|mr|mrs|ms|dr|prof|st|vs)$/iu.test(word) &&
    word.length <= 4 &&
    !/^[a-zа-я]$/.test(word)
  );
}
