import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JobEvent, JobQueue, RenderJob } from '../../src/jobs/job.ts';
import type { Runner } from '../../src/jobs/runner.ts';

export interface QueueUnderTest {
  run: Runner;
  concurrency: number;
  maxWaiting: number;
}

const job = (text: string): RenderJob => ({
  requestId: text,
  kind: 'chunks',
  text,
  language: 'ru',
  chunkSize: 15,
  split: 'words',
});
const forever = (): AbortSignal => new AbortController().signal;

/** A runner whose chunks are the job's words; each waits for its turn and, when `gate` is given, for it to open. */
function wordRunner(log: string[], gate: Promise<void> = Promise.resolve()): Runner {
  return async function* (given, { turn }, signal) {
    const words = given.text.split(' ');
    yield { type: 'start', texts: words };
    try {
      for (const [index, text] of words.entries()) {
        await turn(async () => {
          log.push(text);
          await Promise.race([gate, aborted(signal)]);
        }, signal);
        signal.throwIfAborted();
        yield {
          type: 'chunk',
          chunk: { index, text, id: `${index}`, durationMs: 40, endPose: 1, format: 'mp4', words: [] },
        };
      }
    } finally {
      log.push(`end of ${words[0]}`);
    }
  };
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

async function collect(events: AsyncIterable<JobEvent>): Promise<string[]> {
  const texts: string[] = [];
  for await (const event of events) if (event.type === 'chunk') texts.push(event.chunk.text);
  return texts;
}

/** What every queue must do, in one process or through Redis. */
export function describeJobQueue(name: string, create: (options: QueueUnderTest) => JobQueue): void {
  describe(`JobQueue: ${name}`, () => {
    let queue: JobQueue;
    afterEach(() => queue.close());

    it('passes a job’s events on in order', async () => {
      queue = create({ run: wordRunner([]), concurrency: 1, maxWaiting: 0 });
      const types: string[] = [];
      for await (const event of queue.run(job('а б'), forever())) types.push(event.type);
      expect(types).toEqual(['start', 'chunk', 'chunk']);
      expect(queue.depth()).toEqual({ active: 0, waiting: 0 });
    });

    it('lets a long and a short job advance side by side', async () => {
      const log: string[] = [];
      queue = create({ run: wordRunner(log), concurrency: 1, maxWaiting: 1 });
      await Promise.all([
        collect(queue.run(job('a1 a2 a3 a4 a5'), forever())),
        collect(queue.run(job('b1'), forever())),
      ]);
      expect(log.indexOf('b1')).toBeLessThan(log.indexOf('a3'));
    });

    it('refuses a job when the line is full, and takes one again when a place is free', async () => {
      let open: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      queue = create({ run: wordRunner([], gate), concurrency: 1, maxWaiting: 1 });
      const running = [collect(queue.run(job('a'), forever())), collect(queue.run(job('b'), forever()))];
      expect(() => queue.run(job('c'), forever())).toThrow(
        expect.objectContaining({ code: 'queue_full', status: 429 }),
      );
      open();
      await Promise.all(running);
      expect(await collect(queue.run(job('d'), forever()))).toEqual(['d']);
    });

    it('stops a running and a waiting job when their signals abort, and gives their places back', async () => {
      const log: string[] = [];
      queue = create({ run: wordRunner(log, new Promise(() => undefined)), concurrency: 1, maxWaiting: 1 });
      const [first, second] = [new AbortController(), new AbortController()];
      const results = Promise.allSettled([
        collect(queue.run(job('a'), first.signal)),
        collect(queue.run(job('b'), second.signal)),
      ]);
      second.abort(new Error('b left'));
      first.abort(new Error('a left'));
      expect(await results).toMatchObject([{ reason: { message: 'a left' } }, { reason: { message: 'b left' } }]);
      expect(log).not.toContain('b');
      expect(queue.depth()).toEqual({ active: 0, waiting: 0 });
    });

    it('keeps the turn of aborted work until that work has ended, and counts it until then', async () => {
      let atOnce = 0;
      let most = 0;
      const ends: (() => void)[] = [];
      const slow: Runner = async function* (given, { turn }, signal) {
        yield { type: 'start', texts: [given.text] };
        await turn(async () => {
          most = Math.max(most, ++atOnce);
          await new Promise<void>((resolve) => ends.push(resolve));
          atOnce--;
        }, signal);
        signal.throwIfAborted();
      };
      queue = create({ run: slow, concurrency: 1, maxWaiting: 5 });
      const clients = ['a', 'b', 'c'].map((text) => {
        const client = new AbortController();
        return { client, left: collect(queue.run(job(text), client.signal)).catch((error) => error) };
      });
      await vi.waitFor(() => expect(ends.length).toBe(1));
      for (const { client } of clients) client.abort(new Error('left'));
      const next = collect(queue.run(job('d'), forever()));
      let closed = false;
      expect(queue.depth().active).toBe(1);
      ends[0]!();
      await vi.waitFor(() => expect(ends.length).toBe(2));
      const closing = queue.close().then(() => {
        closed = true;
      });
      await Promise.all(clients.map(({ left }) => left));
      expect(closed).toBe(false);
      ends[1]!();
      await expect(next).rejects.toMatchObject({ code: 'stopping' });
      await closing;
      expect(most).toBe(1);
    });

    it('stops the work of a consumer that leaves the loop', async () => {
      const log: string[] = [];
      queue = create({ run: wordRunner(log), concurrency: 1, maxWaiting: 0 });
      for await (const event of queue.run(job('a b c'), forever())) if (event.type === 'chunk') break;
      expect(log).toEqual(['a', 'end of a']);
      expect(await collect(queue.run(job('d'), forever()))).toEqual(['d']);
    });

    it('passes a job’s failure on and serves the next', async () => {
      const failing: Runner = async function* (given, engines, signal) {
        if (given.text === 'bad') throw new Error('broken');
        yield* wordRunner([])(given, engines, signal);
      };
      queue = create({ run: failing, concurrency: 1, maxWaiting: 0 });
      await expect(collect(queue.run(job('bad'), forever()))).rejects.toThrow('broken');
      expect(await collect(queue.run(job('good'), forever()))).toEqual(['good']);
    });

    it('on close aborts what runs, waits for its end and refuses what comes', async () => {
      const log: string[] = [];
      queue = create({ run: wordRunner(log, new Promise(() => undefined)), concurrency: 1, maxWaiting: 0 });
      const running = collect(queue.run(job('a'), forever())).catch((error) => error.code);
      // Asked twice at once, as a second Ctrl-C does: both are answered.
      await Promise.all([queue.close(), queue.close()]);
      expect(log).toContain('end of a');
      expect(await running).toBe('stopping');
      expect(() => queue.run(job('b'), forever())).toThrow(expect.objectContaining({ code: 'stopping' }));
    });
  });
}
