import { avatarDetails, avatarListing, followAvatar } from './avatar-client.js';

/**
 * @typedef {import('./avatar-client.js').Avatar} Avatar
 * @typedef {import('./avatar-client.js').Asking} Asking
 * @typedef {import('./avatar-client.js').Listing} Listing
 */

const RETRY_MS = 1_500;
/** Browsers keep few connections to one server; more avatars than this wait to be followed. */
const MOST_FOLLOWED = 2;

/** The server's avatars as they are now: read, followed while they are prepared, and with their reports where wanted. */
export class AvatarList {
  #server;
  #how;
  /** @type {Listing | undefined} */ #listing;
  /** By id. @type {Map<string, Avatar>} */ #reported = new Map();
  /** Ids whose report is on its way. @type {Set<string>} */ #asked = new Set();
  /** @type {Set<string>} */ #followed = new Set();
  /** @type {Promise<void> | undefined} */ #reading;
  /** Whether what is being read may be older than what was asked for since. */
  #stale = false;

  /**
   * @param {URL} server
   * @param {object} how
   * @param {() => Asking} how.asking
   * @param {(listing: Listing) => void} how.onListing after it was read
   * @param {() => void} how.onChange after one of them has changed
   * @param {(thrown: unknown) => void} how.onFault of a request; a list that could not be read is asked for again
   */
  constructor(server, how) {
    this.#server = server;
    this.#how = how;
  }

  /** `undefined` until it was read once. */
  get listing() {
    return this.#listing;
  }

  get avatars() {
    return this.#listing?.avatars ?? [];
  }

  /** Whether this page may bring and delete avatars. */
  get uploads() {
    return this.#listing?.uploads ?? false;
  }

  /** Reads it again, patiently: the server may be loading. Whoever asks meanwhile waits for the same. */
  refresh() {
    this.#stale = true;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read() {
    const { asking, onListing, onFault } = this.#how;
    for (;;) {
      this.#stale = false;
      try {
        this.#listing = await avatarListing(this.#server, asking());
        if (!this.#stale) break;
      } catch (error) {
        onFault(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    onListing(this.#listing);
    for (const { id, state } of this.avatars) {
      if (state === 'preparing' && this.#followed.size < MOST_FOLLOWED && !this.#followed.has(id)) this.#follow(id);
    }
  }

  /** @param {string} id @returns {Avatar | undefined} with its report, which is asked for where it is not known yet */
  reported(id) {
    const known = this.#reported.get(id);
    if (!known && !this.#asked.has(id)) this.#learn(id);
    return known;
  }

  /** Another one may have that id from now on. @param {string} id */
  forget(id) {
    this.#reported.delete(id);
  }

  /** That one is no longer there. @param {string} id */
  drop(id) {
    this.forget(id);
    if (this.#listing) this.#listing.avatars = this.avatars.filter((avatar) => avatar.id !== id);
  }

  /** @param {string} id */
  async #follow(id) {
    this.#followed.add(id);
    try {
      for await (const now of followAvatar(this.#server, id, this.#how.asking())) {
        this.forget(id);
        if (this.#listing) this.#listing.avatars = this.avatars.map((avatar) => (avatar.id === id ? now : avatar));
        this.#how.onChange();
      }
    } catch {
      // The list tells what has become of it.
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    this.#followed.delete(id);
    await this.refresh();
  }

  /** @param {string} id */
  async #learn(id) {
    this.#asked.add(id);
    try {
      this.#reported.set(id, await avatarDetails(this.#server, id, this.#how.asking()));
      this.#how.onChange();
    } catch (error) {
      this.#how.onFault(error);
    }
    this.#asked.delete(id);
  }
}
