/**
 * @typedef {import('./client.js').Voice} Voice
 * @typedef {import('./i18n.js').Language} Language
 */

/** Languages in the order of the page's other menus, by their own names. */
const NAMES = new Map([
  ['ru', 'Русский'],
  ['kk', 'Қазақша'],
  ['en', 'English'],
]);

/** The menu of all voices by language, and a button to hear the chosen one. Without a choice the server's default speaks. */
export class VoiceMenu {
  #select;
  #listen;
  #sound = new Audio();
  /** @type {Voice[]} in the order of their options */
  #voices = [];

  /**
   * @param {HTMLSelectElement} select
   * @param {HTMLButtonElement} listen
   * @param {{ onChoose: (voice: Voice) => void, onProblem: () => void }} events
   */
  constructor(select, listen, { onChoose, onProblem }) {
    this.#select = select;
    this.#listen = listen;
    select.addEventListener('change', () => {
      this.hush();
      listen.disabled = !this.chosen;
      if (this.chosen) onChoose(this.chosen);
    });
    listen.addEventListener('click', () => {
      if (listen.ariaPressed === 'true') return this.hush();
      if (!this.chosen) return;
      listen.ariaPressed = 'true';
      this.#sound.src = this.chosen.sampleUrl;
      this.#sound.play().catch((error) => {
        // Whoever hushes a sample that is still loading gets this, too, and has no problem.
        if (error.name === 'AbortError') return;
        this.hush();
        onProblem();
      });
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
  }

  /** A voice that does not speak the language is not chosen any more. @param {Language} language */
  follow(language) {
    if (!this.chosen || this.chosen.language === language) return;
    this.hush();
    this.#select.value = '';
    this.#listen.disabled = true;
  }

  /** Ends the sample. */
  hush() {
    this.#sound.pause();
    this.#listen.ariaPressed = 'false';
  }
}
