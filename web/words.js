/** @typedef {import('./client.js').Word} Word */

/** Tells which words have begun, each one once and in order, however irregularly it is asked. */
export class WordClock {
  #words;
  #next = 0;

  /** @param {readonly Word[]} words */
  constructor(words) {
    this.#words = words.toSorted((a, b) => a.start - b.start);
  }

  /**
   * @param {number} time seconds into the chunk
   * @returns {Word[]} the words that began since the last call
   */
  due(time) {
    const from = this.#next;
    const later = this.#words.findIndex((word, index) => index >= from && word.start > time);
    this.#next = later < 0 ? this.#words.length : later;
    return this.#words.slice(from, this.#next);
  }
}

/**
 * Length of a text as the server counts it: an emoji of two UTF-16 units is one.
 *
 * @param {string} text
 */
export function codePoints(text) {
  let points = 0;
  for (const _ of text) points++;
  return points;
}

/**
 * A chunk's text cut at its words, nothing lost: joined, the pieces are the text again.
 *
 * @typedef {{ text: string, offset?: number }} Piece one with `offset` is a word and the punctuation that closes it
 * @param {string} text
 * @param {readonly Word[]} words
 * @returns {Piece[]}
 */
export function wordPieces(text, words) {
  /** @type {Piece[]} */
  const pieces = [];
  let end = 0;
  for (const { offset, text: word } of words.toSorted((a, b) => a.offset - b.offset)) {
    // A voice may report one written word twice ("1999" → "nineteen", "ninety-nine"): the first report stands.
    if (offset < end) continue;
    addBetween(pieces, text.slice(end, offset));
    end = offset + word.length;
    pieces.push({ text: text.slice(offset, end), offset });
  }
  addBetween(pieces, text.slice(end));
  return pieces;
}

/**
 * @param {Piece[]} pieces
 * @param {string} between what stands after the last piece and before the next word
 */
function addBetween(pieces, between) {
  const closing = /^\S*/.exec(between)?.[0] ?? '';
  const last = pieces.at(-1);
  if (last) last.text += closing;
  const rest = last ? between.slice(closing.length) : between;
  if (rest) pieces.push({ text: rest });
}
