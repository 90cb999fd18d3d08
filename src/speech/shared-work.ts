import { untilAborted } from './expiring.ts';

interface Job<T> {
  result: Promise<T>;
  waiting: number;
  leaving: AbortController;
}

/** Work that is done once for all who want the same at the same time. */
export class SharedWork<T> {
  readonly #jobs = new Map<string, Job<T>>();

  /**
   * The result of the job of that name, begun by whoever comes first. Rejects with what the job fails with, or at once
   * with the signal's reason: the job goes on for the others, and is aborted when nobody is left.
   */
  async run(name: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const job = this.#jobs.get(name) ?? this.#begin(name, work);
    job.waiting++;
    try {
      return await untilAborted(job.result, signal);
    } finally {
      job.waiting--;
      if (job.waiting === 0) {
        this.#end(name, job);
        job.leaving.abort(signal.reason);
      }
    }
  }

  #begin(name: string, work: (signal: AbortSignal) => Promise<T>): Job<T> {
    const leaving = new AbortController();
    const job = { result: work(leaving.signal), waiting: 0, leaving };
    this.#jobs.set(name, job);
    // Who comes after the end is not given what a failure or an older moment left.
    job.result.catch(() => undefined).finally(() => this.#end(name, job));
    return job;
  }

  #end(name: string, job: Job<T>): void {
    if (this.#jobs.get(name) === job) this.#jobs.delete(name);
  }
}
