import { afterEach, describe, expect, it, vi } from 'vitest';
import { BootError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { createWorkshop, type Workshop } from './workshop.ts';

const MODULE = new URL('../../test/fixtures/preparer-child.ts', import.meta.url);
const FRAMING = { eyes: 0.3, mouth: 0.6, aspect: 1 };

/** Child processes of this one. */
const children = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;

let workshop: Workshop;
afterEach(() => workshop.close());

const open = (timeoutMs?: number): void => {
  workshop = createWorkshop({ module: MODULE, log: silentLog, timeoutMs });
};

function prepare(task: string, { priority = 0, signal = new AbortController().signal } = {}): Promise<number[]> {
  const told: number[] = [];
  const order = { dir: `/avatars/${task}`, cacheDir: '', framing: FRAMING, modelSize: 64, modelsDir: '' };
  const programs = { ffmpegPath: undefined, ffprobePath: undefined };
  const onProgress = (_: string, progress: number) => void told.push(progress);
  return workshop.prepare({ ...order, ...programs }, { priority, onProgress, signal }).then(() => told);
}

describe('the workshop', () => {
  it('prepares in a process that goes when there is nothing more to do', async () => {
    open();
    expect(await Promise.all([prepare('one'), prepare('two')])).toEqual([[0.5], [0.5]]);
    await vi.waitFor(() => expect(children()).toBe(0));
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

  it('outlives a process that crashes: the file is to blame, the next one is prepared', async () => {
    open();
    const [crashed, next] = await Promise.allSettled([prepare('crash'), prepare('one')]);
    expect(crashed).toMatchObject({ status: 'rejected', reason: { code: 'media_damaged' } });
    expect(next).toMatchObject({ status: 'fulfilled' });
  });

  it('ends what takes too long', async () => {
    open(1500);
    await expect(prepare('hang')).rejects.toMatchObject({ code: 'media_damaged' });
    await vi.waitFor(() => expect(children()).toBe(0));
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
