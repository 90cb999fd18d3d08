import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { BootError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { createWorkshop, type Workshop, type WorkshopOptions } from './workshop.ts';

const MODULE = new URL('../../test/fixtures/preparer-child.ts', import.meta.url);
const FRAMING = { eyes: 0.3, mouth: 0.6, aspect: 1 };

/** Child processes of this one. */
const children = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;

let workshop: Workshop;
afterEach(async () => {
  await workshop.close();
  await vi.waitFor(() => expect(children()).toBe(0), 5000);
});

const open = (options: Partial<WorkshopOptions> = {}): void => {
  workshop = createWorkshop({ module: MODULE, log: silentLog, ...options });
};

interface Wish {
  priority?: number;
  linger?: boolean;
  signal?: AbortSignal;
  cacheDir?: string;
}

function prepare(
  task: string,
  { priority = 0, linger = false, signal = new AbortController().signal, cacheDir = '' }: Wish = {},
): Promise<number[]> {
  const told: number[] = [];
  const order = { dir: `/avatars/${task}`, cacheDir, framing: FRAMING, modelSize: 64, modelsDir: '' };
  const programs = { ffmpegPath: undefined, ffprobePath: undefined };
  const onProgress = (_: string, progress: number) => void told.push(progress);
  return workshop.prepare({ ...order, ...programs }, { priority, linger, onProgress, signal }).then(() => told);
}

describe('the workshop', () => {
  it('prepares in a process that goes when there is nothing more to do', async () => {
    open({ idleMs: 1 });
    expect(await Promise.all([prepare('one'), prepare('two')])).toEqual([[0.5], [0.5]]);
    await vi.waitFor(() => expect(children()).toBe(0));
    await prepare('one', { linger: true });
    await vi.waitFor(() => expect(children()).toBe(0));
  });

  it('keeps the process for the next avatar, where one may follow', async () => {
    open();
    const [first] = await prepare('pid', { linger: true });
    await expect(prepare('faceless', { linger: true })).rejects.toBeInstanceOf(BootError);
    expect(await prepare('pid', { linger: true })).toEqual([first]);
  });

  it('starts the process while an avatar is still arriving, and only one', async () => {
    open();
    workshop.expect();
    workshop.expect();
    expect(children()).toBe(1);
    await prepare('one', { linger: true });
    expect(children()).toBe(1);
  });

  it('ends the process that was expected to be needed and was not', async () => {
    open({ idleMs: 1 });
    workshop.expect();
    await vi.waitFor(() => expect(children()).toBe(0));
    await workshop.close();
    workshop.expect();
    expect(children()).toBe(0);
  });

  it('tells a fault of the machine from one of the file', async () => {
    open();
    await expect(prepare('full')).rejects.toMatchObject({ code: 'storage_full' });
  });

  it('hands on why an avatar cannot be prepared, to operators and to clients', async () => {
    open();
    const failing = prepare('faceless');
    await expect(failing).rejects.toBeInstanceOf(BootError);
    await expect(failing).rejects.toMatchObject({
      message: 'No face in /secret/face.png',
      cause: { code: 'face_not_found' },
    });
  });

  it('outlives a process that crashes: it is asked once more, and the next one is prepared', async () => {
    open();
    const dir = await mkdtemp(join(tmpdir(), 'soyle-workshop-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    expect(await prepare('crash-once', { cacheDir: join(dir, 'crashed') })).toEqual([0.5]);
    const [crashed, next] = await Promise.allSettled([prepare('crash'), prepare('one')]);
    expect(crashed).toMatchObject({ status: 'rejected', reason: { code: 'preparation_failed' } });
    expect(next).toMatchObject({ status: 'fulfilled' });
  });

  it('ends what takes too long, and lets the next one have its turn', async () => {
    const error = vi.fn();
    open({ timeoutMs: 1000, log: { ...silentLog, error } as typeof silentLog });
    await expect(prepare('hang')).rejects.toMatchObject({ code: 'preparation_failed' });
    expect(error).toHaveBeenCalledOnce();
    await vi.waitFor(() => expect(children()).toBe(0));
  });

  it('ends it whatever is collected as garbage meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    open({ timeoutMs: 1000 });
    let ended = '';
    prepare('hang').catch(({ code }) => {
      ended = code;
    });
    const collecting = () => {
      collect();
      expect(ended).toBe('preparation_failed');
    };
    await vi.waitFor(collecting, { timeout: 10_000, interval: 50 });
  });

  it('starts another process where one could not be started', async () => {
    const { execPath } = process;
    const warn = vi.fn();
    open({ log: { ...silentLog, warn } as typeof silentLog });
    process.execPath = join(tmpdir(), 'no-such-program');
    workshop.expect();
    process.execPath = execPath;
    await vi.waitFor(() => expect(warn).toHaveBeenCalled());
    expect(await prepare('one')).toEqual([0.5]);
  });

  it('lets go of who leaves the line, at once', async () => {
    open();
    const stop = new AbortController();
    const leaving = new AbortController();
    const hanging = prepare('hang', { signal: stop.signal });
    const queued = prepare('one', { signal: leaving.signal });
    leaving.abort(new Error('enough'));
    await expect(queued).rejects.toThrow('enough');
    expect(children()).toBe(1);
    stop.abort(new Error('enough'));
    await expect(hanging).rejects.toThrow('enough');
  });

  it('ends what is no longer wanted, and takes the urgent first', async () => {
    open();
    const leaving = new AbortController();
    const hanging = prepare('hang', { signal: leaving.signal });
    const order: string[] = [];
    const waiting = ['late', 'early'].map((task) =>
      prepare(task, { priority: task === 'early' ? 1 : 0 }).then(() => order.push(task)),
    );
    leaving.abort(new Error('enough'));
    await expect(hanging).rejects.toThrow('enough');
    await Promise.all(waiting);
    expect(order).toEqual(['early', 'late']);
  });

  it('tells those who wait when it closes, and leaves no process', async () => {
    open();
    const ended = Promise.allSettled([prepare('hang'), prepare('one')]);
    await workshop.close();
    for (const one of await ended) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'stopping' } });
    await vi.waitFor(() => expect(children()).toBe(0));
  });
});
