import { idOf } from './avatar-ids.js';
import { byId } from './board.js';
import { translate } from './i18n.js';

/**
 * @typedef {import('./i18n.js').Language} Language
 * @typedef {import('./board.js').Message} Message
 */

const MEGABYTE = 1024 * 1024;
/** A GIF is a clip to the server. */
const PICTURE = /^image\/(?!gif)/;
/** Faults of the file itself, told as soon as it is chosen. */
export const FILE_FAULTS = new Set(['upload.body_too_large', 'upload.file_empty', 'upload.media_unsupported']);
const SOURCES = ['file', 'photo', 'film'];
const NAMED_PICTURE = /\.(png|jpe?g|webp)$/i;
const NAMED_CLIP = /\.(mp4|mov|webm|mkv|gif)$/i;
/** Of files that the browser knows nothing of. */
const NO_TYPE = /^(application\/octet-stream)?$/;
/** What the file picker offers; the server looks at the content alone. */
const TYPES = '.png,.jpg,.jpeg,.webp,.gif,.mp4,.mov,.webm,.mkv,image/png,image/jpeg,image/webp,image/gif,video/*';
/** A click so near to the mark, of the picture's size, takes it away. */
const NEAR = 0.05;
/** One press of an arrow moves the mark by so much of the picture, with Shift by five times as much. */
const STEP = 0.02;
const MIDDLE = { x: 0.5, y: 0.5 };

const input = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (byId(id));

/** The form for a new avatar: the file, which face of it, name and id, consent. */
export class Newcomer {
  /** @type {File | undefined} */ file;
  /** @type {{ x: number, y: number } | undefined} shares of the picture */
  #point;
  #picture = /** @type {HTMLImageElement} */ (byId('picture'));
  #clip = /** @type {HTMLVideoElement} */ (byId('clip'));
  /** Object URL of the file. */
  url = '';
  /** The id was typed, not made of the name. */
  #ownId = false;
  /** The name was typed, not made of the file's. */
  #ownName = false;
  /** What has to be put right, and what it holds. @type {{ field: HTMLInputElement, value: string } | undefined} */
  #wrong;
  /** @type {ReadonlySet<string>} */ #taken = new Set();
  /** @type {import('./avatar-client.js').Limits} */ #bytes = { pictureBytes: 0, uploadBytes: 0 };
  /** @type {Language} */ #language = 'en';

