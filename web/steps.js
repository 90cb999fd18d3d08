import { byId, setText } from './board.js';
import { translate } from './i18n.js';

/**
 * @typedef {import('./avatar-client.js').Avatar} Avatar
 * @typedef {import('./i18n.js').Language} Language
 */

/** What is done to a file; a clip alone has a loop to be chosen. */
const STEPS = ['reading', 'face', 'loop', 'judging', 'encoding'];

/**
 * Shows how far the making of an avatar is.
 *
 * @param {{ sent: number | undefined, avatar: Avatar | undefined, language: Language }} of `sent`: share of the file,
 *   `undefined` where it was not sent from here; no `avatar` until all of it is
 */
export function showSteps({ sent, avatar, language }) {
  const steps = STEPS.filter((step) => step !== 'loop' || avatar?.kind === 'video');
  if (sent !== undefined) steps.unshift('sending');
  const stage = avatar ? (avatar.stage ?? 'waiting') : 'sending';
  // It waits for its turn before the file is read.
  const at = steps.indexOf(stage === 'waiting' ? 'reading' : stage);
  const rows = steps.map((step, place) => {
    const label = step === 'reading' && stage === 'waiting' ? 'waiting' : step;
    const row = Object.assign(document.createElement('li'), { textContent: translate(language, `steps.${label}`) });
    row.dataset.step = place < at ? 'done' : place === at ? 'now' : 'later';
    return row;
  });
  const now = rows[at];
  if (now) now.ariaCurrent = 'step';
  byId('steps').replaceChildren(...rows);
  // Screen readers hear of each step once.
  setText(byId('step'), now?.textContent ?? '');

  const share = avatar ? avatar.progress : (sent ?? 0);
  /** @type {HTMLProgressElement} */ (byId('progress')).value = share;
  byId('percent').textContent = translate(language, 'steps.percent', { n: Math.floor(share * 100) });
}
