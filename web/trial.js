import { byId, setText } from './board.js';
import { FIRST_CHUNK_SIZE } from './client.js';
import { translate } from './i18n.js';

/**
 * @typedef {import('./i18n.js').Language} Language
 * @typedef {import('./client.js').SpeechError} SpeechError
 * @typedef {'idle' | 'thinking' | 'speaking' | 'buffering' | 'done' | 'stopped'} State
 */

/** A sentence that the chosen avatar says. */
export class Trial {
  #talker;
  #onProblem;
  #sentence = /** @type {HTMLTextAreaElement} */ (byId('sentence'));
  #stop = /** @type {HTMLButtonElement} */ (byId('stop'));
  /** @type {State} */ #state = 'idle';
  /** @type {Language} */ #language = 'en';
  /** The sentence that we wrote ourselves. */
  #own = '';

  /**
   * @param {import('./talking-avatar.js').TalkingAvatar} talker
   * @param {(error: SpeechError | undefined) => void} onProblem `undefined` when a new one begins
   */
  constructor(talker, onProblem) {
    this.#talker = talker;
    this.#onProblem = onProblem;
    talker.addEventListener('chunkstart', () => this.#show('speaking'));
    talker.addEventListener('buffering', () => this.#show('buffering'));
    const form = /** @type {HTMLFormElement} */ (byId('try'));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#speak();
    });
    this.#sentence.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.#stop.addEventListener('click', () => this.stop());
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.stop();
    });
  }

  /** @param {Language} language */
  localize(language) {
    this.#language = language;
    const sample = translate(language, 'try.text');
    if (this.#sentence.value === this.#own) this.#sentence.value = sample;
    this.#own = sample;
    this.#show(this.#state);
  }

  /** Another avatar is to speak. */
  clear() {
    this.#talker.stop();
    this.#show('idle');
  }

  stop() {
    if (this.#stop.disabled) return;
    this.#talker.stop();
    this.#show('stopped');
  }

  async #speak() {
    const text = this.#sentence.value.trim();
    if (!text) return this.#sentence.focus();
    this.#onProblem(undefined);
    this.#show('thinking');
    try {
      const { completed, played } = await this.#talker.say(text, {
        language: 'auto',
        firstChunkSize: FIRST_CHUNK_SIZE,
        split: 'smart',
      });
      // Whatever stopped it has told the state of now.
      if (completed) this.#show(played ? 'done' : 'idle');
    } catch (error) {
      this.#show('idle');
      this.#onProblem(/** @type {SpeechError} */ (error));
    }
  }

  /** @param {State} state */
  #show(state) {
    this.#state = state;
    this.#stop.disabled = !['thinking', 'speaking', 'buffering'].includes(state);
    byId('state').dataset.state = state;
    setText(byId('status'), translate(this.#language, `state.${state}`));
  }
}