  /** @param {(file: File) => void} onFile told whenever there is another file */
  constructor(onFile) {
    input('file').accept = TYPES;
    for (const id of SOURCES) {
      input(id).addEventListener('change', () => {
        const [file] = input(id).files ?? [];
        // The same file may be chosen again later.
        input(id).value = '';
        if (file) onFile(file);
      });
    }
    this.#picture.addEventListener('load', () => this.#shape(this.#picture.naturalWidth, this.#picture.naturalHeight));
    this.#clip.addEventListener('loadedmetadata', () => this.#shape(this.#clip.videoWidth, this.#clip.videoHeight));
    for (const shown of [this.#picture, this.#clip]) shown.addEventListener('error', () => this.#fail());
    input('newName').addEventListener('input', () => {
      this.#ownName = input('newName').value !== '';
      this.#makeId();
    });
    input('newId').addEventListener('input', () => {
      this.#ownId = input('newId').value !== '';
    });
    byId('newcomer').addEventListener('input', () => {
      if (this.#wrong && heldBy(this.#wrong.field) !== this.#wrong.value) this.#settle();
    });
    this.#listenAim();
  }

  /**
   * @param {{ taken: ReadonlySet<string>, bytes: import('./avatar-client.js').Limits }} limits ids that there are; bytes of a file
   */
  set limits({ taken, bytes }) {
    this.#taken = taken;
    this.#bytes = bytes;
  }

  /** @param {Language} language */
  localize(language) {
    this.#language = language;
    const { pictureBytes, uploadBytes } = this.#bytes;
    const limits = { limit: uploadBytes / MEGABYTE, picture: pictureBytes / MEGABYTE };
    const text = (/** @type {string} */ key) => translate(language, key, limits);
    input('newName').placeholder = text('new.namePlaceholder');
    byId('choose').textContent = text(this.file ? 'new.other' : 'new.choose');
    byId('unseen').textContent = `${this.file?.name}: ${text('new.unseen')}`;
    const seen = !byId('picked').hidden;
    const how = this.#point ? 'new.aimed' : 'new.aim';
    const byKeys = byId('aim').matches(':focus-visible') ? 'Keys' : '';
    byId('under').textContent = text(seen ? how + byKeys : 'new.formats');
  }

  /** Takes the focus to what comes next: the picture's faces, or the file where there is none. */
  focus() {
    byId(byId('picked').hidden ? 'file' : 'aim').focus();
  }

  /** Marks what has to be put right until that was changed, and takes the focus there. @param {HTMLElement} wrong */
  complain(wrong) {
    this.#settle();
    const field = /** @type {HTMLInputElement} */ (wrong);
    this.#wrong = { field, value: heldBy(field) };
    field.setAttribute('aria-invalid', 'true');
    field.setAttribute('aria-errormessage', 'problem');
    field.focus();
  }

  /** Whether something is marked so. */
  get complains() {
    return this.#wrong !== undefined;
  }

  #settle() {
    for (const mark of ['aria-invalid', 'aria-errormessage']) this.#wrong?.field.removeAttribute(mark);
    this.#wrong = undefined;
  }

  /** @param {File} file */
  take(file) {
    this.#settle();
    URL.revokeObjectURL(this.url);
    this.file = file;
    this.url = URL.createObjectURL(file);
    this.#point = undefined;
    const moving = file.type.startsWith('video/') || /\.(mp4|mov|webm|mkv)$/i.test(file.name);
    byId('unseen').hidden = true;
    byId('picked').hidden = true;
    this.#picture.hidden = moving;
    this.#clip.hidden = !moving;
    this.#picture.removeAttribute('src');
    this.#clip.removeAttribute('src');
    (moving ? this.#clip : this.#picture).src = this.url;
    byId('drop').classList.add('filled');
    byId('idle').hidden = moving;
    if (!this.#ownName) {
      const { maxLength } = input('newName');
      input('newName').value = file.name
        .replace(/\.\w+$/, '')
        .replaceAll('_', ' ')
        .slice(0, maxLength);
    }
    this.#makeId();
    this.#aim();
  }

  /** Forgets the file and what was said about it. */
  clear() {
    this.#settle();
    URL.revokeObjectURL(this.url);
    this.file = this.#point = undefined;
    this.url = '';
    byId('drop').classList.remove('filled');
    byId('picked').hidden = byId('unseen').hidden = true;
    /** @type {HTMLFormElement} */ (byId('newcomer')).reset();
    this.#ownId = this.#ownName = false;
    this.localize(this.#language);
  }

  /** @returns {{ message: Message, field: HTMLElement } | undefined} what keeps it from being sent */
  get fault() {
    if (!this.file) return { message: { key: 'upload.file_required' }, field: input('file') };
    const message = this.#fileFault;
    if (message) return { message, field: input('file') };
    if (!input('newId').validity.valid) return { message: { key: 'upload.id_invalid' }, field: input('newId') };
    if (!input('consent').checked) return { message: { key: 'upload.consent_required' }, field: input('consent') };
    return undefined;
  }

  /** @returns {Message | undefined} */
  get #fileFault() {
    if (!this.file) return undefined;
    const { size, type, name } = this.file;
    if (size === 0) return { key: 'upload.file_empty' };
    const media = /^(image|video)\//.test(type) || NAMED_PICTURE.test(name) || NAMED_CLIP.test(name);
    if (!media && !NO_TYPE.test(type)) return { key: 'upload.media_unsupported' };
    return size > this.#limit ? this.tooLarge : undefined;
  }

  /** @returns {Message} */
  get tooLarge() {
    // Rounded up, or a file a little too large would seem to fit.
    const size = Math.ceil(((this.file?.size ?? 0) / MEGABYTE) * 10) / 10;
    const params = { limit: this.#limit / MEGABYTE, size };
    return { key: 'upload.body_too_large', params };
  }

  /** As it is asked for; '' where the server makes it up. */
  get id() {
    return input('newId').value;
  }

  get name() {
    return input('newName').value.trim() || this.file?.name || '';
  }

  /** Whether the browser shows the file as a picture. */
  get isPicture() {
    return !this.#picture.hidden && byId('unseen').hidden;
  }

  /** The fields as the server takes them; the file last, so that it knows the others before. */
  get form() {
    const form = new FormData();
    const set = (/** @type {string} */ field, /** @type {string} */ value) => value && form.set(field, value);
    set('consent', String(input('consent').checked));
    set('id', this.id);
    set('name', input('newName').value.trim());
    if (this.#point) {
      const { width, height } = this.#size;
      set('face', `${Math.round(this.#point.x * width)},${Math.round(this.#point.y * height)}`);
    }
    const gender = byId('newcomer').querySelector('[name=gender]:checked');
    set('gender', gender?.getAttribute('value') ?? '');
    const idle = byId('newcomer').querySelector('[name=idle]:checked');
    if (!byId('idle').hidden) set('idle', idle?.getAttribute('value') ?? '');
    if (this.file) form.set('file', this.file);
    return form;
  }

  get #limit() {
    const { pictureBytes, uploadBytes } = this.#bytes;
    const { type, name } = this.file ?? { type: '', name: '' };
    const picture = PICTURE.test(type) || (NO_TYPE.test(type) && NAMED_PICTURE.test(name));
    return picture ? pictureBytes : uploadBytes;
  }

  get #size() {
    return this.#picture.hidden
      ? { width: this.#clip.videoWidth, height: this.#clip.videoHeight }
      : { width: this.#picture.naturalWidth, height: this.#picture.naturalHeight };
  }

  #makeId() {
    if (!this.#ownId) input('newId').value = idOf(input('newName').value, this.#taken);
  }

  /** @param {number} width @param {number} height pixels, upright */
  #shape(width, height) {
    byId('picked').style.setProperty('--avatar-ratio', String(width / height));
    byId('picked').hidden = false;
    if (SOURCES.includes(document.activeElement?.id ?? '')) this.focus();
    this.localize(this.#language);
  }

  /** The browser does not know the file; the server may. */
  #fail() {
    if (!this.file) return;
    byId('picked').hidden = true;
    // What will be refused is no file that "can be sent".
    byId('unseen').hidden = this.#fileFault !== undefined;
    this.localize(this.#language);
  }

  #listenAim() {
    const aim = byId('aim');
    for (const change of ['focus', 'blur']) aim.addEventListener(change, () => this.localize(this.#language));
    aim.addEventListener('click', (event) => {
      // By keyboard it begins in the middle.
      if (event.detail === 0) this.#point ??= MIDDLE;
      else {
        const { left, top, width, height } = aim.getBoundingClientRect();
        const point = { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
        const before = this.#point;
        const again = before && Math.hypot(point.x - before.x, point.y - before.y) < NEAR;
        this.#point = again ? undefined : point;
      }
      this.#aim();
    });
    aim.addEventListener('keydown', (event) => {
      if (['Delete', 'Backspace', 'Escape'].includes(event.key)) this.#point = undefined;
      else if (event.key.startsWith('Arrow')) this.#point = moved(this.#point ?? MIDDLE, event);
      else return;
      event.preventDefault();
      this.#aim();
    });
  }

  #aim() {
    const mark = /** @type {HTMLElement} */ (byId('aim').querySelector('.mark-face'));
    mark.hidden = !this.#point;
    if (this.#point)
      mark.style.translate = `calc(${this.#point.x * 100}cqi - 50%) calc(${this.#point.y * 100}cqb - 50%)`;
    this.localize(this.#language);
  }
}

/** @param {HTMLInputElement} field */
const heldBy = ({ type, checked, value }) => (type === 'checkbox' ? String(checked) : value);

/**
 * @param {{ x: number, y: number }} point
 * @param {KeyboardEvent} event of an arrow key
 */
function moved({ x, y }, { key, shiftKey }) {
  const step = STEP * (shiftKey ? 5 : 1);
  const within = (/** @type {number} */ share) => Math.min(Math.max(share, 0), 1);
  const across = key === 'ArrowLeft' ? -step : key === 'ArrowRight' ? step : 0;
  const down = key === 'ArrowUp' ? -step : key === 'ArrowDown' ? step : 0;
  return { x: within(x + across), y: within(y + down) };
}
