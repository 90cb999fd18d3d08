/**
 * A queue between one writer and one reader: what was pushed is read in order, then the end, then nothing more.
 *
 * @template T
 */
export class Feed {
  /** @type {T[]} */
  #items = [];
  #ended = false;
  #wake = () => {};

  /** @param {T} item */
  push(item) {
    this.#items.push(item);
    this.#wake();
  }

  end() {
    this.#ended = true;
    this.#wake();
  }

  /** @returns {Promise<T | undefined>} `undefined` after the last item */
  async next() {
    while (!this.#items.length && !this.#ended) {
      await new Promise((resolve) => {
        this.#wake = () => resolve(undefined);
      });
    }
    return this.#items.shift();
  }
}
