import { describe, expect, it } from 'vitest';
import { Expiring } from './expiring.ts';

const unaborted = () => new AbortController().signal;

describe('Expiring', () => {
  function counted(ttlMs = 1000) {
    let now = 0;
    let loads = 0;
    const value = new Expiring(
      async () => ++loads,
      ttlMs,
      () => now,
    );
    return { value, get: () => value.get(unaborted()), wait: (ms: number) => (now += ms) };
  }

  it('loads once for its time, for all who ask at once', async () => {
    const { get, wait } = counted();
    expect(await Promise.all([get(), get()])).toEqual([1, 1]);
    wait(999);
    expect(await get()).toBe(1);
    wait(1);
    expect(await get()).toBe(2);
  });

  it('loads anew when it is told to', async () => {
    const { value, get } = counted();
    await get();
    value.clear();
    expect(await get()).toBe(2);
  });

  it('does not remember a failure', async () => {
    let fails = true;
    const value = new Expiring(async () => {
      if (fails) throw new Error('down');
      return 'up';
    }, 1000);
    await expect(value.get(unaborted())).rejects.toThrow('down');
    fails = false;
    expect(await value.get(unaborted())).toBe('up');
  });

  it('lets those go on waiting who did not leave', async () => {
    let loaded = (_: string): void => undefined;
    const value = new Expiring(() => new Promise<string>((resolve) => (loaded = resolve)), 1000);
    const leaving = new AbortController();
    const [left, stayed] = [value.get(leaving.signal), value.get(unaborted())];
    const reason = new Error('left');
    leaving.abort(reason);
    await expect(left).rejects.toBe(reason);
    loaded('here');
    expect(await stayed).toBe('here');
    await expect(value.get(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
