import { setText } from './board.js';
import { hasText, translate } from './i18n.js';

/**
 * @typedef {import('./board.js').Message} Message
 * @typedef {import('./i18n.js').Language} Language
 */

/** The line that tells what went wrong last, hidden while there is nothing to tell. */
export class Problem {
  #line;
  /** @type {Message | undefined} */ #message;
  /** @type {Language} */ #language = 'en';

  /** @param {HTMLElement} line */
  constructor(line) {
    this.#line = line;
  }

  /** Of what is told now. */
  get key() {
    return this.#message?.key;
  }

  /** @param {Message | undefined} message `undefined`: nothing is wrong any more */
  tell(message) {
    this.#message = message;
    this.#line.hidden = !message;
    if (message) setText(this.#line, this.#inWords(message));
  }

  /** Nothing is wrong any more, if it is one of these that is told. @param {...string} keys */
  settle(...keys) {
    if (this.key && keys.includes(this.key)) this.tell(undefined);
  }

  /** @param {Language} language */
  localize(language) {
    this.#language = language;
    this.tell(this.#message);
  }

  /** @param {Message} message @returns {string} */
  #inWords({ key, params, cause }) {
    return translate(this.#language, key, cause ? { ...params, message: this.#inWords(cause) } : params);
  }
}

/** What to tell about a request that failed. @param {unknown} thrown a `SpeechError` @returns {Message} */
export function requestFault(thrown) {
  const { code, message } = /** @type {import('./client.js').SpeechError} */ (thrown);
  const key = [`upload.${code}`, `error.${code}`].find(hasText);
  return key ? { key } : { key: 'error.other', params: { message } };
}
