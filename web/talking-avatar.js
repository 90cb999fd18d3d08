import { pictureFault, streamChunks } from './client.js';
import { Speech } from './speech.js';
import { Stage } from './stage.js';

const ENGLISH = {
  label: 'Talking avatar',
  play: 'Play with sound',
  avatar_unknown: 'There is no such avatar',
  absent: 'The avatar cannot be shown now',
  waiting: 'The avatar is getting ready…',
};
const TEXTS = new Map([
  ['en', ENGLISH],
  [
    'ru',
    {
      label: 'Говорящий аватар',
      play: 'Включить звук',
      avatar_unknown: 'Такого аватара нет',
      absent: 'Аватар сейчас не показать',
      waiting: 'Аватар готовится…',
    },
  ],
  [
    'kk',
    {
      label: 'Сөйлейтін аватар',
      play: 'Дыбысты қосу',
      avatar_unknown: 'Мұндай аватар жоқ',
      absent: 'Аватарды қазір көрсету мүмкін емес',
      waiting: 'Аватар дайындалуда…',
    },
  ],
]);

/** Frames a second of every avatar. */
const FPS = 25;
/** Seconds. A longer wait for the first words says nothing about the next one. */
const MOST_LEAD = 3;

const template = document.createElement('template');
template.innerHTML = `
  <img part="media poster" alt="">
  <video part="media idle" muted loop preload="auto" aria-hidden="true"></video>
  <video part="media speech" preload="auto" aria-hidden="true"></video>
  <video part="media speech" preload="auto" aria-hidden="true"></video>
  <p part="absent" role="status" hidden></p>
  <button part="play" type="button" hidden></button>`;

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { --avatar-ratio: 1; display: block; width: min(100%, 32rem); aspect-ratio: var(--avatar-ratio); }
  :host { position: relative; overflow: hidden; contain: layout paint; }
  :host([hidden]) { display: none; }
  img, video { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; pointer-events: none; }
  img, video { opacity: 0; }
  .shown { opacity: 1; }
  button { position: absolute; inset: auto 0 8%; margin: auto; width: fit-content; height: fit-content; padding: .8em 1.4em;
    border: 0; border-radius: 2em; font: 600 1rem/1.2 system-ui, sans-serif; cursor: pointer;
    color: #fff; background: rgb(0 0 0 / .72); box-shadow: 0 .2em 1em rgb(0 0 0 / .3); }
  p { position: absolute; inset: 0; display: grid; place-content: center; margin: 0; padding: 1em; text-align: center;
    border: .12em dashed; border-radius: .8em; opacity: .6; font: 1rem/1.4 system-ui, sans-serif; }
  :is(button, p)[hidden] { display: none; }
  button::before { content: '▶' / ''; margin-inline-end: .6em; }
  button:focus-visible { outline: .2em solid #fff; outline-offset: .15em; }`);

/**
 * `<talking-avatar>`: idles, and speaks when asked to.
 *
 * Attributes: `server` (default: where this script came from), `avatar`, `voice` and `model` (ids of the server's), `language`
 * (`ru`, `kk`, `en`, `auto`), `chunk-size` (words), `muted`. Parts: `media`, `poster`, `idle`, `speech`, `play`, `absent`. The custom
 * property `--avatar-ratio` is the avatar's width over its height.
 *
 * Events (CustomEvent, `detail` in brackets):
 * `start` {total, language, chunks: [{index, text}]}; `chunkready` {a Chunk}, made and waiting for its turn;
 * `chunkstart` {a Chunk}; `word` {index, text, offset, start, end}, seconds and UTF-16 offset within chunk `index`;
 * `chunkend` {index}; `buffering` {index}, chunk `index` is late; `done` {completed, played, failed};
 * `error` {code, message, index?, retryAfterSeconds?}, with `index` one chunk was skipped, without it speech ended, or at rest
 * there is no picture to show: it says so in its place and keeps asking.
 */
export class TalkingAvatar extends HTMLElement {
  static observedAttributes = ['server', 'avatar', 'muted', 'lang'];

  #internals = this.attachInternals();
  /** Holds the shape of the avatar; not in `style`, which belongs to the page. */
  #shape = new CSSStyleSheet();
  #stage;
  #button;
  /** Stands where the picture should be. */
  #absent;
  /** @type {keyof typeof ENGLISH | undefined} what is said of a picture that is not there */
  #said;
  /** @type {string | undefined} code of why there is none */
  #fault;
  /** @type {AbortController | undefined} stops the speech under way */
  #abort;
  /** Seconds from say() until the avatar spoke, as last measured: so much further it has idled by then. */
  #lead = 0.6;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet, this.#shape];
    root.append(template.content.cloneNode(true));
    for (const video of root.querySelectorAll('video')) {
      // Readable through a canvas on the site that embeds us; inline on phones; no casting of single chunks.
      Object.assign(video, { crossOrigin: 'anonymous', playsInline: true, disableRemotePlayback: true });
      video.disablePictureInPicture = true;
    }
    const poster = /** @type {HTMLImageElement} */ (root.querySelector('img'));
    poster.addEventListener('load', () => {
      this.#tell(undefined);
      this.#shape.replaceSync(`:host { --avatar-ratio: ${poster.naturalWidth / poster.naturalHeight}; }`);
    });
    this.#stage = new Stage(root);
    this.#button = /** @type {HTMLButtonElement} */ (root.querySelector('button'));
    this.#absent = /** @type {HTMLElement} */ (root.querySelector('p'));
    this.#internals.role = 'group';
    this.#internals.ariaLive = 'off';
  }

  connectedCallback() {
    this.#connect();
  }

  disconnectedCallback() {
    this.stop();
    this.#stage.disconnect();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (name === 'muted') this.#stage.mute(this.muted);
    else if (name === 'lang') this.#localize();
    else if (this.isConnected) {
      this.stop();
      this.#connect();
    }
  }

  #connect() {
    this.#tell(undefined);
    this.#stage.connect(this.server, this.avatar, (picture, signal) => this.#explain(picture, signal));
  }

  /**
   * Says once why there is no picture, and in its place for as long as there is none. What comes by itself (the server is
   * loading, the avatar is being prepared) is no error.
   *
   * @param {URL} picture that could not be loaded
   * @param {AbortSignal} signal of the connection
   * @returns {Promise<number | undefined>} seconds after which it may be there
   */
  async #explain(picture, signal) {
    const fault = await pictureFault(picture, { signal, uiLanguage: this.#uiLanguage });
    if (!fault || signal.aborted) return undefined;
    const { code, message, retryAfterSeconds } = fault;
    if (retryAfterSeconds !== undefined) this.#tell('waiting');
    else if (this.#fault !== code) {
      this.#tell(code === 'avatar_unknown' ? code : 'absent', code);
      this.dispatchEvent(new CustomEvent('error', { detail: { code, message } }));
    }
    return retryAfterSeconds;
  }

  /**
   * @param {keyof typeof ENGLISH | undefined} said in the place of the picture; `undefined`: it is there, or on its way
   * @param {string} [fault] code of what is wrong
   */
  #tell(said, fault) {
    this.#said = said;
    this.#fault = fault;
    this.#localize();
  }

  /** Base address of the server; always ends in `/`. */
  get server() {
    const given = this.getAttribute('server');
    const url = given === null ? new URL('.', import.meta.url) : new URL(given, document.baseURI);
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    return url;
  }

  /** Id of the avatar; the server's default when none is named. */
  get avatar() {
    return this.getAttribute('avatar') || undefined;
  }

  get language() {
    return this.getAttribute('language') ?? 'ru';
  }

  get muted() {
    return this.hasAttribute('muted');
  }

  /** Whether a speech is under way, from say() until `done`, `error` or stop(). */
  get speaking() {
    return this.#abort !== undefined;
  }

  /**
   * Speaks a text; what was being spoken stops. Call it from a click or key press, or browsers will want one.
   *
   * @param {string} text
   * @param {{ language?: string, chunkSize?: number, firstChunkSize?: number, split?: 'words' | 'smart', voice?: string,
   *   engine?: string }} [options] default: the attributes; sizes in words
   * @returns {Promise<import('./speech.js').Spoken>} when the last word is out or the speech was stopped
   * @throws {import('./client.js').SpeechError} when nothing more can be spoken
   */
  say(text, { language = this.language, chunkSize = this.#chunkSize, voice = this.#voice, ...how } = {}) {
    this.stop();
    this.#stage.unlock();
    const abort = new AbortController();
    this.#abort = abort;
    this.#internals.ariaBusy = 'true';
    const { signal } = abort;
    const tell = (/** @type {string} */ type, /** @type {unknown} */ detail) =>
      signal.aborted || this.dispatchEvent(new CustomEvent(type, { detail }));
    // The first chunk goes on where the idle loop will be when it comes.
    const pose = Math.round((this.#stage.pose + this.#lead) * FPS);
    this.#measureLead(signal);
    const { avatar } = this;
    const model = this.getAttribute('model') || undefined;
    const request = { ...how, text, language, chunkSize, voice, avatar, model, pose };
    const events = streamChunks(this.server, request, { signal, uiLanguage: this.#uiLanguage });
    const spoken = new Speech(this.#stage, tell, signal, pose / FPS).run(events).finally(() => {
      if (this.#abort === abort) this.stop();
    });
    // The `error` event has told those who do not await.
    spoken.catch(() => {});
    return spoken;
  }

  /** @param {AbortSignal} signal of the speech that begins */
  #measureLead(signal) {
    const asked = performance.now();
    const measure = () => {
      this.#lead = Math.min((performance.now() - asked) / 1000, MOST_LEAD);
    };
    this.addEventListener('chunkstart', measure, { once: true, signal });
  }

  /** Stops speaking at once, and the server's work with it. */
  stop() {
    this.#abort?.abort();
    this.#abort = undefined;
    this.#internals.ariaBusy = 'false';
  }

  get #chunkSize() {
    return Number(this.getAttribute('chunk-size')) || 15;
  }

  /** The server's default when none is named. */
  get #voice() {
    return this.getAttribute('voice') || undefined;
  }

  /** What a person reads is in the language of the page around us (`lang`), else the spoken one, else the browser's. */
  get #uiLanguage() {
    const around = /** @type {HTMLElement | null} */ (this.closest('[lang]'))?.lang;
    const candidates = [around, this.getAttribute('language'), navigator.language];
    const codes = candidates.map((tag) => tag?.slice(0, 2).toLowerCase() ?? '');
    return codes.find((code) => TEXTS.has(code)) ?? 'en';
  }

  #localize() {
    const texts = TEXTS.get(this.#uiLanguage) ?? ENGLISH;
    this.#internals.ariaLabel = texts.label;
    this.#button.textContent = texts.play;
    const said = this.#said ? texts[this.#said] : '';
    this.#absent.hidden = !said;
    // Whatever is written there is read out.
    if (this.#absent.textContent !== said) this.#absent.textContent = said;
  }
}

if (!customElements.get('talking-avatar')) customElements.define('talking-avatar', TalkingAvatar);
