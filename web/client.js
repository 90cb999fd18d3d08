import { sseEvents } from './sse.js';

/**
 * `POST api/stream_chunks` as events while the chunks are made.
 *
 * @typedef {{ text: string, start: number, end: number, offset: number }} Word seconds in the chunk; UTF-16 offset in its text
 * @typedef {{ index: number, text: string, videoUrl: string, audioUrl: string, duration: number, words: Word[] }} Chunk
 * @typedef {{ index: number, text: string, error: string, code: string }} FailedChunk
 * @typedef {{ text: string, language: string, chunkSize: number, firstChunkSize?: number, split?: 'words' | 'smart',
 *   voice?: string, engine?: string, avatar?: string, model?: string, pose?: number }} SpeechRequest sizes in words; `pose`: frame of the avatar's loop
 * @typedef {{ id: string, name: string, engine: string, language: string, sampleUrl: string }} Voice
 * @typedef {{ total: number, language: string, chunks: { index: number, text: string }[] }} Start
 * @typedef {{ status: 'ready' | 'loading' | 'degraded' | 'down', textLimit?: number }} Health `textLimit` in code points
 * @typedef {{ type: 'start', start: Start } | { type: 'chunk', chunk: Chunk } | { type: 'failed', chunk: FailedChunk }} SpeechEvent
 */

/** Words of a page's first chunk: so few are soon there. */
export const FIRST_CHUNK_SIZE = 5;

/** Why speech could not be had: a code of the server's error catalogue, `network`, or `media` (unplayable chunk). */
export class SpeechError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{ status?: number, retryAfterSeconds?: number, cause?: unknown }} [details]
   */
  constructor(code, message, { status, retryAfterSeconds, cause } = {}) {
    super(message, { cause });
    this.name = 'SpeechError';
    this.code = code;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * Asks the server for speech. Aborting `signal` closes the connection, which stops the server's work.
 *
 * @param {URL} server base address, ends in `/`
 * @param {SpeechRequest} request
 * @param {{ signal: AbortSignal, uiLanguage: string }} options `uiLanguage`: of the server's error texts
 * @returns {AsyncGenerator<SpeechEvent, void, void>} one `start`, then one `chunk` or `failed` per text, in order
 * @throws {SpeechError} when the server refuses, breaks off, or cannot be reached
 */
export async function* streamChunks(server, { chunkSize, firstChunkSize, ...request }, { signal, uiLanguage }) {
  const sizes = { chunk_size: chunkSize, first_chunk_size: firstChunkSize };
  const response = await reach(
    fetch(new URL('api/stream_chunks', server), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream', 'Accept-Language': uiLanguage },
      body: JSON.stringify({ ...request, ...sizes, word_timings: true }),
      signal,
    }),
    signal,
  );
  if (!response.ok || !response.body) throw await refusal(response);

  const events = sseEvents(response.body);
  try {
    for (;;) {
      const { value, done } = await reach(events.next(), signal);
      if (done) throw new SpeechError('network', 'The server broke the connection off');
      const data = JSON.parse(value.data);
      if (value.event === 'start') {
        yield { type: 'start', start: { total: data.total_chunks, language: data.language, chunks: data.chunks } };
      } else if (value.event === 'chunk') {
        yield data.code ? { type: 'failed', chunk: data } : { type: 'chunk', chunk: toChunk(data, server) };
      } else if (value.event === 'error') {
        throw new SpeechError(data.code, data.error);
      } else if (value.event === 'done') {
        // The end of the body, too: one cut off before it is a failed request in the browser's console.
        await events.next().catch(() => {});
        return;
      }
    }
  } finally {
    await events.return();
  }
}

/**
 * Whether the server can speak, and the longest text it takes. One that cannot be reached counts as `down`.
 *
 * @param {URL} server
 * @returns {Promise<Health>}
 */
export async function health(server) {
  try {
    const response = await fetch(new URL('api/health', server), { cache: 'no-store' });
    const { status, limits } = await response.json();
    return { status, textLimit: limits?.max_text_chars };
  } catch {
    return { status: 'down' };
  }
}

