import { isRefused, removeAvatar, uploadAvatar } from './avatar-client.js';
import { AvatarList } from './avatar-list.js';
import { byId, describe } from './board.js';
import { takeDrops } from './drops.js';
import { Gallery, NEW } from './gallery.js';
import { hasText, translate } from './i18n.js';
import { FILE_FAULTS, Newcomer } from './newcomer.js';
import { PageLanguage } from './page-language.js';
import { Problem, requestFault } from './problem.js';
import { showReport } from './report.js';
import { showSteps } from './steps.js';
import { sureToDelete } from './sure.js';
import './talking-avatar.js';
import { Trial } from './trial.js';

/**
 * @typedef {import('./avatar-client.js').Avatar} Avatar
 * @typedef {import('./avatar-client.js').Listing} Listing
 */

const FORM_FAULTS = new Set(['upload.file_required', 'upload.id_invalid', 'upload.consent_required']);
const ID_TAKEN = 'upload.avatar_exists';
/** Said of what was chosen or dropped just now. */
const ABOUT_FILE = new Set([...FILE_FAULTS, 'new.one']);
const FOREVER = new AbortController().signal;

const talker = /** @type {import('./talking-avatar.js').TalkingAvatar} */ (byId('avatar'));
const { server } = talker;
const gallery = new Gallery(byId('gallery'), server);
const problem = new Problem(byId('problem'));

/** What is being sent. @type {{ share: number, stop: AbortController } | undefined} */ let sending;
/** Names of the files sent from here, by the ids they were sent as. @type {Map<string, string>} */
const sent = new Map();
/** Who was made of the file that the form still holds. @type {string | undefined} */ let made;
/** Files that show several people. @type {WeakSet<File>} */ const crowds = new WeakSet();
/** Whom the report and the talking avatar show, and of when. @type {string | undefined} */ let shownAs;
/** Who gives way to what is sent next: the same file with another face. @type {string | undefined} */ let replaced;

const newcomer = new Newcomer(takeFile);
const trial = new Trial(talker, (error) => problem.tell(error && describe(error, 10_000)));
const language = new PageLanguage(/** @type {HTMLSelectElement} */ (byId('interface')), 'avatars.title', (now) => {
  talker.lang = now;
  trial.localize(now);
  newcomer.localize(now);
  problem.localize(now);
  render();
  // What failed is told in the server's words.
  if (list.listing) list.refresh();
});

const asking = (signal = FOREVER) => ({ signal, uiLanguage: language.now });
const list = new AvatarList(server, { asking, onListing: listed, onChange: render, onFault: tellFault });
const chosenId = () => decodeURIComponent(location.hash.slice(1));

/** @returns {Avatar | undefined} whose page this is; without an address the server's default, or whoever is ready */
function chosen() {
  const { avatars } = list;
  const id = chosenId();
  if (id === NEW) return undefined;
  if (id) return avatars.find((avatar) => avatar.id === id);
  const ready = avatars.filter(({ state }) => state === 'ready');
  const waiting = avatars.filter(({ state }) => state === 'preparing');
  return ready.find((avatar) => avatar.default) ?? ready[0] ?? waiting[0] ?? avatars[0];
}

/** @returns {'new' | 'closed' | 'preparing' | 'failed' | 'ready'} */
function view() {
  const avatar = chosen();
  if (avatar) return avatar.state;
  if (sending) return 'preparing';
  return list.uploads ? 'new' : 'closed';
}

function render() {
  const avatar = chosen();
  gallery.show(list.avatars, avatar?.id ?? NEW, language.now);
  const shown = list.listing ? view() : 'loading';
  for (const part of document.querySelectorAll('[data-view]')) {
    /** @type {HTMLElement} */ (part).hidden = !part.getAttribute('data-view')?.split(' ').includes(shown);
  }
  document.body.dataset.shown = shown;
  // A button that goes with its view leaves the focus to the one who is shown instead.
  if (document.activeElement?.closest('[hidden]')) {
    if (shown === 'new') newcomer.focus();
    else gallery.focus(avatar?.id ?? NEW);
  }
  if (avatar?.state === 'ready') renderReady(avatar);
  else trial.clear();
  if (shown === 'preparing') renderPreparing(avatar);
  if (avatar?.state === 'failed') {
    byId('reason').textContent = faultOf(avatar);
    byId('markAgain').hidden = !(avatar.code === 'face_not_at_point' && made === avatar.id && newcomer.file);
  }
  renderRemoving(avatar);
  showGhost(avatar);
}

