import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SoyleError } from '../errors.ts';
import { RemoteFault } from './remote-fault.ts';
import { retrying } from './retry.ts';

const unaborted = () => new AbortController().signal;
const passing = (retryAfterMs?: number) => new RemoteFault('busy', { retryable: true, retryAfterMs });
const lasting = () => new RemoteFault('gone', { retryable: false });

/** Fails with each of these in turn, then succeeds; remembers when it was tried. */
function failing(...faults: unknown[]) {
  const tried: number[] = [];
  const work = async () => {
    tried.push(performance.now());
    const fault = faults.shift();
    if (fault) throw fault;
    return 'done';
  };
  return { work, pauses: () => tried.slice(1).map((at, i) => Math.round(at - tried[i]!)), tried };
}

describe('retrying', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const done = async <T>(promise: Promise<T>): Promise<T | unknown> => {
    const settled = promise.catch((error: unknown) => error);
    await vi.runAllTimersAsync();
    return settled;
  };

  it('waits longer each time, by chance between half a pause and a whole one', async () => {
    for (const [random, pauses] of [
      [0, [100, 200, 400]],
      [1, [200, 400, 800]],
    ] as const) {
      const { work, pauses: seen } = failing(passing(), passing(), passing());
      const options = { attempts: 4, firstDelayMs: 200, deadlineMs: 60_000, random: () => random };
      expect(await done(retrying(work, options, unaborted()))).toBe('done');
      expect(seen()).toEqual(pauses);
    }
  });

  it('waits as long as the server asks', async () => {
    const { work, pauses } = failing(passing(7000));
    expect(await done(retrying(work, { deadlineMs: 10_000 }, unaborted()))).toBe('done');
    expect(pauses()).toEqual([7000]);
  });

  it('gives up at once when the server asks for more than there is time', async () => {
    const fault = passing(7000);
    const { work, tried } = failing(fault);
    expect(await done(retrying(work, { deadlineMs: 5000 }, unaborted()))).toBe(fault);
    expect(tried).toHaveLength(1);
  });

  it('waits no longer than it has patience', async () => {
    const fault = passing(1001);
    const { work, tried } = failing(passing(1000), fault);
    expect(await done(retrying(work, { deadlineMs: 10_000, patienceMs: 1000 }, unaborted()))).toBe(fault);
    expect(tried).toHaveLength(2);
  });

  it.each([
    ['what will not pass', lasting()],
    ['a time-out', new RemoteFault('silent', { code: 'speech_timeout', retryable: true })],
    ['a wrong request', new SoyleError('invalid_request')],
    ['a closed engine', new SoyleError('stopping')],
    ['a defect', new TypeError('x is not a function')],
  ])('does not repeat %s', async (_, fault) => {
    const { work, tried } = failing(fault);
    expect(await done(retrying(work, { deadlineMs: 5000 }, unaborted()))).toBe(fault);
    expect(tried).toHaveLength(1);
  });

  it('gives up after the last attempt with the last failure', async () => {
    const last = passing();
    const { work, tried } = failing(passing(), passing(), last, passing());
    expect(await done(retrying(work, { deadlineMs: 60_000 }, unaborted()))).toBe(last);
    expect(tried).toHaveLength(3);
  });

  it('ends at the deadline, under way or waiting, and says so to the work', async () => {
    let stopped: AbortSignal | undefined;
    const hanging = retrying(
      (signal) => {
        stopped = signal;
        return new Promise(() => {});
      },
      { deadlineMs: 300 },
      unaborted(),
    );
    expect(await done(hanging)).toMatchObject({ code: 'speech_timeout' });
    expect(stopped?.aborted).toBe(true);
    const { work } = failing(passing(), passing());
    const options = { firstDelayMs: 1000, deadlineMs: 300, random: () => 1 };
    expect(await done(retrying(work, options, unaborted()))).toMatchObject({ code: 'speech_timeout' });
  });

  it('rejects at once with the reason of its signal, even while it waits', async () => {
    const reason = new Error('the client left');
    const { work, tried } = failing(passing(), passing());
    const leaving = new AbortController();
    const waiting = retrying(work, { deadlineMs: 60_000, firstDelayMs: 4000 }, leaving.signal).catch((error) => error);
    await vi.advanceTimersByTimeAsync(10);
    leaving.abort(reason);
    expect(await waiting).toBe(reason);
    await vi.runAllTimersAsync();
    expect(tried).toHaveLength(1);
    await expect(retrying(work, { deadlineMs: 9 }, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
