/** Something slow to learn that stays true for a while, such as what a server can do. */
export class Expiring<T> {
  readonly #load: () => Promise<T>;
  readonly #ttlMs: number;
  readonly #now: () => number;
  #loading: { value: Promise<T>; since: number } | undefined;

  /** `now` in milliseconds; by default a clock that nobody sets. */
  constructor(load: () => Promise<T>, ttlMs: number, now: () => number = () => performance.now()) {
    this.#load = load;
    this.#ttlMs = ttlMs;
    this.#now = now;
  }

  /**
   * The value, loaded once for all who ask at the same time. A load that fails is not remembered. Rejects at once with
   * the signal's reason, if there is one; the load goes on for the others.
   */
  get(signal?: AbortSignal): Promise<T> {
    if (!this.#loading || this.#now() - this.#loading.since >= this.#ttlMs) {
      const loading = { value: this.#load(), since: this.#now() };
      loading.value.catch(() => this.#forget(loading));
      this.#loading = loading;
    }
    const { value } = this.#loading;
    return signal ? untilAborted(value, signal) : value;
  }

  /** Loads it anew next time. */
  clear(): void {
    this.#loading = undefined;
  }

  #forget(failed: { value: Promise<T> }): void {
    if (this.#loading?.value === failed.value) this.#loading = undefined;
  }
}

/** The same promise; rejects with the signal's reason as soon as that aborts. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
