/**
 * @typedef {import('./client.js').Voice} Voice
 * @typedef {import('./i18n.js').Language} Language
 * @typedef {(text: string, language: Language, signal: AbortSignal) => Promise<Blob>} Speak as sound, by the default voice
 */

/** Languages in the order of the page's other menus, by their own names. */
const NAMES = new Map([
  ['ru', 'Русский'],
  ['kk', 'Қазақша'],
  ['en', 'English'],
]);

/** What the default voice says; of the others the server has samples. @type {Record<Language, string>} */
const GREETINGS = {
  ru: 'Здравствуйте! Вот так звучит мой голос.',
  kk: 'Сәлеметсіз бе! Менің дауысым осылай естіледі.',
  en: 'Hello! This is what my voice sounds like.',
};

/**
 * The menu of all voices by language, those of the spoken one first, and a button to hear the chosen one. Without a choice the
 * server's default for that language speaks.
 */
export class VoiceMenu {
  #select;
  #listen;
  #sound = new Audio();
  /** @type {Voice[]} in the order of their options */
  #voices = [];
  /** @type {Language} the one that is spoken */ #language = 'ru';
  /** @type {AbortController | undefined} ends the sample that is heard or on its way */ #hearing;

  /**
   * @param {HTMLSelectElement} select
   * @param {HTMLButtonElement} listen
   * @param {{ onChoose: (voice: Voice) => void, onProblem: () => void, speak: Speak }} events
   */
  constructor(select, listen, { onChoose, onProblem, speak }) {
    this.#select = select;
    this.#listen = listen;
    select.addEventListener('change', () => {
      this.hush();
      if (this.chosen) onChoose(this.chosen);
    });
    listen.addEventListener('click', async () => {
      if (listen.ariaPressed === 'true') return this.hush();
      const { signal } = this.#begin();
      try {
        await this.#play(speak, signal);
      } catch {
        // Whoever hushes a sample that is still loading has no problem.
        if (signal.aborted) return;
        this.hush();
        onProblem();
      }
    });
    this.#sound.addEventListener('ended', () => this.hush());
  }

  /** @returns {Voice | undefined} */
  get chosen() {
    return this.#voices[Number(this.#select.value || Number.NaN)];
  }

  /** @param {Voice[]} voices */
  fill(voices) {
    const several = new Set(voices.map(({ engine }) => engine)).size > 1;
    this.#voices = voices;
    for (const [language, name] of NAMES) {
      const group = document.createElement('optgroup');
      group.label = name;
      group.lang = language;
      for (const [place, voice] of voices.entries()) {
        if (voice.language !== language) continue;
        const label = several ? `${voice.name} · ${voice.engine}` : voice.name;
        group.append(new Option(label, String(place)));
      }
      if (group.childElementCount > 0) this.#select.append(group);
    }
    this.#arrange();
  }

  /** A voice that does not speak the language is not chosen any more. @param {Language} language */
  follow(language) {
    const changed = this.#language !== language;
    this.#language = language;
    this.#arrange();
    if (this.chosen ? this.chosen.language === language : !changed) return;
    this.hush();
    this.#select.value = '';
  }

  #begin() {
    this.#hearing = new AbortController();
    this.#listen.ariaPressed = 'true';
    return this.#hearing;
  }

  /** @param {Speak} speak @param {AbortSignal} signal */
  async #play(speak, signal) {
    const { chosen } = this;
    let url = chosen?.sampleUrl;
    if (!url) {
      const sound = URL.createObjectURL(await speak(GREETINGS[this.#language], this.#language, signal));
      signal.addEventListener('abort', () => URL.revokeObjectURL(sound));
      url = sound;
    }
    signal.throwIfAborted();
    this.#sound.src = url;
    await this.#sound.play();
  }

  /** The voices of the spoken language come first, the others in their order. */
  #arrange() {
    const codes = [this.#language, ...[...NAMES.keys()].filter((code) => code !== this.#language)];
    const groups = [...this.#select.querySelectorAll('optgroup')];
    const { value } = this.#select;
    this.#select.append(...codes.flatMap((code) => groups.filter(({ lang }) => lang === code)));
    this.#select.value = value;
  }

  /** Ends the sample. */
  hush() {
    this.#hearing?.abort();
    this.#hearing = undefined;
    this.#sound.pause();
    this.#listen.ariaPressed = 'false';
  }
}
