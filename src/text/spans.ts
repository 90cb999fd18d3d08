import type { Language } from '../types.ts';
import type { Piece } from './rewrite.ts';

/** Words of one language, and where each of them stands in the text that the user wrote. */
export interface SpokenSpan {
  text: string;
  language: Language;
  /** UTF-16 range of the source; the ranges of all spans join without gaps. */
  start: number;
  end: number;
  /** UTF-16 range of the source that the characters `[from, to)` of `text` speak. */
  sourceRange(from: number, to: number): { start: number; end: number };
}

/** Characters of a span that were kept as they are, or that are spoken in place of others. */
interface Segment {
  /** Where it begins in the span's text. */
  at: number;
  start: number;
  end: number;
  kept: boolean;
}

interface OpenSpan {
  language: Language;
  text: string;
  segments: Segment[];
  hasWords: boolean;
}

const HAS_WORD = /[\p{L}\p{N}]/u;
const BEGINS_WITH_WORD = /^[\p{L}\p{N}]/u;
const ENDS_WITH_WORD = /[\p{L}\p{M}\p{N}]$/u;
/** A space goes between these and words that take the place of a sign. */
const NEEDS_SPACE = /[\p{L}\p{M}\p{N}.,;:!?%)\]»]$/u;

/** Puts spans together from characters kept as they are and pieces said in other words. */
export class SpanBuilder {
  readonly #language: Language;
  readonly #sourceOffset: (index: number) => number;
  readonly #open: OpenSpan[] = [];
  #last = '';
  #lastIsPiece = false;

  /** `sourceOffset` leads from the text being normalised back to the source. */
  constructor(language: Language, sourceOffset: (index: number) => number) {
    this.#language = language;
    this.#sourceOffset = sourceOffset;
  }

  /** `text`, which stands at `at`, is spoken as it is. */
  keep(text: string, at: number, language?: Language): void {
    const parted =
      this.#lastIsPiece ||
      (ENDS_WITH_WORD.test(this.#last) && this.#open.at(-1)?.language !== (language ?? this.#language));
    if (parted && BEGINS_WITH_WORD.test(text)) this.#add(' ', at, at, false);
    this.#add(text, at, at + text.length, true, language);
    this.#lastIsPiece = false;
  }

  /** `text` is spoken in place of what stands in `[start, end)`; a space keeps it from words on either side. */
  say({ text, start, end, language }: Piece): void {
    const isSilent = text === ' ';
    if (!isSilent && (this.#lastIsPiece || NEEDS_SPACE.test(this.#last))) this.#add(' ', start, start, false);
    this.#add(text, start, end, false, language);
    this.#lastIsPiece = !isSilent;
  }

  /** What was put in, of which `sourceLength` is all that was read. */
  spans(sourceLength: number): SpokenSpan[] {
    let start = 0;
    return this.#open.map((open, index) => {
      const next = this.#open[index + 1]?.segments[0];
      const end = next ? this.#sourceOffset(next.start) : sourceLength;
      const span = finished(open, start, end, this.#sourceOffset);
      start = end;
      return span;
    });
  }

  #add(text: string, start: number, end: number, kept: boolean, language = this.#language): void {
    const isWord = HAS_WORD.test(text);
    let span = this.#open.at(-1);
    // Punctuation and spaces stay with the words before them.
    if (!span || (isWord && span.hasWords && span.language !== language)) {
      span = { language, text: '', segments: [], hasWords: false };
      this.#open.push(span);
    }
    if (isWord) span.language = language;
    span.hasWords ||= isWord;
    span.segments.push({ at: span.text.length, start, end, kept });
    span.text += text;
    this.#last = text;
  }
}

function finished(
  { language, text, segments }: OpenSpan,
  start: number,
  end: number,
  sourceOffset: (index: number) => number,
): SpokenSpan {
  const segmentAt = (index: number): Segment => {
    let [low, high] = [0, segments.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (segments[middle]!.at <= index) low = middle;
      else high = middle - 1;
    }
    return segments[low]!;
  };
  return {
    text,
    language,
    start,
    end,
    sourceRange(from, to) {
      const first = segmentAt(from);
      const last = segmentAt(Math.max(from, to - 1));
      const begin = first.kept ? Math.min(first.end, first.start + Math.max(0, from - first.at)) : first.start;
      const finish = last.kept ? Math.min(last.end, last.start + Math.max(0, to - last.at)) : last.end;
      return { start: sourceOffset(begin), end: sourceOffset(Math.max(begin, finish)) };
    },
  };
}
