import { readdir } from 'node:fs/promises';
import { join, parse } from 'node:path';
import sharp from 'sharp';
import { backgroundUnknown, SoyleError } from '../errors.ts';
import { isChosenId } from '../ids.ts';
import { rgbToI420 } from '../media/colour.ts';
import type { Frame } from '../types.ts';

/** The server's background pictures. */
export interface Backdrops {
  /** Ids of the pictures that are there now: their names without `.jpg`, `.png` or `.webp`. */
  ids(): Promise<string[]>;
  /** Rejects with `background_unknown`, which lists what there is. */
  check(id: string): Promise<void>;
  /** One of them filling exactly that size, its middle kept. Rejects with `background_unknown` or `media_unreadable`. */
  open(id: string, size: Pick<Frame, 'width' | 'height'>): Promise<Frame>;
}

const PICTURES = ['.jpg', '.jpeg', '.png', '.webp'];
const MAX_PIXELS = 36_000_000;

/** The pictures of a folder, which need not be there. */
export function openBackdrops(dir: string): Backdrops {
  const files = async (): Promise<Map<string, string>> => {
    const names = await readdir(dir).catch(() => []);
    return new Map(
      names.sort().flatMap((file): [string, string][] => {
        const { name: id, ext } = parse(file);
        return PICTURES.includes(ext.toLowerCase()) && isChosenId(id) ? [[id, join(dir, file)]] : [];
      }),
    );
  };
  const find = async (id: string): Promise<string> => {
    const known = await files();
    const path = known.get(id);
    if (path) return path;
    throw backgroundUnknown(id, [...known.keys()]);
  };
  return {
    ids: async () => [...(await files()).keys()],
    async check(id) {
      await find(id);
    },
    async open(id, { width, height }) {
      const path = await find(id);
      try {
        const pixels = await sharp(path, { limitInputPixels: MAX_PIXELS })
          .autoOrient()
          .flatten({ background: 'white' })
          .resize(width, height, { fit: 'cover' })
          .toColourspace('srgb')
          .removeAlpha()
          .raw()
          .toBuffer();
        return { width, height, data: rgbToI420(pixels, width, height) };
      } catch (error) {
        throw new SoyleError('media_unreadable', { detail: `background ${id}` }, error);
      }
    },
  };
}
