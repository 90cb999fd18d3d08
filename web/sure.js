import { byId } from './board.js';
import { translate } from './i18n.js';

/**
 * Asks whether an avatar is to be deleted, its folder on the server with it.
 *
 * @param {{ id: string, name: string }} avatar
 * @param {import('./i18n.js').Language} language
 * @returns {Promise<boolean>} as soon as the question is answered; closing it keeps the avatar
 */
export function sureToDelete({ id, name }, language) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('sure'));
  byId('sureTitle').textContent = translate(language, 'delete.title', { name });
  byId('sureText').textContent = translate(language, 'delete.text', { id });
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'delete'), { once: true });
  });
}
