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

/** All avatars as links to `#id`, after one to bring an own face. Links that stay are changed, not replaced: one may have the focus. */
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
  }

  /** Scrolls the chosen one into sight, without moving the page. @param {string} chosen */
  reveal(chosen) {
    const row = this.#tiles.get(chosen)?.tile.parentElement;
    if (!row) return;
    const { left, right } = this.#list.getBoundingClientRect();
    const box = row.getBoundingClientRect();
    if (box.left < left || box.right > right) this.#list.scrollBy({ left: box.left - left - box.width });
  }

  /** Takes the focus to the chosen one. @param {string} chosen */
  focus(chosen) {
    this.#tiles.get(chosen)?.tile.focus({ preventScroll: true });
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
