import type { FaceCrop, Pads } from '../types.ts';
import type { Framing } from './align.ts';
import type { Avatar } from './avatar.ts';
import type { Footage, PreparedAvatar } from './footage.ts';
import { frameAvatar } from './load.ts';

/** An avatar in someone's hands. */
export interface HeldAvatar {
  avatar: Avatar;
  /** Lets it be unloaded; may be called twice. */
  release(): void;
}

interface Opened {
  of: PreparedAvatar;
  footage: Promise<Footage>;
  /** Of the footage. */
  bytes: number;
  /** By framing, least recently used first: the frames are the same, crops and masks are not. */
  views: Map<string, View>;
  holders: number;
}

/** The avatar as one framing shows it, and what its masks and the crops made so far take. */
interface View {
  avatar: Avatar;
  bytes: number;
}

/** So many framings of an avatar are kept: requests may name any number of pads. */
const MAX_VIEWS = 3;

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
      const { avatar } = viewOf(opened, footage, wholePercents(framing));
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
        : { of, footage: this.#options.open(of), bytes: 0, views: new Map<string, View>(), holders: 0 };
    this.#opened.delete(id);
    this.#opened.set(id, opened);
    return opened;
  }

  #tidy(): void {
    let total = 0;
    for (const opened of this.#opened.values()) total += sizeOf(opened);
    for (const [id, opened] of this.#opened) {
      if (total <= this.#options.memoryBytes) return;
      if (opened.holders > 0) continue;
      this.#opened.delete(id);
      total -= sizeOf(opened);
    }
  }
}

/** The view of that framing, now the most recently used one; the least recently used is let go for it. */
function viewOf({ of, views }: Opened, footage: Footage, framing: Framing): View {
  const key = JSON.stringify(framing);
  const view = views.get(key) ?? counted(frameAvatar(of, footage, framing));
  views.delete(key);
  views.set(key, view);
  for (const oldest of views.keys()) if (views.size > MAX_VIEWS) views.delete(oldest);
  return view;
}

/** Nobody sees less than a percent, and every framing costs memory. */
const wholePercents = (framing: Framing): Framing =>
  framing.pads ? { ...framing, pads: framing.pads.map(Math.round) as unknown as Pads } : framing;

/** Counts what an avatar takes besides its footage: its masks now, its crops as they are made. */
function counted(avatar: Avatar): View {
  const masks = new Set(avatar.masks);
  const made = new WeakSet<FaceCrop>();
  const reference: Avatar['reference'] = (index, size) => {
    const crop = avatar.reference(index, size);
    if (!made.has(crop)) view.bytes += crop.data.byteLength;
    made.add(crop);
    return crop;
  };
  const bytes = [...masks].reduce((sum, mask) => sum + (mask?.data.byteLength ?? 0), 0);
  const view: View = { avatar: { ...avatar, reference }, bytes };
  return view;
}

const sizeOf = ({ bytes, views }: Opened): number => [...views.values()].reduce((sum, view) => sum + view.bytes, bytes);

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
