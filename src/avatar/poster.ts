import sharp from 'sharp';
import { i420ToRgb } from '../media/colour.ts';
import type { Frame } from '../types.ts';

/** A frame as a JPEG file. What was sent is never handed on itself: it may say where it was taken. */
export async function drawPoster({ width, height, data }: Frame, path: string): Promise<void> {
  const picture = sharp(i420ToRgb(data, width, height), { raw: { width, height, channels: 3 } });
  await picture.jpeg({ quality: 90 }).toFile(path);
}
