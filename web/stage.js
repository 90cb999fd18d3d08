import { avatarPicture, idleLoop } from './client.js';
import { follows, happens, presents, reaches, within } from './media.js';

/** Between the idle loop and speech poses differ a little; between two chunks they do not, so those are cut. */
const FADE_MS = 120;
/** The idle loop is re-sought when it is further than half a video frame from the wanted pose. */
const POSE_TOLERANCE = 0.02;
/** Seconds. A longer delay between play() and the first sound is no property of the device but a hiccup. */
const MOST_LATENCY = 0.15;
const SEEK_DEADLINE_MS = 300;
const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 30_000;

/**
 * The layers of the avatar, from the bottom: poster, idle loop, two videos that take turns in speaking. Whatever is
 * on top always has a picture, so nothing blank is ever seen: a video is revealed only while it shows a frame, and
 * the one it replaces is let go in the same instant.
 */
export class Stage {
  /** @type {HTMLImageElement} */ #poster;
  /** @type {HTMLVideoElement} */ #idle;
  /** @type {HTMLVideoElement[]} */ #speakers;
  /** @type {HTMLButtonElement} */ #button;
  /** @type {HTMLVideoElement | undefined} the speaker on top, if any */ #shown;
  /** @type {HTMLVideoElement | undefined} the speaker on top now or last; the other one loads what comes next */ #last;
  /** Loop time of the avatar's pose at the start of the clip on stage, seconds. */
  #pose = 0;
  /** Resolves when the prepared clip has its first frame on the screen. */
  #painted = Promise.resolve();
  /** Seconds from play() until the clip runs, as last measured: the next one is started that much early. */
  #latency = 0;
  #calm = matchMedia('(prefers-reduced-motion: reduce)');
  /** @type {AbortController | undefined} */ #connection;

  /** @param {ShadowRoot} root holds the elements of talking-avatar.js's template */
  constructor(root) {
    const [idle, ...speakers] = root.querySelectorAll('video');
    this.#idle = /** @type {HTMLVideoElement} */ (idle);
    this.#speakers = speakers;
    // The attribute alone is not heeded in cloned templates.
    this.#idle.muted = true;
    this.#poster = /** @type {HTMLImageElement} */ (root.querySelector('img'));
    this.#button = /** @type {HTMLButtonElement} */ (root.querySelector('button'));
  }

  /**
   * Shows an avatar of a server at rest. Retries while the server has no picture to give (it may be loading).
   *
   * @param {URL} server
   * @param {string | undefined} avatar id; the server's default when absent
   * @param {(picture: URL, signal: AbortSignal) => Promise<number | undefined>} onFault told of every picture that cannot
   *   be loaded; resolves with the seconds after which it may be there, where that is known
   */
  connect(server, avatar, onFault) {
    this.disconnect();
    this.#connection = new AbortController();
    const { signal } = this.#connection;
    const picture = avatarPicture(server, avatar);
    let retryMs = RETRY_FIRST_MS;
    const load = () => {
      if (!signal.aborted) this.#poster.src = picture.href;
    };
    const retry = async () => {
      this.#poster.classList.remove('shown');
      const seconds = await onFault(picture, signal);
      setTimeout(load, seconds === undefined ? retryMs : Math.min(seconds * 1000, RETRY_MOST_MS));
      retryMs = Math.min(2 * retryMs, RETRY_MOST_MS);
    };
    this.#poster.addEventListener('error', retry, { signal });
    // The loop comes after the picture: a loading server has neither.
    const loaded = async () => {
      this.#poster.classList.add('shown');
      const loop = await idleLoop(picture, signal).catch(() => undefined);
      if (loop && !signal.aborted) this.#loadIdle(loop);
    };
    this.#poster.addEventListener('load', loaded, { signal });
    this.#calm.addEventListener('change', () => this.#shown || this.#breathe(), { signal });
    load();
  }

