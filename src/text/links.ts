import { letterNames } from './acronyms.ts';
import type { Grammar } from './grammar.ts';
import { matchAt, type Piece, wordBefore } from './rewrite.ts';

const LABEL = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?';
const TOP = '(?:com|org|net|info|biz|edu|gov|kz|ru|uz|kg|by|ua|io|ai|dev|app|me|tv|uk|us|eu|de|fr|рф|қаз)';
const PATH = '(?:[/?#][^\\s<>"«»]{0,2000})?';
const WITH_SCHEME = new RegExp(
  `(?:https?://(?:www\\.)?|www\\.)((?:${LABEL}\\.){0,8}${LABEL})(?::\\d{1,5})?(${PATH})`,
  'iuy',
);
const BARE = new RegExp(`((?:${LABEL}\\.){1,8}${TOP})(?![\\p{L}\\p{N}-]|\\.[\\p{L}\\p{N}])(${PATH})`, 'iuy');
const EMAIL = new RegExp(`([\\p{L}\\p{N}][\\p{L}\\p{N}._+-]{0,63})@((?:${LABEL}\\.){1,8}${LABEL})`, 'iuy');
/** Punctuation after a link that belongs to the sentence. */
const TRAILING = /[.,;:!?)\]}'"»”…]+$/;
/** More of a path than this is read by nobody. */
const PATH_PARTS = 3;

const SLASH: Readonly<Record<Grammar['language'], string>> = { ru: 'слэш', kk: 'слэш', en: 'slash' };

/** Web and e-mail addresses: the scheme, www, port and query are left unsaid, «точка» and «собака» are said. */
export function linkAt(text: string, at: number, grammar: Grammar): Piece[] | undefined {
  // A name with a point inside would be taken for a host of its own, seen from its middle.
  if (/[\p{L}\p{N}@]/u.test(text[at - 1] ?? '')) return undefined;
  const mail = matchAt(EMAIL, text, at);
  if (mail)
    return spell(mail[1]!, at, grammar).concat(
      atSign(at + mail[1]!.length, grammar),
      host(mail[2]!, at + mail[0].length - mail[2]!.length, grammar),
    );

  const web = matchAt(WITH_SCHEME, text, at) ?? (/[@.]$/.test(text.slice(at - 1, at)) ? null : matchAt(BARE, text, at));
  if (!web || wordBefore(text, at).endsWith('..')) return undefined;
  const [whole, name = '', path = ''] = web;
  const hostStart = at + whole.search(new RegExp(`${literally(name)}(?::\\d+)?${literally(path)}$`, 'iu'));
  const spoken = path
    .replace(TRAILING, '')
    .replace(/[?#].*$/, '')
    .split('/')
    .filter(Boolean)
    .slice(0, PATH_PARTS);
  const pieces = host(name, hostStart, grammar);
  const end = at + whole.length - (TRAILING.exec(path)?.[0].length ?? 0);
  let from = hostStart + name.length;
  for (const part of spoken) {
    const start = text.indexOf(part, from);
    pieces.push({ text: SLASH[grammar.language], start: start - 1, end: start }, ...spell(part, start, grammar));
    from = start + part.length;
  }
  // What is not said still belongs to the address.
  pieces[0] = { ...pieces[0]!, start: at };
  pieces.push({ ...pieces.pop()!, end });
  return pieces;
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const atSign = (start: number, { signs }: Grammar): Piece => ({ text: signs.at, start, end: start + 1 });

function host(name: string, start: number, grammar: Grammar): Piece[] {
  const pieces: Piece[] = [];
  let from = start;
  for (const [index, label] of name.split('.').entries()) {
    if (index > 0) pieces.push({ text: pointWord(grammar), start: from - 1, end: from });
    pieces.push(...spell(label, from, grammar));
    from += label.length + 1;
  }
  return pieces;
}

/** «Точка» and нүкте; grammars say "point" of versions with the same word but for English. */
const pointWord = ({ signs }: Grammar): string => signs.point;

const PART = /\p{Script=Latin}+|\p{Script=Cyrillic}+|\p{Nd}+|[-_.+~=%&]/gu;
const SIGNS: Readonly<Record<string, Readonly<Record<Grammar['language'], string>>>> = {
  '-': { ru: 'дефис', kk: 'дефис', en: 'dash' },
  _: { ru: 'подчёркивание', kk: 'астыңғы сызық', en: 'underscore' },
};

/** Letters in their own language, digits as numbers, the rest by name; without a vowel a label is spelt. */
function spell(label: string, start: number, grammar: Grammar): Piece[] {
  const pieces = Array.from(label.matchAll(PART), ({ 0: part, index }): Piece => {
    const place = { start: start + index, end: start + index + part.length };
    if (/^\p{Nd}/u.test(part)) return { text: grammar.phone(part), ...place };
    if (/^\p{Script=Latin}/u.test(part)) {
      return {
        text: part.length === 1 || /[aeiouy]/i.test(part) ? part : letterNames(part, 'en'),
        language: 'en',
        ...place,
      };
    }
    if (/^\p{L}/u.test(part))
      return { text: part, language: grammar.language === 'en' ? 'ru' : grammar.language, ...place };
    const sign =
      part === '.' ? pointWord(grammar) : part === '+' ? grammar.signs.plus : SIGNS[part]?.[grammar.language];
    return { text: sign ?? ' ', ...place };
  });
  return pieces.length > 0 ? pieces : [{ text: ' ', start, end: start + label.length }];
}
