import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Order } from '../../test/fixtures/speech-child.ts';
import { BootError, type SoyleError } from '../errors.ts';
import { forkModule } from '../fork.ts';
import { silentLog } from '../log.ts';
import { SupervisedChild, type SupervisedChildOptions } from './child.ts';

const DEADLINE_MS = 20_000;
const fixture = (name: string) => new URL(`../../test/fixtures/${name}.ts`, import.meta.url);
const unaborted = () => new AbortController().signal;
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('should have been rejected'),
    (error: SoyleError) => error,
  );

const children: { close(): Promise<void> }[] = [];

function supervise(name = 'speech-child', options: Partial<SupervisedChildOptions> = {}) {
  const child = new SupervisedChild<Order, { value: unknown; pid: number }, { pid: number }>({
    name: 'test',
    module: fixture(name),
    log: silentLog,
    ...options,
  });
  children.push(child);
  const ask = (order: Order, timeoutMs = DEADLINE_MS, signal = unaborted()) => child.ask(order, timeoutMs, signal);
  const echo = (value: unknown) => ask({ do: 'echo', value });
  return { child, ask, echo };
}

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(children.splice(0).map((child) => child.close()));
});

describe('SupervisedChild', () => {
  it('starts one process, however often it is asked to', async () => {
    const { child, echo } = supervise();
    const [first, second] = await Promise.all([child.start(), child.start()]);
    expect(second).toEqual(first);
    expect((await echo('x')).pid).toBe(first.pid);
    expect(child.pid).toBe(first.pid);
  });

  it('answers in the order of asking and carries typed arrays', async () => {
    const { echo } = supervise();
    const answers = await Promise.all([echo(1), echo(Int16Array.of(1, -2, 3)), echo('three')]);
    expect(answers.map(({ value }) => value)).toEqual([1, Int16Array.of(1, -2, 3), 'three']);
  });

  it('starts again after the process was killed while idle', async () => {
    const { child, echo } = supervise();
    const { pid } = await child.start();
    process.kill(pid, 'SIGKILL');
    expect((await echo('still here')).pid).not.toBe(pid);
  });

  it('repeats a request on a fresh process when the first one dies under it', async () => {
    const { child, ask } = supervise();
    const { pid } = await child.start();
    const answer = await ask({ do: 'exit', inProcess: pid });
    expect(answer.pid).not.toBe(pid);
  });

  it.each(['throw', 'exit'] as const)('fails a request that ends two processes (%s), and lives on', async (deed) => {
    const { ask, echo } = supervise();
    expect((await failure(ask({ do: deed }))).code).toBe('speech_failed');
    expect((await echo('next')).value).toBe('next');
  });

  it('kills a process that exceeds its deadline, and lives on', async () => {
    const { child, ask, echo } = supervise();
    const { pid } = await child.start();
    const late = failure(ask({ do: 'hang' }, 50));
    const waiting = echo('waited');
    expect((await late).code).toBe('speech_timeout');
    const answer = await waiting;
    expect(answer.value).toBe('waited');
    expect(answer.pid).not.toBe(pid);
  });

  it('rejects an aborted request at once, running or waiting, with the reason of its signal', async () => {
    const { child, ask } = supervise();
    await child.start();
    const reason = new Error('gone away');
    const running = new AbortController();
    const waiting = new AbortController();
    const both = [
      failure(ask({ do: 'hang' }, 200, running.signal)),
      failure(ask({ do: 'hang' }, DEADLINE_MS, waiting.signal)),
    ];
    const next = ask({ do: 'echo', value: 'next' });
    await new Promise(setImmediate);
    running.abort(reason);
    waiting.abort(reason);
    expect(await Promise.all(both)).toEqual([reason, reason]);
    expect((await next).value).toBe('next');
    await expect(ask({ do: 'hang' }, DEADLINE_MS, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('says why the process does not start, and leaves it alone for a while when that repeats', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { child, ask } = supervise('speech-child-broken');
    const boot = await failure(child.start());
    expect(boot).toBeInstanceOf(BootError);
    expect(boot.message).toBe('Speech engine "test" does not start: exit code 1');
    expect((await failure(ask({ do: 'echo', value: 1 }))).code).toBe('speech_failed');

    expect((await failure(child.start())).message).toMatch(/failed to start 2 times, last: exit code 1$/);
    vi.advanceTimersByTime(60_000);
    expect((await failure(child.start())).message).toMatch(/does not start: exit code 1$/);
    expect((await failure(child.start())).message).toMatch(/failed to start 3 times, last: exit code 1$/);
  });

  it('gives up on a process that never gets ready', async () => {
    const { child } = supervise('speech-child-mute', { startTimeoutMs: 50 });
    expect((await failure(child.start())).message).toMatch(/not ready within 50 ms/);
  });

  it('puts what the process says on stderr into the log', async () => {
    const lines: string[] = [];
    const log = pino({ base: null }, { write: (line: string) => lines.push(line) });
    const { child } = supervise('speech-child-broken', { log });
    await failure(child.start());
    await child.close();
    expect(lines.join('')).toContain('the model file is missing');
  });

  it('rejects what is under way and what comes later when it is closed', async () => {
    const { child, ask, echo } = supervise();
    const { pid } = await child.start();
    const rejected = [failure(ask({ do: 'hang' })), failure(echo('waiting'))];
    await new Promise(setImmediate);
    await child.close();
    expect(isRunning(pid)).toBe(false);
    expect(
      (await Promise.all([...rejected, failure(echo('late')), failure(child.start())])).map((e) => e.code),
    ).toEqual(['stopping', 'stopping', 'stopping', 'stopping']);
    await child.close();
  });

  it('keeps no program running once it is closed', async () => {
    const program = forkModule(fixture('speech-parent'), ['close']);
    expect(await new Promise((resolve) => program.once('exit', resolve))).toBe(0);
  });

  it('ends the process when the program that started it disappears', async () => {
    const program = forkModule(fixture('speech-parent'), ['orphan']);
    const { pid } = await new Promise<{ pid: number }>((resolve) =>
      program.once('message', (message) => resolve(message as { pid: number })),
    );
    expect(isRunning(pid)).toBe(true);
    program.kill('SIGKILL');
    await vi.waitUntil(() => !isRunning(pid), { timeout: DEADLINE_MS });
  });
});

/** A process that ended counts as ended even while nobody has collected its exit status. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