/** Nobody is deleted unasked but what was sent from here a moment ago. @param {Avatar | undefined} avatar */
function renderRemoving(avatar) {
  const mayRemove = avatar && !avatar.bundled && !avatar.default && list.uploads;
  const unasked = avatar && sent.has(avatar.id) && (avatar.state === 'preparing' || isRefused(avatar));
  for (const button of document.querySelectorAll('.delete')) {
    /** @type {HTMLElement} */ (button).hidden = !mayRemove || Boolean(unasked);
  }
  byId('cancel').hidden = avatar ? !(mayRemove && unasked) : !sending;
  byId('forget').hidden = !(mayRemove && unasked);
}

/** @param {Avatar} avatar */
function renderReady(avatar) {
  const { id, bundled } = avatar;
  // Another face may have taken the id since.
  const now = `${id} ${avatar.created_at}`;
  if (shownAs !== now) {
    trial.clear();
    talker.setAttribute('avatar', id);
    shownAs = now;
  }
  const known = list.reported(id);
  showReport(known ?? avatar, server, language.now);
  const own = !bundled && !avatar.default;
  const several = known?.report?.findings.some(({ code }) => code === 'faces_several');
  if (several && made === id && newcomer.file) crowds.add(newcomer.file);
  byId('otherFace').hidden = !(own && made === id && newcomer.file && crowds.has(newcomer.file));
  const use = /** @type {HTMLAnchorElement} */ (byId('use'));
  use.href = `./?avatar=${encodeURIComponent(id)}`;
}

/** @param {Avatar | undefined} avatar `undefined` while its file is being sent */
function renderPreparing(avatar) {
  byId('preparedName').textContent = avatar?.name ?? newcomer.name;
  const all = avatar?.id === made ? 1 : undefined;
  showSteps({ sent: avatar ? all : sending?.share, avatar, language: language.now });
}

/** The picture just sent stands in for the avatar until that is ready. @param {Avatar | undefined} avatar */
function showGhost(avatar) {
  const ghost = /** @type {HTMLImageElement} */ (byId('ghost'));
  const own = newcomer.isPicture && (sending || (avatar && avatar.id === made));
  ghost.hidden = !own;
  if (own && ghost.src !== newcomer.url) ghost.src = newcomer.url;
}

/** @param {Avatar} avatar that failed */
function faultOf({ code, error = '' }) {
  return hasText(`upload.${code}`) ? translate(language.now, `upload.${code}`) : error;
}

/** @param {unknown} thrown by a request */
function tellFault(thrown) {
  const { code } = /** @type {import('./client.js').SpeechError} */ (thrown);
  if (code === 'loading') problem.tell({ key: 'avatars.loading' });
  else problem.tell(code === 'body_too_large' ? newcomer.tooLarge : requestFault(thrown));
}

/** @returns {string[]} ids of what was sent from here and refused; they are free */
function refusedHere() {
  return list.avatars.filter((avatar) => sent.has(avatar.id) && isRefused(avatar)).map(({ id }) => id);
}

/** @param {Listing} listing as it was just read */
function listed({ avatars, limits }) {
  problem.settle('avatars.loading', 'error.network');
  for (const { id, state } of avatars) if (state === 'ready') sent.delete(id);
  const refused = new Set(refusedHere());
  const taken = new Set(avatars.map(({ id }) => id).filter((id) => !refused.has(id)));
  newcomer.limits = { taken, bytes: limits };
  newcomer.localize(language.now);
  if (chosenId() && chosenId() !== NEW && !avatars.some(({ id }) => id === chosenId())) {
    problem.tell({ key: 'avatars.gone' });
    history.replaceState(undefined, '', location.pathname + location.search);
  }
  render();
}

/** @param {File} file @param {number} [others] that came with it */
function takeFile(file, others = 0) {
  problem.tell(undefined);
  if (made) newcomer.clear();
  made = replaced = undefined;
  newcomer.take(file);
  if (chosenId() === NEW) render();
  else location.hash = NEW;
  const { fault } = newcomer;
  if (fault && FILE_FAULTS.has(fault.message.key)) problem.tell(fault.message);
  else if (others > 0) problem.tell({ key: 'new.one', params: { name: file.name } });
}

