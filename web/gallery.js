import { pictureUrl } from './avatar-client.js';
import { setText } from './board.js';
import { translate } from './i18n.js';

/**
 * @typedef {import('./avatar-client.js').Avatar} Avatar
 * @typedef {import('./i18n.js').Language} Language
 * @typedef {{ tile: HTMLAnchorElement, name: HTMLElement, word: HTMLElement, face: HTMLElement }} Parts
 */

/** Where an own face is brought; no id begins so. */
export const NEW = '+new';

/**
 * All avatars as links to `#id`, after one to bring an own face. Links that stay are changed, not replaced: one may have the
 * focus. They are one stop of the Tab key; arrows, Home and End go from one to the next.
 */
export class Gallery {
  #list;
  #server;
  /** @type {Map<string, Parts>} */
  #tiles = new Map();

  /**
   * @param {HTMLElement} list `ul` or `ol`
   * @param {URL} server
   */
  constructor(list, server) {
    this.#list = list;
    this.#server = server;
    list.addEventListener('keydown', (event) => this.#move(event));
    list.addEventListener('focusin', ({ target }) => {
      const id = this.#idOf(target);
      if (id !== undefined) this.#stopAt(id);
    });
  }

  /**
   * @param {readonly Avatar[]} avatars
   * @param {string} chosen id, or NEW
   * @param {Language} language
   */
  show(avatars, chosen, language) {
    const own = avatars.filter(({ bundled }) => !bundled);
    const ids = [NEW, ...[...own, ...avatars.filter(({ bundled }) => bundled)].map(({ id }) => id)];
    for (const [id, { tile }] of this.#tiles) {
      if (ids.includes(id)) continue;
      tile.parentElement?.remove();
      this.#tiles.delete(id);
    }
    for (const [place, id] of ids.entries()) {
      const parts = this.#tiles.get(id) ?? this.#add(id);
      const row = /** @type {HTMLElement} */ (parts.tile.parentElement);
      if (this.#list.children[place] !== row) this.#list.insertBefore(row, this.#list.children[place] ?? null);
      if (id === chosen) parts.tile.setAttribute('aria-current', 'true');
      else parts.tile.removeAttribute('aria-current');
      const avatar = avatars.find((one) => one.id === id);
      if (avatar) this.#paint(parts, avatar, language);
      else setText(parts.name, translate(language, 'avatars.new'));
    }
    this.#stopAt(this.#idOf(document.activeElement) ?? chosen);
  }

  /** Scrolls the chosen one into sight, without moving the page; the first one always is. @param {string} chosen */
  reveal(chosen) {
    const row = this.#tiles.get(chosen)?.tile.parentElement;
    const first = this.#list.firstElementChild;
    if (!row || !first || row === first) return;
    const left = first.getBoundingClientRect().right;
    const { right } = this.#list.getBoundingClientRect();
    const box = row.getBoundingClientRect();
    if (box.left >= left && box.right <= right) return;
    // The one before, in sight too, says that there are more.
    const before = row.previousElementSibling;
    const from = before && before !== first ? before : row;
    this.#list.scrollBy({ left: from.getBoundingClientRect().left - left });
  }

  /** Takes the focus to the chosen one. @param {string} chosen */
  focus(chosen) {
    this.#tiles.get(chosen)?.tile.focus({ preventScroll: true });
    this.reveal(chosen);
  }

  /** @param {EventTarget | null} target @returns {string | undefined} whose link it is */
  #idOf(target) {
    return [...this.#tiles].find(([, { tile }]) => tile === target)?.[0];
  }

  /** Where the Tab key stops. @param {string} stop */
  #stopAt(stop) {
    for (const [id, { tile }] of this.#tiles) tile.tabIndex = id === stop ? 0 : -1;
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const ids = [...this.#list.children].map((row) => this.#idOf(row.firstElementChild));
    const at = ids.indexOf(this.#idOf(event.target));
    const places = new Map(Object.entries({ ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: ids.length - 1 }));
    const id = ids[places.get(event.key) ?? -1];
    if (id === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.focus(id);
  }

  /** @param {string} id */
  #add(id) {
    const tile = Object.assign(document.createElement('a'), { className: 'tile', href: `#${id}` });
    tile.classList.toggle('new', id === NEW);
    const [face, name, word] = ['face', 'name', 'quality'].map((className) =>
      Object.assign(document.createElement('span'), { className }),
    );
    const parts = /** @type {Parts} */ ({ tile, face, name, word });
    tile.append(parts.face, parts.name);
    if (id !== NEW) tile.append(parts.word);
    document.createElement('li').append(tile);
    this.#tiles.set(id, parts);
    return parts;
  }

  /** @param {Parts} parts @param {Avatar} avatar @param {Language} language */
  #paint({ face, name, word }, avatar, language) {
    const { id, name: called, state, progress, quality } = avatar;
    setText(name, called);
    const rank = state === 'ready' ? quality : state;
    setText(word, translate(language, state === 'ready' ? `quality.${quality}` : `state.${state}`));
    word.dataset.quality = rank;
    face.dataset.state = state;
    face.style.setProperty('--share', String(progress));
    if (state !== 'ready') face.replaceChildren();
    else if (!face.firstChild) {
      const picture = Object.assign(new Image(), { src: pictureUrl(this.#server, id), alt: '', loading: 'lazy' });
      picture.style.objectPosition = facePosition(avatar);
      face.append(picture);
    }
  }
}

/**
 * The `object-position` at which a square that a picture covers shows the face in its middle, or as near as the picture
 * reaches.
 *
 * @param {Pick<Avatar, 'face' | 'width' | 'height'>} avatar
 */
export function facePosition({ face, width = 0, height = 0 }) {
  if (!face) return '';
  const side = Math.min(width, height);
  const along = (/** @type {number} */ middle, /** @type {number} */ length) => {
    const hidden = length - side;
    const before = Math.min(Math.max(middle - side / 2, 0), hidden);
    return `${hidden > 0 ? Math.round((before / hidden) * 100) : 50}%`;
  };
  return `${along(face.x + face.width / 2, width)} ${along(face.y + face.height / 2, height)}`;
}
