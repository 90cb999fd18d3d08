import PQueue from 'p-queue';
import { SoyleError } from '../errors.ts';
import type { JobEvent, JobQueue, RenderJob } from './job.ts';
import type { Runner } from './runner.ts';

export interface MemoryQueueOptions {
  run: Runner;
  /** Chunks rendered at once, over all jobs. */
  concurrency: number;
  /** Jobs that may wait beyond those being rendered; one more is `queue_full`. */
  maxWaiting: number;
}

/**
 * The queue of a single process. Every job taken in works at once, but each of its chunks waits for one of
 * `concurrency` turns, first come first served: a long text and a short one advance side by side.
 */
export function createMemoryQueue({ run, concurrency, maxWaiting }: MemoryQueueOptions): JobQueue {
  const turns = new PQueue({ concurrency });
  const closing = new AbortController();
  let jobs = 0;
  const waitingForEnd: (() => void)[] = [];

  async function* follow(job: RenderJob, signal: AbortSignal): AsyncGenerator<JobEvent> {
    const leaving = new AbortController();
    const stop = AbortSignal.any([signal, leaving.signal, closing.signal]);
    try {
      stop.throwIfAborted();
      yield* run(job, { turn: (work, signal) => takeTurn(turns, work, signal) }, stop);
    } finally {
      leaving.abort(new SoyleError('aborted'));
      jobs--;
      if (jobs === 0) for (const ended of waitingForEnd.splice(0)) ended();
    }
  }

  return {
    run(job, signal) {
      if (closing.signal.aborted) throw new SoyleError('stopping');
      if (jobs >= concurrency + maxWaiting) throw new SoyleError('queue_full');
      jobs++;
      return follow(job, signal);
    },
    depth() {
      return { active: turns.pending, waiting: Math.max(0, jobs - turns.pending) };
    },
    async close() {
      closing.abort(new SoyleError('stopping'));
      if (jobs > 0) await new Promise<void>((resolve) => waitingForEnd.push(resolve));
    },
  };
}

/**
 * Does `work` when it is its turn. An abort takes back what still waits; what has begun keeps its turn until it has
 * ended, because it ends by the same signal and goes on using the machine until then.
 */
async function takeTurn<T>(turns: PQueue, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const waiting = new AbortController();
  const giveUp = (): void => waiting.abort(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  const begin = (): Promise<T> => {
    signal.removeEventListener('abort', giveUp);
    return work();
  };
  return turns.add(begin, { signal: waiting.signal });
}
