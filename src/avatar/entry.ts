import { SoyleError } from '../errors.ts';
import type { AvatarFacts } from './facts.ts';
import type { PreparedAvatar } from './footage.ts';
import { unless } from './unless.ts';

/** One avatar of the library, from the moment its folder is seen until that is gone or another. */
export class Entry {
  facts: AvatarFacts;
  /** What the folder held when it was last looked at. */
  readonly signature: string;
  /** `added`: brought by somebody while this process runs. `remade`: what had been made of it was damaged. */
  readonly came: 'found' | 'added' | 'remade';
  /** Unix milliseconds. */
  readonly since = Date.now();
  /** Resolves, whatever comes of it, when the avatar is ready or has failed. */
  done: Promise<void> = Promise.resolve();
  ready?: PreparedAvatar;
  /** When it failed, Unix milliseconds, whether its folder was deleted then, and whether it took too long. */
  failure?: { at: number; deleted: boolean; late: boolean };
  readonly #stop = new AbortController();
  readonly #listeners = new Set<() => void>();

  constructor(facts: AvatarFacts, signature: string, came: Entry['came']) {
    this.facts = facts;
    this.signature = signature;
    this.came = came;
  }

  /** Aborts when nobody wants it any more. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  tell(change: Partial<AvatarFacts>): void {
    this.facts = { ...this.facts, ...change };
    this.#wake();
  }

  /** Ends its preparation; who follows it looks for what there is instead. */
  leave(reason = new SoyleError('aborted')): void {
    this.#stop.abort(reason);
    this.#wake();
  }

  /** Resolves at the next change; rejects with the signal's reason. */
  async changed(signal: AbortSignal): Promise<void> {
    let heard = (): void => undefined;
    const change = new Promise<void>((resolve) => {
      heard = resolve;
    });
    this.#listeners.add(heard);
    try {
      await unless(change, signal);
    } finally {
      this.#listeners.delete(heard);
    }
  }

  #wake(): void {
    for (const heard of this.#listeners) heard();
  }
}
