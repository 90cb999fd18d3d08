import { previewUrl } from './avatar-client.js';
import { byId } from './board.js';
import { translate } from './i18n.js';

/**
 * @typedef {import('./avatar-client.js').Avatar} Avatar
 * @typedef {import('./i18n.js').Language} Language
 */

/**
 * Shows the report of an avatar that is ready: the verdict, the picture it is drawn on, what was found, plain facts.
 *
 * @param {Avatar} avatar with its report
 * @param {URL} server
 * @param {Language} language
 */
export function showReport(avatar, server, language) {
  const { id, name, report, kind, width, height, duration, licence } = avatar;
  byId('name').textContent = name;
  byId('verdict').dataset.quality = report?.quality;
  byId('verdict').textContent = report?.summary[language] ?? '';

  const address = previewUrl(server, avatar);
  const drawn = /** @type {HTMLImageElement} */ (byId('drawn'));
  drawn.alt = translate(language, 'report.alt');
  if (drawn.src !== address) drawn.src = address;
  /** @type {HTMLAnchorElement} */ (byId('preview')).href = address;

  const rows = (report?.findings ?? []).map(({ level, message }) => {
    const row = document.createElement('li');
    row.dataset.level = level;
    const rank = Object.assign(document.createElement('b'), { textContent: translate(language, `report.${level}`) });
    row.append(rank, ' ', message[language]);
    return row;
  });
  if (rows.length === 0) {
    const row = Object.assign(document.createElement('li'), { textContent: translate(language, 'report.none') });
    row.dataset.level = 'none';
    rows.push(row);
  }
  byId('findings').replaceChildren(...rows);

  const facts = [kind ? translate(language, `report.${kind}`) : ''];
  if (width && height) facts.push(`${width} × ${height}`);
  if (duration) facts.push(translate(language, 'seconds', { n: duration }));
  facts.push(`id: ${id}`, licence ?? '');
  byId('facts').textContent = facts.filter(Boolean).join(' · ');
}
