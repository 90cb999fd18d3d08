import { afterEach, describe, expect, it, vi } from 'vitest';
import { SoyleError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { Breaker } from './breaker.ts';
import { RemoteFault, statusFault } from './remote-fault.ts';

const fault = () => new RemoteFault('down', { retryable: true });

describe('Breaker', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  function broken(error: () => unknown) {
    const breaker = new Breaker({ name: 'test', log: silentLog, failures: 3, pauseMs: 1000 });
    const work = vi.fn(async (): Promise<string> => {
      throw error();
    });
    return { breaker, work, fail: () => breaker.run(work).catch((why: unknown) => why) };
  }

  it('lets nothing through after failures in a row, and one request after a pause', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { breaker, work, fail } = broken(fault);
    for (let i = 0; i < 3; i++) await fail();
    expect(await fail()).toMatchObject({ code: 'speech_failed', retryable: false });
    expect(work).toHaveBeenCalledTimes(3);

    vi.advanceTimersByTime(1000);
    await fail();
    expect(work).toHaveBeenCalledTimes(4);
    expect(await fail()).toMatchObject({ retryable: false });
    expect(work).toHaveBeenCalledTimes(4);

    vi.advanceTimersByTime(1000);
    work.mockResolvedValue('speech');
    expect(await breaker.run(work)).toBe('speech');
    expect(await breaker.run(work)).toBe('speech');
  });

  it('counts only failures in a row', async () => {
    const { breaker, work, fail } = broken(fault);
    for (let i = 0; i < 10; i++) {
      await fail();
      await fail();
      await breaker.run(async () => 'speech');
    }
    expect(work).toHaveBeenCalledTimes(20);
  });

  it.each([
    ['a client that left', () => new Error('the client left')],
    ['a wrong request', () => new SoyleError('invalid_request')],
    ['a text that the server does not like', () => statusFault('test', 422, undefined)],
  ])('does not blame the engine for %s', async (_, error) => {
    const { work, fail } = broken(error);
    for (let i = 0; i < 10; i++) await fail();
    expect(work).toHaveBeenCalledTimes(10);
  });
});
