import type { ChunkText, Language, TextLanguage } from '../types.ts';
import { type LanguageSpan, languageSpans } from './detect.ts';
import { hasSpeech } from './normalize.ts';
import type { SpokenSpan } from './spans.ts';
import { splitText } from './split.ts';
import { normalize } from './spoken.ts';

/** Longest piece given to a voice at once: keeps deadlines short and lets an abort act between pieces. */
const UTTERANCE_WORDS = 60;

/** What a voice is given at once, and where it comes from. */
export interface Passage {
  /** What to say, and in which language. */
  span: SpokenSpan;
  /** The part of the text it is of, which ends at a sentence where it can. */
  utterance: ChunkText;
  /** Language of the sentence around it. */
  home: Language;
}

export interface PassageOptions {
  /** With `auto`: what the text is written in where that is known, for example of a longer text it is a part of. */
  languages?: readonly LanguageSpan[];
  /** Most words of the first utterance, for a quick first sound. */
  firstWords?: number;
  /** Languages of which a voice says single words itself in a sentence of that one; none when absent. */
  mixes?: (home: Language) => ReadonlySet<Language>;
}

/**
 * What is to be said for a text, in order: in words, without what cannot be pronounced, one language at a time. With
 * `auto` every sentence is of the language it is written in.
 */
export function* passages(
  text: string,
  language: TextLanguage,
  { languages, firstWords = UTTERANCE_WORDS, mixes = () => new Set() }: PassageOptions = {},
): Generator<Passage, undefined> {
  const spans = language === 'auto' ? (languages ?? languageSpans(text)) : [{ text, language, start: 0 }];
  let firstChunkSize = Math.min(firstWords, UTTERANCE_WORDS);
  for (const { text: part, language: home, start } of spans) {
    for (const words of splitText(part, { chunkSize: UTTERANCE_WORDS, firstChunkSize, mode: 'smart' })) {
      const utterance = { ...words, offset: start + words.offset };
      for (const span of together(normalize(words.text, home), home, mixes(home))) {
        if (hasSpeech(span.text)) yield { span, utterance, home };
      }
      firstChunkSize = UTTERANCE_WORDS;
    }
  }
}

/** Neighbours that one voice can say become one span, in the language of the sentence. */
function together(spans: readonly SpokenSpan[], home: Language, mixed: ReadonlySet<Language>): SpokenSpan[] {
  const joined: SpokenSpan[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    const own = span.language === home || mixed.has(span.language);
    if (own && last?.language === home) joined.splice(-1, 1, concatenated(last, span));
    else joined.push(own ? { ...span, language: home } : span);
  }
  return joined;
}

/** A span and the one behind it, in the language of the first. */
function concatenated(first: SpokenSpan, second: SpokenSpan): SpokenSpan {
  const seam = first.text.length;
  return {
    text: first.text + second.text,
    language: first.language,
    start: first.start,
    end: second.end,
    sourceRange(from, to) {
      if (to <= seam) return first.sourceRange(from, to);
      if (from >= seam) return second.sourceRange(from - seam, to - seam);
      return { start: first.sourceRange(from, seam).start, end: second.sourceRange(0, to - seam).end };
    },
  };
}

/**
 * The languages of a text that was cut: found out over all of it, so that half a sentence is of the language of the
 * whole. One list of spans for each piece, their places those in the piece.
 */
export function languagesOfPieces(pieces: readonly ChunkText[]): LanguageSpan[][] {
  let text = '';
  for (const piece of pieces) text = text.padEnd(piece.offset) + piece.text;
  const spans = languageSpans(text);
  return pieces.map((piece) =>
    spans.flatMap((span) => {
      const start = Math.max(0, span.start - piece.offset);
      const end = Math.min(piece.text.length, span.end - piece.offset);
      return start < end ? [{ ...span, text: piece.text.slice(start, end), start, end }] : [];
    }),
  );
}
