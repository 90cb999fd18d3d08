import { avatarListing } from './avatar-client.js';
import { AvatarMenu } from './avatar-menu.js';
import { Board, byId, describe } from './board.js';
import { FIRST_CHUNK_SIZE, health, SpeechError, sentence, voices } from './client.js';
import { isLanguage, SAMPLES, translate } from './i18n.js';
import { PageLanguage } from './page-language.js';
import './talking-avatar.js';
import { Transcript } from './transcript.js';
import { VoiceMenu } from './voices.js';
import { codePoints } from './words.js';

/** @typedef {import('./i18n.js').Language} Language */

const HEALTH_POLL_MS = 1_500;

const avatar = /** @type {import('./talking-avatar.js').TalkingAvatar} */ (byId('avatar'));
const form = /** @type {HTMLFormElement} */ (byId('composer'));
const text = /** @type {HTMLTextAreaElement} */ (byId('text'));
const size = /** @type {HTMLInputElement} */ (byId('size'));
const speakButton = /** @type {HTMLButtonElement} */ (byId('speak'));
const stopButton = /** @type {HTMLButtonElement} */ (byId('stop'));
const board = new Board();
const pageLanguage = new PageLanguage(/** @type {HTMLSelectElement} */ (byId('interface')), 'title', (now) => {
  avatar.lang = now;
  board.localize(now);
  avatarMenu.localize(now);
  count();
});
const transcript = new Transcript(byId('transcript'));
const voiceMenu = new VoiceMenu(
  /** @type {HTMLSelectElement} */ (byId('voice')),
  /** @type {HTMLButtonElement} */ (byId('listen')),
  {
    onChoose: ({ language }) => isLanguage(language) && chooseSpoken(language),
    onProblem: () => {
      board.problem = { key: 'error.sample' };
    },
    speak: (said, language, signal) => sentence(avatar.server, said, language, signal, avatarMenu.gender),
  },
);

const avatarMenu = new AvatarMenu(/** @type {HTMLSelectElement} */ (byId('who')), (chosen) => {
  stop();
  avatar.toggleAttribute('avatar', !chosen.default);
  if (!chosen.default) avatar.setAttribute('avatar', chosen.id);
});

/** The longest text that the server takes, in code points; its default until it has told. */
let textLimit = 10_000;
/** Counts what the user asked for, so that what an older wish left behind is told from the newest. */
let wish = 0;
let askedAt = 0;
/** Code of what kept the form from being sent, while that is told. @type {string | undefined} */
let refused;

const spoken = () => /** @type {Language} */ (new FormData(form).get('language'));

function count() {
  const points = codePoints(text.value);
  const tooLong = points > textLimit;
  byId('counter').textContent = translate(pageLanguage.now, 'counter', { count: points, limit: textLimit });
  byId('counter').classList.toggle('over', tooLong);
  text.setAttribute('aria-invalid', String(tooLong));
}

/** @param {Language} language */
function chooseSpoken(language) {
  for (const radio of form.querySelectorAll('input')) if (radio.value === language) radio.checked = true;
  text.lang = language;
  voiceMenu.follow(language);
  text.placeholder = SAMPLES[language];
}

/** @returns {{ code: string, field: HTMLElement } | undefined} what keeps the form from being sent */
function fault() {
  if (!text.value.trim()) return { code: 'text_empty', field: text };
  if (codePoints(text.value) > textLimit) return { code: 'text_too_long', field: text };
  if (!size.validity.valid) return { code: 'chunk_size', field: size };
  return undefined;
}

/** What has been put right is complained of no more. */
function forgive() {
  if (!refused || fault()?.code === refused) return;
  refused = undefined;
  board.problem = undefined;
}

