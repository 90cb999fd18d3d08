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
 * A chunk's text cut at its words, nothing lost: joined, the pieces are the text again.
 *
 * @param {string} text
 * @param {readonly Word[]} words
 * @returns {{ text: string, offset?: number }[]} pieces with `offset` are words
 */
export function wordPieces(text, words) {
  /** @type {{ text: string, offset?: number }[]} */
  const pieces = [];
  let end = 0;
  for (const word of words.toSorted((a, b) => a.offset - b.offset)) {
    // A voice may report one written word twice ("1999" → "nineteen", "ninety-nine"): the first report stands.
    if (word.offset < end) continue;
    if (word.offset > end) pieces.push({ text: text.slice(end, word.offset) });
    end = word.offset + word.text.length;
    pieces.push({ text: text.slice(word.offset, end), offset: word.offset });
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}
