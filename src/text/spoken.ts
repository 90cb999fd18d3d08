import type { Language } from '../types.ts';
import { abbreviationAt } from './abbreviations.ts';
import { isShouting } from './acronyms.ts';
import { codeAt, phoneAt } from './codes.ts';
import { figuresDateAt, wordDateAt } from './dates.ts';
import { fractionAt } from './fractions.ts';
import type { Grammar } from './grammar.ts';
import { english } from './grammar-en.ts';
import { kazakh } from './grammar-kk.ts';
import { russian } from './grammar-ru.ts';
import { linkAt } from './links.ts';
import { speakable } from './normalize.ts';
import { quantityAt } from './quantities.ts';
import { namedRatioAt, ratioAt } from './ratios.ts';
import { isDigit, isLetter, matchAt, type Piece } from './rewrite.ts';
import { romanAt } from './roman.ts';
import { SpanBuilder, type SpokenSpan } from './spans.ts';
import { symbolAt } from './symbols.ts';
import { timeAt } from './times.ts';
import { wordAt } from './words.ts';

const GRAMMARS: Record<Language, Grammar> = { ru: russian, kk: kazakh, en: english };

/** Nothing to say begins with these. */
const STILL = /[\s,.!?;:()«»"“”…]+/y;

/**
 * What a voice is to say: words instead of figures, signs and abbreviations, in stretches of one language each, so
 * that a Latin word in a Russian sentence can be given to an English voice. The spans cover the source in order, and
 * every character of theirs knows the range of the source it speaks. Normalising what came out changes nothing.
 */
export function normalize(source: string, language: Language): SpokenSpan[] {
  const { text, sourceOffset } = speakable(source);
  const grammar = GRAMMARS[language];
  const shouting = isShouting(text);
  const builder = new SpanBuilder(language, sourceOffset);
  for (let at = 0; at < text.length; ) {
    const still = matchAt(STILL, text, at)?.[0];
    if (still !== undefined) {
      builder.keep(still, at);
      at += still.length;
      continue;
    }
    const pieces = piecesAt(text, at, grammar, shouting);
    if (!pieces) builder.keep(text[at]!, at);
    for (const piece of pieces ?? []) {
      if (isSameWord(text, piece)) builder.keep(piece.text, piece.start, piece.language);
      else builder.say(piece);
    }
    at = pieces?.at(-1)?.end ?? at + 1;
  }
  return builder.spans(source.length);
}

/** As written, but for capitals or letters that only look alike: each character speaks for itself. */
function isSameWord(text: string, { text: spoken, start, end }: Piece): boolean {
  if (spoken === text.slice(start, end)) return true;
  return spoken.length === end - start && isLetter(text[start]) && !spoken.includes(' ');
}

/** The first rule that knows what begins here. */
function piecesAt(text: string, at: number, grammar: Grammar, shouting: boolean): Piece[] | undefined {
  const char = text[at]!;
  const { language } = grammar;
  if (isLetter(char)) {
    return (
      linkAt(text, at, grammar) ??
      abbreviationAt(text, at, language) ??
      (language === 'en' ? wordDateAt(text, at, language) : undefined) ??
      romanAt(text, at, language) ??
      wordAt(text, at, grammar, shouting)
    );
  }
  if (isDigit(char)) {
    return (
      linkAt(text, at, grammar) ??
      phoneAt(text, at, grammar) ??
      figuresDateAt(text, at, grammar) ??
      wordDateAt(text, at, language) ??
      namedRatioAt(text, at, grammar) ??
      timeAt(text, at, grammar) ??
      ratioAt(text, at, grammar) ??
      codeAt(text, at, grammar) ??
      fractionAt(text, at, grammar) ??
      quantityAt(text, at, grammar)
    );
  }
  return (
    (char === '+' ? phoneAt(text, at, grammar) : undefined) ??
    fractionAt(text, at, grammar) ??
    (/[-−$€£₸₽¥]/.test(char) ? quantityAt(text, at, grammar) : undefined) ??
    symbolAt(text, at, grammar)
  );
}
