import { SpeechError } from './client.js';
import { Feed } from './feed.js';
import { WordClock } from './words.js';

/**
 * @typedef {import('./client.js').Chunk} Chunk
 * @typedef {import('./client.js').SpeechEvent} SpeechEvent
 * @typedef {Pick<import('./stage.js').Stage, 'prepare' | 'start' | 'finish' | 'rest'>} Stage
 * @typedef {{ chunk: Chunk, pose: number }} Turn `pose`: loop time of the avatar's pose as the chunk begins, seconds
 * @typedef {{ completed: boolean, played: number, failed: number }} Spoken `completed` is false when it was stopped
 * @typedef {(type: string, detail: unknown) => void} Tell how the element's events go out
 */

/** A chunk that comes late leaves its predecessor's last frame standing; after this long the avatar idles instead. */
const HOLD_MS = 150;

/** One text being spoken: takes chunks off the wire, loads each while the one before it plays, tells what happens. */
export class Speech {
  /** @type {Feed<Turn>} */
  #feed = new Feed();
  #spoken = { completed: false, played: 0, failed: 0 };
  /** Pose of the next chunk to be received: every one begins where the one before it ends, seconds. */
  #pose;
  #stage;
  #tell;
  #signal;

  /**
   * @param {Stage} stage
   * @param {Tell} tell
   * @param {AbortSignal} signal stops everything
   * @param {number} [pose] loop time at which the server was asked to begin, seconds
   */
  constructor(stage, tell, signal, pose = 0) {
    this.#stage = stage;
    this.#tell = tell;
    this.#signal = signal;
    this.#pose = pose;
  }

  /**
   * @param {AsyncIterable<SpeechEvent>} events
   * @returns {Promise<Spoken>}
   * @throws {SpeechError} when the server fails; what it made before is played first
   */
  async run(events) {
    const received = quiet(this.#receive(events));
    try {
      await this.#play();
      await received;
      this.#spoken.completed = true;
      this.#stage.rest();
      this.#tell('done', this.#spoken);
    } catch (error) {
      this.#stage.rest();
      if (!this.#signal.aborted) {
        this.#tellError(error);
        throw error;
      }
    }
    return this.#spoken;
  }

  /**
   * Never waits for playing, so that neither the server nor the events are held up.
   *
   * @param {AsyncIterable<SpeechEvent>} events
   */
  async #receive(events) {
    try {
      for await (const event of events) {
        if (event.type === 'start') this.#tell('start', event.start);
        if (event.type === 'chunk') {
          this.#feed.push({ chunk: event.chunk, pose: this.#pose });
          // Whether or not it can be played here: the server's avatar moved on by it.
          this.#pose += event.chunk.duration;
          this.#tell('chunkready', event.chunk);
        }
        if (event.type === 'failed')
          this.#skip(event.chunk.index, new SpeechError(event.chunk.code, event.chunk.error));
      }
    } finally {
      this.#feed.end();
    }
  }

  async #play() {
    let chunk = await this.#next();
    while (chunk) {
      const performed = this.#attempt(chunk.index, this.#perform(chunk));
      const next = quiet(this.#next());
      if (await performed) this.#spoken.played++;
      chunk = await this.#patiently(next, chunk.index + 1);
    }
    this.#signal.throwIfAborted();
  }

  /** @returns {Promise<Chunk | undefined>} the next chunk that can be played, on stage; `undefined` after the last */
  async #next() {
    for (let turn = await this.#feed.next(); turn; turn = await this.#feed.next()) {
      if (await this.#attempt(turn.chunk.index, this.#enter(turn))) return turn.chunk;
    }
    return undefined;
  }

  /** @param {Turn} turn whose chunk loads while the one before it plays, and takes its place when that ends */
  async #enter({ chunk, pose }) {
    await this.#stage.prepare(chunk.videoUrl, this.#signal);
    await this.#stage.start(pose, this.#signal);
  }

  /** @param {Chunk} chunk the one on stage */
  async #perform(chunk) {
    this.#tell('chunkstart', chunk);
    const clock = new WordClock(chunk.words);
    const tellWords = (/** @type {number} */ time) => {
      for (const word of clock.due(time)) this.#tell('word', { index: chunk.index, ...word });
    };
    await this.#stage.finish(tellWords, this.#signal);
    this.#tell('chunkend', { index: chunk.index });
  }

  /**
   * @template T
   * @param {Promise<T>} next
   * @param {number} index of the chunk that may come late
   */
  async #patiently(next, index) {
    const late = setTimeout(() => {
      this.#stage.rest();
      this.#tell('buffering', { index });
    }, HOLD_MS);
    try {
      return await next;
    } finally {
      clearTimeout(late);
    }
  }

  /**
   * Tries something on a chunk's media. What fails costs that chunk alone.
   *
   * @param {number} index
   * @param {Promise<void>} action
   * @returns {Promise<boolean>} whether it worked
   */
  async #attempt(index, action) {
    try {
      await action;
      return true;
    } catch (cause) {
      this.#signal.throwIfAborted();
      this.#skip(index, new SpeechError('media', 'The chunk cannot be played', { cause }));
      return false;
    }
  }

  /**
   * @param {number} index
   * @param {SpeechError} error
   */
  #skip(index, error) {
    this.#spoken.failed++;
    this.#tellError(error, index);
  }

  /**
   * @param {unknown} error
   * @param {number} [index]
   */
  #tellError(error, index) {
    const { code, message, retryAfterSeconds } = /** @type {SpeechError} */ (error);
    this.#tell('error', { code, message, index, retryAfterSeconds });
  }
}

/**
 * The same promise, whose failure is met where it is awaited later and is no unhandled rejection until then.
 *
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
function quiet(promise) {
  promise.catch(() => {});
  return promise;
}
