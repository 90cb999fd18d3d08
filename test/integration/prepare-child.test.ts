import { copyFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createWorkshop, type Workshop } from '../../src/avatar/workshop.ts';
import { BootError } from '../../src/errors.ts';
import { silentLog } from '../../src/log.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';

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

const prepare = (modelsDir: string, ffmpegPath?: string, signal = new AbortController().signal) =>
  workshop.prepare(
    {
      ...{ dir, cacheDir: join(dir, '.cache'), framing: FRAMING, modelSize: 64, modelsDir },
      ...{ ffmpegPath, ffprobePath: undefined },
    },
    { priority: 0, linger: true, onProgress: () => undefined, signal },
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

it('leaves no ffmpeg behind that has nothing to write when its work is no longer wanted', async () => {
  await rm(join(dir, 'face.png'));
  await copyFile(join('avatars', 'anna', 'loop.mp4'), join(dir, 'face.mp4'));
  const ffmpegPath = join(root, 'ffmpeg');
  const beats = join(root, 'beats');
  const { ffmpegPath: real } = createMedia({ log: silentLog });
  const beating = `while :; do echo >>'${beats}'; sleep 0.05; done`;
  await writeFile(ffmpegPath, `#!/bin/sh\ncase "$*" in *rawvideo*) ${beating};; *) exec '${real}' "$@";; esac\n`, {
    mode: 0o755,
  });
  const unwanted = new AbortController();
  const preparing = prepare('models', ffmpegPath, unwanted.signal);
  const counted = async (): Promise<number> => (await stat(beats)).size;
  await vi.waitFor(async () => expect(await counted()).toBeGreaterThan(2), 20_000);
  unwanted.abort(new Error('deleted'));
  await expect(preparing).rejects.toThrow('deleted');
  const before = await counted();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await counted()).toBeLessThanOrEqual(before + 1);
});
