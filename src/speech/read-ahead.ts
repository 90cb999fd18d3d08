/** So much sound waits for a listener; three minutes at 22 kHz. */
const MAX_BYTES = 8 * 1024 * 1024;

export interface ReadAheadOptions {
  /** Ends the reading; the listener gets its reason. */
  signal: AbortSignal;
  /** Called once the listener has heard everything or has left. */
  leave: () => void;
  maxBytes?: number;
}

/** A sound that is read as fast as it is made, so that whoever makes it need not wait for whoever listens. */
export class ReadAhead {
  /** To be iterated once. */
  readonly pcm: AsyncIterable<Int16Array>;
  /**
   * Resolves when the sound has been made, or the listener is as far behind as may be: from then on it sets the pace.
   * Rejects with what broke it.
   */
  readonly made: Promise<void>;
  readonly #signal: AbortSignal;
  readonly #maxBytes: number;
  readonly #pieces: Int16Array[] = [];
  #bytes = 0;
  #ended = false;
  #wake: () => void = () => {};
  readonly #stopped = () => this.#wake();

  constructor(source: AsyncIterable<Int16Array>, { signal, leave, maxBytes = MAX_BYTES }: ReadAheadOptions) {
    this.#signal = signal;
    this.#maxBytes = maxBytes;
    signal.addEventListener('abort', this.#stopped, { once: true });
    let behind: () => void = () => {};
    const full = new Promise<void>((resolve) => {
      behind = resolve;
    });
    const whole = this.#read(source, behind).finally(() => {
      this.#ended = true;
      this.#wake();
    });
    this.made = Promise.race([whole, full]);
    this.pcm = this.#listen(whole, leave);
  }

  async #read(source: AsyncIterable<Int16Array>, behind: () => void): Promise<void> {
    for await (const piece of source) {
      this.#pieces.push(piece);
      this.#bytes += piece.byteLength;
      this.#wake();
      while (this.#bytes >= this.#maxBytes) {
        this.#signal.throwIfAborted();
        behind();
        await this.#change();
      }
    }
  }

  async *#listen(whole: Promise<void>, leave: () => void): AsyncGenerator<Int16Array> {
    try {
      for (;;) {
        this.#signal.throwIfAborted();
        const piece = this.#pieces.shift();
        if (piece) {
          this.#bytes -= piece.byteLength;
          this.#wake();
          yield piece;
        } else if (this.#ended) {
          return await whole;
        } else {
          await this.#change();
        }
      }
    } finally {
      this.#signal.removeEventListener('abort', this.#stopped);
      leave();
    }
  }

  /** Only one side waits at a time: the listener for sound, or the reader for room. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
