import type { Framing } from './align.ts';
import type { Avatar } from './avatar.ts';
import { type Footage, frameAvatar, type PreparedAvatar } from './load.ts';

/** An avatar in someone's hands. */
export interface HeldAvatar {
  avatar: Avatar;
  /** Lets it be unloaded; may be called twice. */
  release(): void;
}

interface Opened {
  of: PreparedAvatar;
  footage: Promise<Footage>;
  bytes: number;
  /** By framing: the frames are the same, the crops are not. */
  views: Map<string, Avatar>;
  holders: number;
}

export interface ShelfOptions {
  /** Beyond it the avatars that were not used for the longest time are let go, but never one in use. */
  memoryBytes: number;
  open(of: PreparedAvatar): Promise<Footage>;
}

/** The avatars whose frames are in memory, opened when they are wanted. */
export class AvatarShelf {
  readonly #options: ShelfOptions;
  /** Least recently used first. */
  readonly #opened = new Map<string, Opened>();

  constructor(options: ShelfOptions) {
    this.#options = options;
  }

  /** The avatar as a model wants to see it. Rejects as `open` does, or with the signal's reason. */
  async take(of: PreparedAvatar, framing: Framing, signal?: AbortSignal): Promise<HeldAvatar> {
    signal?.throwIfAborted();
    const { id } = of.source;
    const opened = this.#find(of);
    opened.holders++;
    const release = once(() => {
      opened.holders--;
      this.#tidy();
    });
    try {
      const footage = await opened.footage;
      opened.bytes = bytesOf(footage);
      this.#tidy();
      signal?.throwIfAborted();
      const key = JSON.stringify(framing);
      const avatar = opened.views.get(key) ?? frameAvatar(of, footage, framing);
      opened.views.set(key, avatar);
      return { avatar, release };
    } catch (error) {
      release();
      if (this.#opened.get(id) === opened && opened.bytes === 0) this.#opened.delete(id);
      throw error;
    }
  }

  /** Forgets an avatar; who holds it keeps it. */
  drop(id: string): void {
    this.#opened.delete(id);
  }

  #find(of: PreparedAvatar): Opened {
    const { id } = of.source;
    const found = this.#opened.get(id);
    const opened =
      found?.of.prepared === of.prepared
        ? found
        : { of, footage: this.#options.open(of), bytes: 0, views: new Map<string, Avatar>(), holders: 0 };
    this.#opened.delete(id);
    this.#opened.set(id, opened);
    return opened;
  }

  #tidy(): void {
    let total = 0;
    for (const { bytes } of this.#opened.values()) total += bytes;
    for (const [id, { bytes, holders }] of this.#opened) {
      if (total <= this.#options.memoryBytes) return;
      if (holders > 0) continue;
      this.#opened.delete(id);
      total -= bytes;
    }
  }
}

function bytesOf({ frames, faces }: Footage): number {
  const pictures = new Set(frames.map(({ data }) => data));
  const points = faces.reduce((sum, face) => sum + (face?.points.byteLength ?? 0), 0);
  return [...pictures].reduce((sum, { byteLength }) => sum + byteLength, points);
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}
