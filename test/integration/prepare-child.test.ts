import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorkshop, type Workshop } from '../../src/avatar/workshop.ts';
import { BootError } from '../../src/errors.ts';
import { silentLog } from '../../src/log.ts';

const FRAMING = { eyes: 0.3, mouth: 0.6, aspect: 1 };

let root: string;
let dir: string;
let workshop: Workshop;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'soyle-preparer-'));
  dir = join(root, 'face');
  await mkdir(join(dir, '.cache'), { recursive: true });
  await sharp(join('avatars', 'anna', 'poster.webp'))
    .png()
    .toFile(join(dir, 'face.png'));
  workshop = createWorkshop({ module: new URL('../../src/prepare-child.ts', import.meta.url), log: silentLog });
});
afterEach(async () => {
  await workshop.close();
  await rm(root, { recursive: true });
});

const prepare = (modelsDir: string) =>
  workshop.prepare(
    {
      ...{ dir, cacheDir: join(dir, '.cache'), framing: FRAMING, modelSize: 64, modelsDir },
      ...{ ffmpegPath: undefined, ffprobePath: undefined },
    },
    { priority: 0, linger: true, onProgress: () => undefined, signal: new AbortController().signal },
  );

it('says which network cannot be opened, calls it no fault of the file, and goes on when it is mended', async () => {
  const failing = prepare(join(dir, 'no-models'));
  await expect(failing).rejects.toBeInstanceOf(BootError);
  await expect(failing).rejects.toMatchObject({
    message: expect.stringContaining('no-models'),
    cause: { code: 'preparation_failed' },
  });
  await prepare('models');
  expect(await readdir(join(dir, '.cache'))).toContain('prepared.json');
});
