import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Log } from '../log.ts';
import { i420ToRgb } from '../media/colour.ts';
import type { Frame } from '../types.ts';
import { writeWhole } from './cache.ts';
import type { AvatarSource } from './manifest.ts';

/** A picture is its own poster; a video's first frame is drawn into the cache, or beside it when that is closed. */
export async function posterOf(source: AvatarSource, frame: Frame, path: string, log: Log): Promise<string> {
  if (source.kind === 'picture') return source.path;
  const { width, height, data } = frame;
  const jpeg = await sharp(i420ToRgb(data, width, height), { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 88 })
    .toBuffer();
  try {
    await writeWhole(path, jpeg);
    return path;
  } catch (error) {
    log.warn({ path, err: error }, 'avatar cache not writable; the poster goes to the temporary folder');
    const fallback = join(await mkdtemp(join(tmpdir(), 'soyle-')), 'poster.jpg');
    await writeWhole(fallback, jpeg);
    return fallback;
  }
}
