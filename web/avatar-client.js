import { reach, refusal, SpeechError } from './client.js';
import { sseEvents } from './sse.js';

/**
 * The avatars of a server: who there is, bringing one, following how it is prepared, deleting it. Addresses are made of
 * ids, so that they hold behind any prefix.
 *
 * @typedef {'good' | 'fair' | 'poor'} Quality
 * @typedef {{ ru: string, kk: string, en: string }} Sentence
 * @typedef {{ code: string, level: 'fine' | 'warn' | 'bad', message: Sentence }} Finding
 * @typedef {{ quality: Quality, summary: Sentence, findings: Finding[] }} Report
 * @typedef {{
 *   id: string, name: string, kind: 'picture' | 'video' | null, state: 'preparing' | 'ready' | 'failed', progress: number,
 *   stage?: string, error?: string, code?: string, default: boolean, bundled: boolean, width?: number, height?: number,
 *   face?: { x: number, y: number, width: number, height: number },
 *   duration?: number, quality?: Quality, licence?: string,
 *   gender?: 'female' | 'male', created_at?: string, report?: Report }} Avatar `duration` in seconds, `face` in pixels of `width` and `height`
 * @typedef {{ uploads: boolean, limits: Limits, avatars: Avatar[] }} Listing
 * @typedef {{ pictureBytes: number, uploadBytes: number }} Limits of a picture's file, of any file
 * @typedef {{ signal: AbortSignal, uiLanguage: string }} Asking `uiLanguage`: of the server's error texts
 */

/**
 * @param {URL} server base address, ends in `/`
 * @param {Asking} asking
 * @returns {Promise<Listing>}
 * @throws {SpeechError}
 */
export async function avatarListing(server, asking) {
  const { uploads, limits, avatars } = await ask(new URL('api/avatars', server), asking);
  return { uploads, limits: { pictureBytes: limits.picture_bytes, uploadBytes: limits.upload_bytes }, avatars };
}

/**
 * One avatar with its report.
 *
 * @param {URL} server
 * @param {string} id
 * @param {Asking} asking
 * @returns {Promise<Avatar>}
 * @throws {SpeechError}
 */
export const avatarDetails = (server, id, asking) => ask(new URL(`api/avatars/${id}`, server), asking);

/**
 * @param {URL} server
 * @param {string} id
 * @param {Asking} asking
 * @throws {SpeechError} `avatar_bundled`, `uploads_closed` …
 */
export const removeAvatar = (server, id, asking) => ask(new URL(`api/avatars/${id}`, server), asking, 'DELETE');

/** What the server says of a file that no avatar can be made of. It keeps nothing of it, and its id is free at once. */
const REFUSALS = new Set([
  ...['face_not_found', 'face_not_at_point', 'file_empty', 'media_unsupported'],
  ...['media_damaged', 'media_no_picture', 'picture_too_large'],
]);

/** Whether an upload failed for what its file is. @param {Avatar} upload */
export const isRefused = ({ state, code = '' }) => state === 'failed' && REFUSALS.has(code);

/** @param {URL} server @param {string} id */
export const pictureUrl = (server, id) => new URL(`api/avatar?id=${id}`, server).href;

/**
 * The report drawn on the picture; another address for another avatar of that id.
 *
 * @param {URL} server
 * @param {Pick<Avatar, 'id' | 'created_at'>} avatar
 */
export const previewUrl = (server, { id, created_at = '' }) =>
  new URL(`api/avatars/${id}/preview?of=${encodeURIComponent(created_at)}`, server).href;

/**
 * How the preparation of an avatar goes on: what it is now and after every step, until it is ready, has failed or is gone.
 *
 * @param {URL} server
 * @param {string} id
 * @param {Asking} asking
 * @returns {AsyncGenerator<Avatar, void, void>}
 * @throws {SpeechError} when it is unknown or the server cannot be reached
 */
export async function* followAvatar(server, id, { signal, uiLanguage }) {
  const address = new URL(`api/avatars/${id}/events`, server);
  const headers = { Accept: 'text/event-stream', 'Accept-Language': uiLanguage };
  const response = await reach(fetch(address, { headers, signal }), signal);
  if (!response.ok || !response.body) throw await refusal(response);
  const events = sseEvents(response.body);
  try {
    for (;;) {
      const { value, done } = await reach(events.next(), signal);
      if (done) return;
      const data = JSON.parse(value.data);
      if (value.event === 'error') throw new SpeechError(data.code, data.error);
      yield data;
    }
  } finally {
    await events.return();
  }
}

/**
 * Sends a picture or video that is to become an avatar. By XMLHttpRequest: `fetch` does not tell how much has been sent.
 *
 * @param {URL} server
 * @param {FormData} form fields of `POST api/avatars`
 * @param {Asking & { onProgress: (share: number) => void }} options told 0 … 1 while the file is being sent
 * @returns {Promise<Avatar>} as soon as the file is there; it is being prepared then
 * @throws {SpeechError} what is wrong with the file or the form, or `network`
 */
export function uploadAvatar(server, form, { signal, uiLanguage, onProgress }) {
  const request = new XMLHttpRequest();
  const settled = new AbortController();
  const answer = new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abort = () => {
      request.abort();
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { signal: settled.signal });
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    request.addEventListener('error', () => reject(new SpeechError('network', 'The server cannot be reached')));
    request.addEventListener('load', () => {
      const { status, responseText } = request;
      const answered = new Response(responseText, { status });
      if (answered.ok) resolve(answered.json());
      else refusal(answered).then(reject);
    });
    request.open('POST', new URL('api/avatars', server));
    request.setRequestHeader('Accept-Language', uiLanguage);
    request.send(form);
  });
  return answer.finally(() => settled.abort());
}

/**
 * @param {URL} address
 * @param {Asking} asking
 * @param {string} [method]
 */
async function ask(address, { signal, uiLanguage }, method = 'GET') {
  const headers = { 'Accept-Language': uiLanguage };
  const response = await reach(fetch(address, { method, headers, cache: 'no-store', signal }), signal);
  if (!response.ok) throw await refusal(response);
  return reach(response.json(), signal);
}