  disconnect() {
    this.#connection?.abort();
    for (const video of [this.#idle, ...this.#speakers]) release(video);
    this.#shown = undefined;
  }

  /** @param {boolean} muted */
  mute(muted) {
    for (const video of this.#speakers) video.muted = muted;
  }

  /** Safari lets scripts start sound only in elements that a user's gesture loaded or played: use this one for both. */
  unlock() {
    for (const video of this.#speakers) if (!video.currentSrc) video.load();
  }

  /**
   * Loads a clip into the speaker that is off stage, up to where it can play.
   *
   * @param {string} url
   * @param {AbortSignal} signal
   */
  async prepare(url, signal) {
    const video = this.#spare;
    video.src = url;
    video.load();
    this.#painted = presents(video, signal);
    this.#painted.catch(() => {});
    await happens(video, 'canplay', signal);
  }

  /**
   * Plays the prepared clip, when the one on stage ends if there is one, and reveals it.
   * Where the browser wants a user's click first, a button asks for it.
   *
   * @param {number} pose loop time of the avatar's pose as the clip begins, seconds
   * @param {AbortSignal} signal
   */
  async start(pose, signal) {
    const before = this.#shown;
    const video = this.#spare;
    try {
      if (before) await reaches(before, before.duration - this.#latency, signal);
      await this.#play(video, signal);
      await this.#painted;
      if (before) await reaches(before, before.duration, signal);
    } catch (error) {
      video.pause();
      throw error;
    }
    const cut = this.#shown !== undefined;
    this.#shown?.classList.remove('shown');
    video.classList.add('shown');
    this.#shown = this.#last = video;
    this.#pose = pose;
    // Where the clip will end the idle loop waits, covered.
    if (cut) this.#seekIdle(pose + video.duration);
    else this.#cover(video, pose + video.duration);
  }

  /**
   * @param {(seconds: number) => void} onTime
   * @param {AbortSignal} signal
   * @returns {Promise<void>} resolves when the clip on stage has ended
   */
  async finish(onTime, signal) {
    if (this.#shown) await follows(this.#shown, onTime, signal);
  }

  /**
   * Learns from the next moving frame how late playing begins.
   *
   * @param {HTMLVideoElement} video
   * @param {number} asked when it was told to play, `performance.now()`
   */
  #measure(video, asked) {
    video.requestVideoFrameCallback?.((now, { mediaTime }) => {
      if (mediaTime === 0) this.#measure(video, asked);
      else this.#latency = Math.min(Math.max((now - asked) / 1000 - mediaTime, 0), MOST_LATENCY);
    });
  }

  /** Silences the clip on stage, if there is one, and goes back to the idle loop, which takes over its pose. */
  async rest() {
    const video = this.#shown;
    if (!video) return;
    video.pause();
    this.#shown = undefined;
    await this.#seekIdle(this.#pose + video.currentTime);
    this.#breathe();
    video.classList.remove('shown');
    // Under a speaker that was revealed meanwhile there is nothing to see fade.
    if (!this.#shown) await fade(video, 1, 0);
  }

  /** Loop time of the pose that is seen now, seconds; 0 for a photo. */
  get pose() {
    return this.#shown ? this.#pose + this.#shown.currentTime : this.#idle.currentTime;
  }

  get #spare() {
    return /** @type {HTMLVideoElement} */ (this.#speakers.find((video) => video !== this.#last));
  }

  /** @param {URL} url */
  #loadIdle(url) {
    this.#idle.src = url.href;
    this.#idle.addEventListener('loadeddata', () => this.#shown || this.#breathe(), { once: true });
  }

  /**
   * @param {HTMLVideoElement} video fades in over the idle loop, which then stops out of sight
   * @param {number} endPose
   */
  async #cover(video, endPose) {
    await fade(video, 0, 1);
    if (this.#shown === video) await this.#seekIdle(endPose);
  }

  /** The idle loop plays, or gives way to the still picture for those who want no motion. */
  #breathe() {
    const moving = !this.#calm.matches && this.#idle.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    this.#idle.classList.toggle('shown', moving);
    if (moving) this.#idle.play().catch(() => {});
    else this.#idle.pause();
  }

  /**
   * Stops the covered idle loop at a pose.
   *
   * @param {number} pose
   */
  async #seekIdle(pose) {
    const idle = this.#idle;
    idle.pause();
    if (!(idle.duration > 0)) return;
    const target = pose % idle.duration;
    if (Math.abs(idle.currentTime - target) < POSE_TOLERANCE && !idle.seeking) return;
    idle.currentTime = target;
    // Late is better than never: a loop that cannot be sought must not keep the avatar frozen.
    await happens(idle, 'seeked', AbortSignal.timeout(SEEK_DEADLINE_MS)).catch(() => {});
  }

  /**
   * @param {HTMLVideoElement} video
   * @param {AbortSignal} signal
   */
  async #play(video, signal) {
    this.#measure(video, performance.now());
    try {
      await video.play();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof DOMException && error.name === 'NotAllowedError')) throw error;
      await this.#click(video, signal);
    }
    signal.throwIfAborted();
  }

  /**
   * Shows the play button until it has been used.
   *
   * @param {HTMLVideoElement} video played inside the click, as browsers demand
   * @param {AbortSignal} signal
   */
  async #click(video, signal) {
    const button = this.#button;
    button.hidden = false;
    try {
      await within(signal, (settled, resolve, reject) => {
        const play = () => {
          this.unlock();
          this.#measure(video, performance.now());
          video.play().then(resolve, reject);
        };
        button.addEventListener('click', play, { signal: settled });
      });
    } finally {
      button.hidden = true;
    }
  }
}

/**
 * @param {HTMLElement} element
 * @param {number} from opacity
 * @param {number} to
 */
async function fade(element, from, to) {
  await element.animate({ opacity: [from, to] }, FADE_MS).finished.catch(() => {});
}

/**
 * Frees a video's decoder and its data.
 *
 * @param {HTMLVideoElement} video
 */
function release(video) {
  video.classList.remove('shown');
  video.removeAttribute('src');
  video.load();
}