/**
 * Everybody who can speak; nobody when the server cannot tell.
 *
 * @param {URL} server
 * @returns {Promise<Voice[]>} one of several languages stands in it for each
 */
export async function voices(server) {
  try {
    const address = new URL('api/voices', server);
    const { details } = await (await fetch(address)).json();
    return details.map((/** @type {Voice & { sample_url: string }} */ { sample_url, ...voice }) => {
      return { ...voice, sampleUrl: new URL(sample_url, address).href };
    });
  } catch {
    return [];
  }
}

/**
 * A sentence by the default voice of a language.
 *
 * @param {URL} server
 * @param {string} text
 * @param {string} language
 * @param {AbortSignal} signal
 * @param {string} [gender] of the voice, where the engine has both
 * @returns {Promise<Blob>} a WAV
 * @throws {SpeechError}
 */
export async function sentence(server, text, language, signal, gender) {
  const headers = { 'Content-Type': 'application/json' };
  const asked = fetch(new URL('tts', server), {
    ...{ method: 'POST', headers, signal },
    body: JSON.stringify({ text, language, ...(gender && { voice_attributes: { gender } }) }),
  });
  const response = await reach(asked, signal);
  if (!response.ok) throw await refusal(response);
  return reach(response.blob(), signal);
}

/**
 * @param {URL} server
 * @param {string} [avatar] id; the server's default when absent
 */
export function avatarPicture(server, avatar) {
  const picture = new URL('api/avatar', server);
  if (avatar !== undefined) picture.searchParams.set('id', avatar);
  return picture;
}

/**
 * Why an avatar's picture cannot be had; `undefined` where it can after all, or the signal has fired.
 *
 * @param {URL} picture
 * @param {{ signal: AbortSignal, uiLanguage: string }} options
 * @returns {Promise<SpeechError | undefined>}
 */
export async function pictureFault(picture, { signal, uiLanguage }) {
  try {
    const headers = { 'Accept-Language': uiLanguage };
    const response = await reach(fetch(picture, { headers, cache: 'no-store', signal }), signal);
    if (!response.ok) return await refusal(response);
    await response.body?.cancel();
    return undefined;
  } catch (error) {
    return error instanceof SpeechError ? error : undefined;
  }
}

/**
 * The avatar's idle loop, which its picture links to; a still one has none.
 *
 * @param {URL} picture
 * @param {AbortSignal} signal
 * @returns {Promise<URL | undefined>}
 */
export async function idleLoop(picture, signal) {
  const response = await fetch(picture, { method: 'HEAD', cache: 'no-store', signal });
  // Empty, but Chromium takes even such a body for cut off until it has been read.
  await response.text();
  const [, target] = /<([^>]*)>; rel="alternate"/.exec(response.headers.get('Link') ?? '') ?? [];
  return target === undefined ? undefined : new URL(target, picture);
}

/**
 * A network failure as a `SpeechError`; an abort stays what it is.
 *
 * @template T
 * @param {Promise<T>} attempt
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
export async function reach(attempt, signal) {
  try {
    return await attempt;
  } catch (cause) {
    signal.throwIfAborted();
    throw new SpeechError('network', 'The server cannot be reached', { cause });
  }
}

/**
 * The error of an answer that is no stream; a proxy's page instead of our JSON becomes `network`.
 *
 * @param {Response} response
 */
export async function refusal(response) {
  const retryAfterSeconds = Number(response.headers.get('Retry-After')) || undefined;
  const body = await response.json().catch(() => ({}));
  return new SpeechError(body.code ?? 'network', body.error ?? `HTTP ${response.status}`, {
    status: response.status,
    retryAfterSeconds,
  });
}

/**
 * @param {{ index: number, text: string, video_url: string, audio_url: string, duration: number, words?: Word[] }} data
 * @param {URL} server
 * @returns {Chunk}
 */
function toChunk({ index, text, video_url, audio_url, duration, words = [] }, server) {
  const videoUrl = new URL(video_url, server).href;
  const audioUrl = new URL(audio_url, server).href;
  return { index, text, videoUrl, audioUrl, duration, words };
}