async function speak() {
  const wrong = fault();
  board.problem = wrong && { key: `error.${wrong.code}`, params: { limit: textLimit } };
  refused = wrong?.code;
  if (wrong) return wrong.field.focus();

  const mine = ++wish;
  voiceMenu.hush();
  board.clear();
  transcript.clear();
  board.state = 'thinking';
  stopButton.disabled = false;
  byId('avatar').scrollIntoView({ block: 'nearest' });
  askedAt = performance.now();
  try {
    const { id: voice, engine } = voiceMenu.chosen ?? {};
    const chunkSize = size.valueAsNumber;
    const sizes = { chunkSize, firstChunkSize: Math.min(chunkSize, FIRST_CHUNK_SIZE) };
    const how = /** @type {const} */ ({ language: spoken(), ...sizes, split: 'smart', voice, engine });
    const { completed, played } = await avatar.say(text.value, how);
    if (mine === wish) settle(completed && played ? 'done' : completed ? 'idle' : 'stopped');
  } catch (error) {
    if (mine !== wish) return;
    if (!(error instanceof SpeechError && error.code === 'loading')) return settle('idle');
    await serverReady();
    // Whoever pressed Stop or Speak while the server was loading has another wish by now.
    if (mine === wish) await speak();
  }
}

/** @param {import('./board.js').State} state that the speech ended in */
function settle(state) {
  board.state = state;
  transcript.stop();
  if (document.activeElement === stopButton) speakButton.focus();
  stopButton.disabled = true;
}

function stop() {
  if (stopButton.disabled) return;
  wish++;
  avatar.stop();
  settle('stopped');
}

/** Polls until the server can speak; says so while it cannot. */
async function serverReady() {
  for (let waited = false; ; waited = true) {
    const { status, textLimit: told } = await health(avatar.server);
    if (told && told !== textLimit) {
      textLimit = told;
      count();
    }
    const unable = status === 'loading' || status === 'down';
    // Nothing to take back when the server was able from the start, or what a speech begun meanwhile has told.
    if ((unable || waited) && !avatar.speaking) {
      board.state = status === 'loading' ? 'loading' : 'idle';
      board.problem = status === 'down' ? { key: 'error.network' } : undefined;
    }
    if (!unable) return;
    await new Promise((resolve) => setTimeout(resolve, HEALTH_POLL_MS));
  }
}

/**
 * @param {string} type
 * @param {(detail: any) => void} handle
 */
const on = (type, handle) =>
  avatar.addEventListener(type, (event) => handle(/** @type {CustomEvent} */ (event).detail));

on('start', ({ total, language, chunks }) => {
  board.start(total);
  transcript.start(chunks, language);
});
on('chunkready', (chunk) => {
  board.ready(chunk, (performance.now() - askedAt) / 1000);
  transcript.ready(chunk);
});
on('chunkstart', ({ index }) => {
  board.state = 'speaking';
  transcript.begin(index);
});
on('word', (word) => transcript.word(word));
on('chunkend', ({ index }) => transcript.end(index));
on('buffering', () => {
  board.state = 'buffering';
});
on('error', (error) => {
  if (error.index !== undefined) transcript.fail(error.index);
  if (error.code === 'loading') return;
  refused = undefined;
  board.problem = describe(error, textLimit);
});

form.addEventListener('submit', (event) => {
  event.preventDefault();
  speak();
});
text.addEventListener('input', count);
form.addEventListener('input', forgive);
text.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') stop();
});
stopButton.addEventListener('click', stop);
for (const radio of form.querySelectorAll('[name=language]')) {
  radio.addEventListener('change', () => chooseSpoken(spoken()));
}
for (const button of form.querySelectorAll('[data-sample]')) {
  button.addEventListener('click', () => {
    const language = /** @type {Language} */ (button.getAttribute('data-sample'));
    chooseSpoken(language);
    text.value = SAMPLES[language];
    count();
    forgive();
  });
}

pageLanguage.localize();
chooseSpoken(pageLanguage.now);
await serverReady();
const asking = { signal: new AbortController().signal, uiLanguage: pageLanguage.now };
const [heard, seen] = await Promise.all([
  voices(avatar.server),
  // Without the list the default one speaks, and the menu stays hidden.
  avatarListing(avatar.server, asking).catch(() => ({ avatars: [] })),
]);
voiceMenu.fill(heard);
avatarMenu.fill(seen.avatars, new URLSearchParams(location.search).get('avatar') ?? '');
