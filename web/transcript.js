import { wordPieces } from './words.js';

/** @typedef {import('./client.js').Chunk} Chunk */

/** The spoken text: chunks still being made are faint, words light up one by one. */
export class Transcript {
  #box;
  /** @type {HTMLElement[]} by chunk index */
  #chunks = [];
  /** @type {Map<string, HTMLElement>} by `index:offset` */
  #words = new Map();
  /** @type {HTMLElement | undefined} the word being spoken */
  #now;

  /** @param {HTMLElement} box scrolls */
  constructor(box) {
    this.#box = box;
    // A region that scrolls must be reachable by keyboard; not every browser sees to that.
    box.tabIndex = 0;
  }

  clear() {
    this.#box.hidden = true;
    this.#box.replaceChildren();
    this.#chunks = [];
    this.#words.clear();
    this.#now = undefined;
  }

  /**
   * @param {readonly { index: number, text: string }[]} chunks
   * @param {string} language of the text
   */
  start(chunks, language) {
    this.clear();
    this.#box.lang = language;
    this.#box.hidden = false;
    for (const { index, text } of chunks) {
      this.#chunks[index] = span('chunk pending', text);
      this.#box.append(this.#chunks[index], ' ');
    }
  }

  /** @param {Chunk} chunk made: its words become spans of their own */
  ready({ index, text, words }) {
    const pieces = wordPieces(text, words).map((piece) => {
      if (piece.offset === undefined) return piece.text;
      const word = span('word', piece.text);
      this.#words.set(`${index}:${piece.offset}`, word);
      return word;
    });
    this.#chunks[index]?.classList.remove('pending');
    this.#chunks[index]?.replaceChildren(...pieces);
  }

  /** @param {number} index of a chunk that will not be spoken */
  fail(index) {
    this.#chunks[index]?.classList.replace('pending', 'failed');
  }

  /** @param {number} index of the chunk that begins; one without word times is lit as a whole */
  begin(index) {
    this.#chunks[index]?.classList.add('now');
    this.#scrollTo(this.#chunks[index]);
  }

  /** @param {{ index: number, offset: number }} word */
  word({ index, offset }) {
    const word = this.#words.get(`${index}:${offset}`);
    // A second report of the same written word ("1999" is spoken as two) leaves it lit.
    if (!word || word === this.#now) return;
    this.#now?.classList.remove('now');
    this.#now = word;
    word.classList.add('now', 'said');
    this.#scrollTo(word);
  }

  /** @param {number} index */
  end(index) {
    this.#chunks[index]?.classList.replace('now', 'said');
    this.#rest();
  }

  /** Nothing is being spoken any more; what was said stays marked. */
  #rest() {
    this.#now?.classList.remove('now');
    this.#now = undefined;
  }

  stop() {
    this.#rest();
    for (const chunk of this.#chunks) chunk.classList.remove('now', 'pending');
    this.#box.scrollTo({ top: 0 });
  }

  /**
   * Keeps what is spoken in the second of the lines to be seen, none of them cut, without moving the page.
   *
   * @param {HTMLElement | undefined} element
   */
  #scrollTo(element) {
    if (!element) return;
    const box = this.#box;
    const lineHeight = Number.parseFloat(getComputedStyle(box).lineHeight);
    const top = element.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientTop + box.scrollTop;
    box.scrollTo({ top: (Math.floor(top / lineHeight) - 1) * lineHeight });
  }
}

/**
 * @param {string} className
 * @param {string} text
 */
function span(className, text) {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}
