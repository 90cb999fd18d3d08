import { isLanguage, preferredLanguage, translate } from './i18n.js';

/** @typedef {import('./i18n.js').Language} Language */

const STORED_LANGUAGE = 'soyle-language';

/** The language of a page: the one chosen in its menu, now or at an earlier visit, or the browser's. */
export class PageLanguage {
  #select;
  #title;
  #onChange;

  /**
   * @param {HTMLSelectElement} select the menu
   * @param {string} title key of the page's title
   * @param {(language: Language) => void} onChange called by localize() and after every choice
   */
  constructor(select, title, onChange) {
    this.#select = select;
    this.#title = title;
    this.#onChange = onChange;
    const stored = withStorage((storage) => storage.getItem(STORED_LANGUAGE)) ?? '';
    select.value = isLanguage(stored) ? stored : preferredLanguage();
    select.addEventListener('change', () => {
      withStorage((storage) => storage.setItem(STORED_LANGUAGE, this.now));
      this.localize();
    });
  }

  get now() {
    return /** @type {Language} */ (this.#select.value);
  }

  /** Writes all of the page's fixed texts: `data-text`, and `data-label` as what screen readers say. */
  localize() {
    document.documentElement.lang = this.now;
    document.title = translate(this.now, this.#title);
    for (const element of document.querySelectorAll('[data-text]')) {
      element.textContent = translate(this.now, element.getAttribute('data-text') ?? '');
    }
    for (const element of document.querySelectorAll('[data-label]')) {
      element.setAttribute('aria-label', translate(this.now, element.getAttribute('data-label') ?? ''));
    }
    this.#onChange(this.now);
  }
}

/**
 * A browser that keeps no data for sites throws at every use; the page works without.
 *
 * @template T
 * @param {(storage: Storage) => T} use
 * @returns {T | undefined}
 */
function withStorage(use) {
  try {
    return use(localStorage);
  } catch {
    return undefined;
  }
}