async function create() {
  const { fault } = newcomer;
  problem.tell(fault?.message);
  if (fault) return newcomer.complain(fault.field);
  const stop = new AbortController();
  sending = { share: 0, stop };
  render();
  try {
    const onProgress = (/** @type {number} */ share) => {
      if (sending) sending.share = share;
      render();
    };
    // Only who has the id that is asked for must go before; another one goes when the file has arrived.
    if (replaced === newcomer.id) await giveWay(stop.signal);
    const { id } = await uploadAvatar(server, newcomer.form, { ...asking(stop.signal), onProgress });
    made = id;
    list.forget(id);
    await forgetTries(newcomer.file?.name ?? '', id);
    // One that stays listed does no harm.
    await giveWay(FOREVER).catch(() => {});
    await list.refresh();
    // Whoever looks at another one meanwhile is not torn away from it.
    if (chosenId() === NEW || !chosenId()) {
      location.hash = id;
      gallery.focus(id);
    }
  } catch (error) {
    if (!stop.signal.aborted) tellFault(error);
  }
  sending = undefined;
  render();
  if (problem.key === ID_TAKEN && view() === 'new') newcomer.complain(byId('newId'));
}

/** Who is to give way does. @param {AbortSignal} signal */
async function giveWay(signal) {
  const id = replaced;
  if (id === undefined) return;
  try {
    await removeAvatar(server, id, asking(signal));
  } catch (error) {
    // Somebody else was quicker.
    if (/** @type {import('./client.js').SpeechError} */ (error).code !== 'avatar_unknown') throw error;
  }
  replaced = undefined;
  list.drop(id);
}

/** A new try with a file takes the place of those before. @param {string} file its name @param {string} id of the new try */
async function forgetTries(file, id) {
  const before = refusedHere().filter((one) => one !== id && sent.get(one) === file);
  sent.set(id, file);
  // One that stays listed does no harm.
  await Promise.allSettled(before.map((one) => removeAvatar(server, one, asking())));
}

/** Back to the form, with the file and everything said about it. @param {Avatar | undefined} avatar */
async function cancel(avatar) {
  if (avatar) await remove(avatar.id);
  else sending?.stop.abort();
  made = undefined;
  location.hash = NEW;
}

/** @param {string} id */
async function remove(id) {
  try {
    await removeAvatar(server, id, asking());
    list.forget(id);
    sent.delete(id);
    problem.tell(undefined);
    if (chosenId() === id) history.replaceState(undefined, '', location.pathname + location.search);
  } catch (error) {
    tellFault(error);
  }
  await list.refresh();
}

byId('newcomer').addEventListener('submit', (event) => {
  event.preventDefault();
  create();
});
// What has been put right is complained of no more.
byId('newcomer').addEventListener('input', () => {
  const { key = '' } = problem;
  if (key === ID_TAKEN && !newcomer.complains) problem.tell(undefined);
  if (FORM_FAULTS.has(key) && newcomer.fault?.message.key !== key) problem.tell(undefined);
});
byId('cancel').addEventListener('click', () => cancel(chosen()));
byId('forget').addEventListener('click', () => remove(chosen()?.id ?? ''));
for (const button of [byId('otherFace'), byId('markAgain')]) {
  button.addEventListener('click', () => {
    replaced = made;
    location.hash = NEW;
  });
}
for (const button of document.querySelectorAll('.delete')) {
  button.addEventListener('click', async () => {
    const avatar = chosen();
    if (avatar && (await sureToDelete(avatar, language.now))) await remove(avatar.id);
  });
}
// Who came there by keyboard goes on in the form.
byId('gallery').addEventListener('click', (event) => {
  const { detail, target, ctrlKey, metaKey, shiftKey } = event;
  const tile = /** @type {Element} */ (target).closest('.new');
  if (!tile || detail > 0 || ctrlKey || metaKey || shiftKey) return;
  event.preventDefault();
  location.hash = NEW;
  render();
  if (view() === 'new') newcomer.focus();
});

takeDrops((file, others) => {
  if (!list.listing || sending) return;
  if (list.uploads) takeFile(file, others);
  else problem.tell({ key: 'upload.uploads_closed' });
});
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && list.listing) list.refresh();
});
addEventListener('hashchange', () => {
  if (chosenId() !== NEW && !sending) replaced = undefined;
  // The file that became an avatar is kept for another of its faces alone.
  if (chosenId() === NEW && made && !replaced) {
    made = undefined;
    newcomer.clear();
  }
  if (chosenId() !== NEW || !ABOUT_FILE.has(problem.key ?? '')) problem.tell(undefined);
  // An address of nobody may be that of somebody new.
  if (list.listing && chosenId() && chosenId() !== NEW && !chosen()) list.refresh();
  else if (list.listing) render();
  gallery.reveal(chosen()?.id ?? NEW);
});

language.localize();
await list.refresh();
gallery.reveal(chosen()?.id ?? NEW);
