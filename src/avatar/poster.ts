import sharp from 'sharp';
import type { Log } from '../log.ts';
import { i420ToRgb } from '../media/colour.ts';
import type { Frame } from '../types.ts';
import { madeOnce } from './cache.ts';
import type { AvatarSource } from './manifest.ts';

/** A picture is its own poster; a video's first frame is drawn once, into the cache. */
export async function posterOf(source: AvatarSource, frame: Frame, path: string, log: Log): Promise<string> {
  if (source.kind === 'picture') return source.path;
  const { width, height, data } = frame;
  return madeOnce(path, log, async (target) => {
    const picture = sharp(i420ToRgb(data, width, height), { raw: { width, height, channels: 3 } });
    await picture.jpeg({ quality: 88 }).toFile(target);
  });
}
