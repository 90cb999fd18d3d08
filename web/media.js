/** Waiting for things that <video> elements do. Every wait ends with the reason of `signal` when that aborts. */

/**
 * @param {HTMLMediaElement} media
 * @param {string} type of event
 * @param {AbortSignal} signal
 * @returns {Promise<void>} rejects when the element fails
 */
export function happens(media, type, signal) {
  return within(signal, (settled, resolve, reject) => {
    media.addEventListener(type, () => resolve(), { signal: settled });
    failing(media, reject, settled);
  });
}

/**
 * Resolves when a video has put its first frame on the screen, which some browsers do before it plays.
 *
 * @param {HTMLVideoElement} video
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function presents(video, signal) {
  return within(signal, (settled, resolve, reject) => {
    video.requestVideoFrameCallback?.(() => resolve());
    // Pages out of sight present nothing, and not every browser tells: then a running clock means pictures.
    watching(video, () => video.currentTime > 0 && resolve(), settled);
    failing(video, reject, settled);
  });
}

/**
 * @param {HTMLVideoElement} video
 * @param {number} seconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>} resolves when the video has played up to there or to its end
 */
export function reaches(video, seconds, signal) {
  return within(signal, (settled, resolve, reject) => {
    watching(video, () => (video.currentTime >= seconds || video.ended) && resolve(), settled);
    failing(video, reject, settled);
  });
}

/**
 * Calls `onTime` with the position of a playing video until it has ended, and then with Infinity.
 *
 * @param {HTMLVideoElement} video
 * @param {(seconds: number) => void} onTime
 * @param {AbortSignal} signal
 */
export async function follows(video, onTime, signal) {
  await within(signal, (settled, resolve, reject) => {
    // By the event, not the flag: whoever else listens hears it before the video is loaded anew.
    video.addEventListener('ended', () => resolve(), { signal: settled });
    if (video.ended) resolve();
    watching(video, () => onTime(video.currentTime), settled);
    failing(video, reject, settled);
  });
  onTime(Number.POSITIVE_INFINITY);
}

/**
 * @param {AbortSignal} signal
 * @param {(settled: AbortSignal, resolve: () => void, reject: (reason: unknown) => void) => void} listen
 *   `settled` aborts once the promise is settled: listeners added with it remove themselves
 * @returns {Promise<void>}
 */
export function within(signal, listen) {
  const settled = new AbortController();
  const promise = new Promise((/** @type {(value?: undefined) => void} */ resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason), { signal: settled.signal });
    listen(settled.signal, resolve, reject);
  });
  return promise.finally(() => settled.abort());
}

/**
 * Looks now and at every screen refresh; pages out of sight have none, there the video's own time updates remain.
 *
 * @param {HTMLVideoElement} video
 * @param {() => void} look
 * @param {AbortSignal} settled
 */
function watching(video, look, settled) {
  const tick = () => {
    if (settled.aborted) return;
    look();
    requestAnimationFrame(tick);
  };
  for (const type of ['timeupdate', 'ended']) video.addEventListener(type, look, { signal: settled });
  tick();
}

/**
 * @param {HTMLMediaElement} media
 * @param {(reason: unknown) => void} reject
 * @param {AbortSignal} settled
 */
function failing(media, reject, settled) {
  media.addEventListener('error', () => reject(media.error ?? new Error('Media failed')), { signal: settled });
}
