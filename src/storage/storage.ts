export interface StoredFile {
  size: number;
  /** When it was stored, Unix milliseconds. */
  storedAt: number;
}

export interface StoredRead extends StoredFile {
  stream: ReadableStream<Uint8Array>;
}

/**
 * Where finished files live. Every implementation passes test/conformance/storage.ts.
 * Names are `<id>.<mp4|webm|wav>` with an id from ids.ts; anything else is refused before a path is built from it.
 */
export interface Storage {
  /** A new local path for a file being written (same file system as the store where there is one). */
  scratch(extension: string): Promise<string>;
  /** Moves a finished local file in, atomically: readers see all of it or nothing. */
  put(name: string, path: string): Promise<StoredFile>;
  stat(name: string): Promise<StoredFile | undefined>;
  /** `start` and `end` are inclusive byte positions. */
  read(name: string, range?: { start: number; end: number }): Promise<StoredRead | undefined>;
  remove(name: string): Promise<boolean>;
  /** Deletes files stored before `before` (Unix ms) unless they are being read; answers how many. */
  purge(before: number): Promise<number>;
  /** Deletes what crashed runs left in scratch space; answers how many. */
  clearScratch(): Promise<number>;
}
