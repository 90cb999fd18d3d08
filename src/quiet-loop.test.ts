import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fakeAvatar, fakeLips } from '../test/fixtures/studio.ts';
import type { AvatarFacts } from './avatar/facts.ts';
import { silentLog } from './log.ts';
import { createQuietLoops, type QuietLoops } from './quiet-loop.ts';
import type { EncodeJob } from './video/encode.ts';

const KEY = 'a'.repeat(32);
let dir: string;
let jobs: EncodeJob[];
let held: number;
let loops: QuietLoops;
let failure: Error | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-quiet-'));
  [jobs, held, failure] = [[], 0, undefined];
  const avatar = fakeAvatar();
  const lips = fakeLips(async () => undefined);
  loops = createQuietLoops({
    model: 'ours',
    log: silentLog,
    async open() {
      held++;
      return { avatar: { ...avatar, mouthOpen: avatar.mouthOpen.map(() => true) }, lips, release: () => held-- };
    },
    async encode(job) {
      jobs.push(job);
      for await (const _ of job.frames);
      await writeFile(job.outPath, 'half');
      if (failure) throw failure;
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
  const path = join(dir, `${KEY}-quiet-ours.mp4`);
  expect(await Promise.all([loops.of(facts(0.2)), loops.of(facts(0.2))])).toEqual([path, path]);
  expect(await loops.of(facts(0.2))).toBe(path);
  expect(jobs).toMatchObject([{ width: 8, height: 8, frameCount: 5 }]);
  expect(await readdir(dir)).toEqual([`${KEY}-quiet-ours.mp4`]);
  expect(held).toBe(0);
});

it('shows the avatar’s own where none can be made, and leaves nothing half made', async () => {
  failure = new Error('full');
  expect(await loops.of(facts(0.2))).toBe(join(dir, `${KEY}.mp4`));
  expect([await readdir(dir), held]).toEqual([[], 0]);
});
