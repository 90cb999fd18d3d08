import { translate } from './i18n.js';

/**
 * @typedef {import('./avatar-client.js').Avatar} Avatar
 * @typedef {import('./i18n.js').Language} Language
 */

/** The menu of all avatars that can speak, people's own before those that came with the server. */
export class AvatarMenu {
  #select;
  #onChoose;
  /** @type {Avatar[]} */
  #avatars = [];

  /**
   * @param {HTMLSelectElement} select inside the `.field` that is hidden while there is nothing to choose
   * @param {(avatar: Avatar) => void} onChoose
   */
  constructor(select, onChoose) {
    this.#select = select;
    this.#onChoose = onChoose;
    select.addEventListener('change', () => this.#choose());
  }

  /**
   * @param {readonly Avatar[]} avatars
   * @param {string} wanted id of the one to begin with; the server's default if there is none such
   */
  fill(avatars, wanted) {
    this.#avatars = avatars.filter(({ state }) => state === 'ready');
    for (const group of ['own', 'bundled']) {
      const members = this.#avatars.filter(({ bundled }) => bundled === (group === 'bundled'));
      if (members.length === 0) continue;
      const element = document.createElement('optgroup');
      element.dataset.key = `avatars.${group}`;
      element.append(...members.map(({ name, id }) => new Option(name, id)));
      this.#select.append(element);
    }
    const first = this.#avatars.find(({ id }) => id === wanted) ?? this.#avatars.find((avatar) => avatar.default);
    if (!first) return;
    this.#select.value = first.id;
    this.localize(/** @type {Language} */ (document.documentElement.lang));
    this.#select.closest('.field')?.removeAttribute('hidden');
    if (!first.default) this.#choose();
  }

  /** Of the voice that the chosen one speaks with by default, where that is known. */
  get gender() {
    return this.#avatars.find(({ id }) => id === this.#select.value)?.gender;
  }

  /** @param {Language} language */
  localize(language) {
    for (const group of this.#select.querySelectorAll('optgroup')) {
      group.label = translate(language, group.dataset.key ?? '');
    }
  }

  #choose() {
    const chosen = this.#avatars.find(({ id }) => id === this.#select.value);
    if (chosen) this.#onChoose(chosen);
  }
}
