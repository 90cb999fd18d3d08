import { describe, expect, it } from 'vitest';
import { SharedWork } from './shared-work.ts';

const ticks = async () => {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
};

/** Work that ends when it is told to. */
function working() {
  const shared = new SharedWork<string>();
  const jobs: { finish(): void; fail(error: Error): void; signal: AbortSignal }[] = [];
  const work = (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      jobs.push({ finish: () => resolve('done'), fail: reject, signal });
    });
  const ask = (name = 'a', signal = new AbortController().signal) =>
    shared.run(name, work, signal).catch((error: unknown) => error);
  return { ask, jobs };
}

describe('SharedWork', () => {
  it('does the same once at a time', async () => {
    const { ask, jobs } = working();
    const asked = [ask(), ask(), ask('b')];
    expect(jobs).toHaveLength(2);
    for (const { finish } of jobs) finish();
    expect(await Promise.all(asked)).toEqual(['done', 'done', 'done']);
    void ask();
    expect(jobs).toHaveLength(3);
  });

  it('goes on for those that stay, and ends when the last one leaves', async () => {
    const { ask, jobs } = working();
    const [first, second] = [new AbortController(), new AbortController()];
    const asked = [ask('a', first.signal), ask('a', second.signal)];
    const [why, whyToo] = [new Error('left'), new Error('left too')];
    first.abort(why);
    expect(await asked[0]).toBe(why);
    expect(jobs[0]!.signal.aborted).toBe(false);
    second.abort(whyToo);
    expect(await asked[1]).toBe(whyToo);
    expect(jobs[0]!.signal.reason).toBe(whyToo);
    void ask();
    expect(jobs).toHaveLength(2);
  });

  it('fails for all, and is tried again by whoever asks then', async () => {
    const { ask, jobs } = working();
    const asked = [ask(), ask()];
    const fault = new Error('down');
    jobs[0]!.fail(fault);
    expect(await Promise.all(asked)).toEqual([fault, fault]);
    await ticks();
    void ask();
    expect(jobs).toHaveLength(2);
  });
});
