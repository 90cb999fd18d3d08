import { DelegateBackoff, handleWhen, type IRetryBackoffContext, retry } from 'cockatiel';
import { SoyleError } from '../errors.ts';
import { untilAborted } from './expiring.ts';
import { RemoteFault } from './remote-fault.ts';

export interface RetryOptions {
  /** Attempts in all. */
  attempts?: number;
  /** Pause after the first failure, twice as long after each further one; half of it is chance. */
  firstDelayMs?: number;
  longestDelayMs?: number;
  /** A server that asks for a longer pause is not waited for. */
  patienceMs?: number;
  /** All attempts and pauses together. */
  deadlineMs: number;
  /** What it rejects with then; `speech_timeout` when absent. */
  late?: () => Error;
  /** 0 … 1. */
  random?: () => number;
}

/**
 * Does the work again while it fails in a way that may pass. A server that asks for a longer pause (`Retry-After`) gets
 * it if patience and deadline allow; otherwise the failure stands at once. So does a time-out: whoever listens has waited long
 * enough, and another engine may speak at once. Rejects at once with the signal's reason.
 */
export async function retrying<T>(
  work: (signal: AbortSignal) => Promise<T>,
  {
    attempts = 3,
    firstDelayMs = 250,
    longestDelayMs = 4000,
    patienceMs = Number.POSITIVE_INFINITY,
    deadlineMs,
    late = () => new SoyleError('speech_timeout'),
    random = Math.random,
  }: RetryOptions,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  const end = performance.now() + deadlineMs;
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(late()), deadlineMs);
  const stop = AbortSignal.any([signal, ending.signal]);
  const backoff = new DelegateBackoff<IRetryBackoffContext<unknown>>(({ attempt, result }) => {
    const pause = Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1));
    return Math.max(pause / 2 + (random() * pause) / 2, 'error' in result ? askedFor(result.error) : 0);
  });
  const policy = retry(
    handleWhen((error) => {
      const pauseMs = askedFor(error);
      return isRetryable(error) && pauseMs <= patienceMs && performance.now() + pauseMs < end;
    }),
    { maxAttempts: attempts - 1, backoff },
  ).dangerouslyUnref();
  try {
    const done = policy.execute(() => {
      stop.throwIfAborted();
      return work(stop);
    }, stop);
    return await untilAborted(done, stop);
  } finally {
    clearTimeout(timer);
  }
}

const isRetryable = (error: unknown): boolean =>
  error instanceof SoyleError && error.retryable && error.code !== 'stopping' && error.code !== 'speech_timeout';
const askedFor = (error: unknown): number => (error instanceof RemoteFault ? (error.retryAfterMs ?? 0) : 0);
