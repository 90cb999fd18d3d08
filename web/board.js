import { hasText, translate } from './i18n.js';

/**
 * @typedef {import('./client.js').Chunk} Chunk
 * @typedef {import('./i18n.js').Language} Language
 * @typedef {'idle' | 'loading' | 'thinking' | 'speaking' | 'buffering' | 'done' | 'stopped'} State
 * @typedef {Record<string, string | number>} Params
 * @typedef {{ key: string, params?: Params, cause?: Message }} Message `cause` fills `{message}`
 */

/** @param {string} id @returns {HTMLElement} */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Everything told around the avatar: state, progress, problems, downloads. All of it can change language at any time. */
export class Board {
  /** @type {Language} */ #language = 'en';
  /** @type {State} */ #state = 'idle';
  /** @type {Message | undefined} */ #problem;
  /** @type {number | undefined} seconds */ #first;
  /** @type {Chunk[]} */ #ready = [];
  #total = 0;

  /** @param {Language} language */
  localize(language) {
    this.#language = language;
    this.#render();
    this.#list();
  }

  /** @param {State} state */
  set state(state) {
    this.#state = state;
    this.#render();
  }

  /** @param {Message | undefined} problem */
  set problem(problem) {
    this.#problem = problem;
    this.#render();
  }

  /** Forgets the last speech. */
  clear() {
    this.#problem = undefined;
    this.#first = undefined;
    this.#ready = [];
    this.#total = 0;
    this.#render();
    this.#list();
  }

  /** @param {number} total chunks to come */
  start(total) {
    this.#total = total;
    this.#render();
  }

  /**
   * @param {Chunk} chunk
   * @param {number} seconds since the request
   */
  ready(chunk, seconds) {
    this.#first ??= seconds;
    this.#ready.push(chunk);
    this.#render();
    this.#list();
  }

  /** @param {string} key @param {Params} [params] */
  #text(key, params) {
    return translate(this.#language, key, params);
  }

  /** @param {Message} message @returns {string} */
  #message({ key, params, cause }) {
    return this.#text(key, cause ? { ...params, message: this.#message(cause) } : params);
  }

  #render() {
    const busy = ['loading', 'thinking', 'speaking', 'buffering'].includes(this.#state);
    byId('state').dataset.state = this.#state;
    setText(byId('status'), this.#text(`state.${this.#state}`));

    const numbers = [];
    if (this.#total) numbers.push(this.#text('ready', { ready: this.#ready.length, total: this.#total }));
    if (this.#first !== undefined) numbers.push(this.#text('first', { n: this.#first }));
    setText(byId('numbers'), numbers.map(unbroken).join(', '));

    const progress = /** @type {HTMLProgressElement} */ (byId('progress'));
    progress.hidden = !busy || !this.#total;
    progress.max = this.#total || 1;
    progress.value = this.#ready.length;

    byId('problem').hidden = !this.#problem;
    setText(byId('problem'), this.#problem ? this.#message(this.#problem) : '');
  }

  #list() {
    byId('downloads').hidden = !this.#ready.length;
    const rows = this.#ready.map(({ index, duration, videoUrl, audioUrl }) => {
      const name = this.#text('fragment', { n: index + 1 });
      const row = document.createElement('li');
      const label = document.createElement('span');
      label.className = 'name';
      label.textContent = `${name}, ${this.#text('seconds', { n: duration })}`;
      row.append(label, link('MP4', videoUrl, name, `soyle-${index + 1}.mp4`));
      row.append(link('WAV', audioUrl, name, `soyle-${index + 1}.wav`));
      return row;
    });
    byId('downloads')
      .querySelector('ul')
      ?.replaceChildren(...rows);
  }
}

/**
 * What to tell about an error of the element's.
 *
 * @param {{ code: string, message: string, index?: number, retryAfterSeconds?: number }} error
 * @param {number} limit of a text, code points
 * @returns {Message}
 */
export function describe({ code, message, index, retryAfterSeconds = 5 }, limit) {
  const own = hasText(`error.${code}`) ? `error.${code}` : undefined;
  const params = { message, limit, seconds: retryAfterSeconds };
  if (index === undefined) return { key: own ?? 'error.other', params };
  return { key: 'error.chunk', params: { n: index + 1, message }, cause: own ? { key: own, params } : undefined };
}

/**
 * A text that stays on one line.
 *
 * @param {string} text
 */
function unbroken(text) {
  return text.replaceAll(' ', '\u00a0');
}

/**
 * Writes only what changed, or screen readers would repeat it.
 *
 * @param {HTMLElement} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {string} text
 * @param {string} href
 * @param {string} of what it is a download of, for screen readers
 * @param {string} download file name
 */
function link(text, href, of, download) {
  const anchor = Object.assign(document.createElement('a'), { href, download, textContent: text });
  anchor.setAttribute('aria-label', `${text}: ${of}`);
  return anchor;
}
