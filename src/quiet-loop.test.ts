import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fakeAvatar, fakeLips } from '../test/fixtures/studio.ts';
import type { AvatarFacts } from './avatar/facts.ts';
import { SoyleError } from './errors.ts';
import { silentLog } from './log.ts';
import { createQuietLoops, type QuietLoops } from './quiet-loop.ts';
import type { EncodeJob } from './video/encode.ts';

const KEY = 'a'.repeat(32);
let dir: string;
let jobs: EncodeJob[];
let held: number;
let loops: QuietLoops;
let failure: Error | undefined;
/** How many are encoded at the moment, and were at most, and what they wait for. */
let encoding: number;
let most: number;
let go: Promise<void> | undefined;
const warn = vi.fn();
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-quiet-'));
  [jobs, held, failure, encoding, most, go] = [[], 0, undefined, 0, 0, undefined];
  warn.mockClear();
  const avatar = fakeAvatar();
  const lips = fakeLips(async () => undefined);
  loops = createQuietLoops({
    ...{ model: 'ours', weights: '0123abcd' },
    log: { ...silentLog, warn } as typeof silentLog,
    async open() {
      held++;
      return { avatar: { ...avatar, mouthOpen: avatar.mouthOpen.map(() => true) }, lips, release: () => held-- };
    },
    async encode(job, signal) {
      jobs.push(job);
      most = Math.max(most, ++encoding);
      try {
        if (go) await Promise.race([go, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
        signal.throwIfAborted();
        for await (const _ of job.frames);
        await writeFile(job.outPath, 'half');
        if (failure) throw failure;
      } finally {
        encoding--;
      }
    },
  });
});
afterEach(async () => {
  await loops.close();
  await rm(dir, { recursive: true });
});

const facts = (openShare: number, more: Partial<AvatarFacts> = {}): AvatarFacts => ({
  ...{ id: 'talker', name: 'Talker', kind: 'video', state: 'ready', progress: 1, bundled: false, default: false },
  ...{ idlePath: join(dir, `${KEY}.mp4`), previewPath: join(dir, `${KEY}-preview.jpg`) },
  report: { mouth: { openShare } } as AvatarFacts['report'],
  ...more,
});

it('leaves closed lips and still pictures alone', async () => {
  expect(await loops.of(facts(0))).toBe(join(dir, `${KEY}.mp4`));
  expect(await loops.of(facts(0.5, { idlePath: undefined }))).toBeUndefined();
  expect(jobs).toEqual([]);
});

it('makes a loop with closed lips once, for all who ask, and keeps it', async () => {
  const path = join(dir, `${KEY}-quiet-ours.0123abcd.mp4`);
  expect(await Promise.all([loops.of(facts(0.2)), loops.of(facts(0.2))])).toEqual([path, path]);
  expect(await loops.of(facts(0.2))).toBe(path);
  expect(jobs).toMatchObject([{ width: 8, height: 8, frameCount: 5 }]);
  expect(await readdir(dir)).toEqual([`${KEY}-quiet-ours.0123abcd.mp4`]);
  expect(held).toBe(0);
});

it('shows the avatar’s own where none can be made, and leaves nothing half made', async () => {
  failure = new Error('full');
  expect(await loops.of(facts(0.2))).toBe(join(dir, `${KEY}.mp4`));
  expect([await readdir(dir), held]).toEqual([[], 0]);
  expect(warn).toHaveBeenCalledOnce();
});

const another = (key: string) => facts(0.2, { previewPath: join(dir, `${key.repeat(32)}-preview.jpg`) });

it('makes one after the other', async () => {
  await Promise.all(['a', 'b', 'c'].map((key) => loops.of(another(key))));
  expect(jobs.length).toBe(3);
  expect(most).toBe(1);
});

it('makes nothing for one who left before it began', async () => {
  const left = new AbortController();
  const asked = loops.of(facts(0.2), left.signal);
  left.abort(new SoyleError('aborted'));
  await expect(asked).rejects.toMatchObject({ code: 'aborted' });
  await loops.close();
  expect([jobs, await readdir(dir)]).toEqual([[], []]);
});

it('makes nothing for those who have left, and goes on while one waits', async () => {
  let free = (): void => undefined;
  go = new Promise((resolve) => {
    free = resolve;
  });
  const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()];
  const [one, other] = [first, second].map(({ signal }) => loops.of(another('a'), signal));
  const unborn = loops.of(another('b'), third.signal);
  const wanted = loops.of(another('c'));
  await vi.waitFor(() => expect(encoding).toBe(1));
  third.abort(new SoyleError('aborted'));
  first.abort(new SoyleError('aborted'));
  await expect(unborn).rejects.toMatchObject({ code: 'aborted' });
  await expect(one).rejects.toMatchObject({ code: 'aborted' });
  expect(encoding).toBe(1);
  second.abort(new SoyleError('aborted'));
  await expect(other).rejects.toMatchObject({ code: 'aborted' });
  const again = loops.of(another('a'));
  free();
  await Promise.all([wanted, again]);
  expect(jobs.length).toBe(3);
  expect((await readdir(dir)).sort()).toEqual(['a', 'c'].map((key) => `${key.repeat(32)}-quiet-ours.0123abcd.mp4`));
  expect([held, warn.mock.calls]).toEqual([0, []]);
});

it('makes it anew for other weights of the model, and deletes that of the old ones alone', async () => {
  const older = [`${KEY}-quiet-ours.mp4`, `${KEY}-quiet-ours.ffffffff.mp4`];
  const others = [`${KEY}-quiet-ours-2.ffffffff.mp4`, `${'b'.repeat(32)}-quiet-ours.ffffffff.mp4`, `${KEY}.mp4`];
  for (const name of [...older, ...others]) await writeFile(join(dir, name), '');
  await loops.of(facts(0.2));
  expect((await readdir(dir)).sort()).toEqual([...others, `${KEY}-quiet-ours.0123abcd.mp4`].sort());
});

it('warns of nothing where the avatar is deleted meanwhile', async () => {
  const cache = join(dir, 'gone');
  await mkdir(cache);
  let free = (): void => undefined;
  go = new Promise((resolve) => {
    free = resolve;
  });
  const asked = loops.of(facts(0.2, { previewPath: join(cache, `${KEY}-preview.jpg`) }));
  await vi.waitFor(() => expect(encoding).toBe(1));
  await rename(cache, join(dir, '.draft'));
  free();
  await asked;
  expect([warn.mock.calls, held]).toEqual([[], 0]);
});
