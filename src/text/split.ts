import type { ChunkText } from '../types.ts';

export interface SplitOptions {
  /** Most words in a chunk, at least 1. */
  chunkSize: number;
  /** Most words in the first chunk, for a quick first answer; `chunkSize` when absent. */
  firstChunkSize?: number;
  /**
   * `words`: every chunk but the last has exactly that many words.
   * `smart`: chunks prefer to end where a sentence does, then at a comma's pause (see `smartEnd`).
   */
  mode: 'words' | 'smart';
}

/** A longer "word" is cut into pieces of so many characters (code points), each counting as a word. */
const MAX_WORD_CHARACTERS = 100;
/** A smart chunk is no shorter than this part of the most it may hold. */
const MIN_SMART_SHARE = 1 / 3;

/** What Unicode white space separates; `\S` would differ at U+0085 and U+FEFF. */
const WORD = /\P{White_Space}+/gu;
/** Initials and pointed abbreviations ("А. С. Пушкин", "т.е.") do not end a sentence; "это я." does. */
const INITIALS = /^\P{L}*(?:\p{Lu}\.|(?:\p{L}\.){2,})$/u;
/** Closing quotes and brackets may follow the mark. */
const SENTENCE_END = /[.!?…]["'»”“’)\]}]*$/u;
const CLAUSE_END = /[,;:—–]["'»”“’)\]}]*$/u;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** UTF-16 offsets of a word, `end` exclusive. */
interface Word {
  start: number;
  end: number;
}

/**
 * Cuts a text into chunks of whole words. A chunk's text is what the user wrote from its first word to its last;
 * white space around it is left out. A text without words gives no chunks. Sizes below 1 are a `RangeError`.
 */
export function splitText(text: string, { chunkSize, firstChunkSize = chunkSize, mode }: SplitOptions): ChunkText[] {
  for (const size of [chunkSize, firstChunkSize]) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`A chunk must hold at least one word, got ${size}`);
  }
  const words = wordsOf(text);
  const chunks: ChunkText[] = [];
  for (let first = 0; first < words.length; ) {
    const most = chunks.length === 0 ? firstChunkSize : chunkSize;
    const fits = Math.min(words.length, first + most);
    const end = mode === 'smart' && fits < words.length ? smartEnd(text, words, first, fits) : fits;
    const offset = words[first]!.start;
    chunks.push({ index: chunks.length, text: text.slice(offset, words[end - 1]!.end), offset });
    first = end;
  }
  return chunks;
}

/**
 * Where a chunk from word `first` on ends when words up to `fits` have room but the text goes on: after the last
 * sentence of which at least a third of the room is used, else after the last such clause, else when it is full.
 */
function smartEnd(text: string, words: readonly Word[], first: number, fits: number): number {
  const least = first + Math.ceil((fits - first) * MIN_SMART_SHARE);
  let clauseEnd: number | undefined;
  for (let end = fits; end >= least; end--) {
    const last = words[end - 1]!;
    const word = text.slice(last.start, last.end);
    if (SENTENCE_END.test(word) && !INITIALS.test(word)) return end;
    if (CLAUSE_END.test(word)) clauseEnd ??= end;
  }
  return clauseEnd ?? fits;
}

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    const wordEnd = match.index + match[0].length;
    for (let start = match.index; start < wordEnd; ) {
      const end = pieceEnd(text, start, wordEnd);
      words.push({ start, end });
      start = end;
    }
  }
  return words;
}

/**
 * End of the piece of at most 100 code points from `start` on. It never parts a surrogate pair, and what people see
 * as one character (letter and accents, an emoji family) only when that alone is longer than a piece.
 */
function pieceEnd(text: string, start: number, wordEnd: number): number {
  if (wordEnd - start <= MAX_WORD_CHARACTERS) return wordEnd;
  let cut = start;
  for (let i = 0; i < MAX_WORD_CHARACTERS && cut < wordEnd; i++) cut += codePointLength(text, cut);
  if (cut === wordEnd) return wordEnd;
  const seen = text.slice(start, cut + codePointLength(text, cut));
  const character = graphemes.segment(seen).containing(cut - start);
  return character && character.index > 0 ? start + character.index : cut;
}

const codePointLength = (text: string, at: number): number => (text.codePointAt(at)! > 0xffff ? 2 : 1);
