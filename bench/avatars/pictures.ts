import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import type { AvatarReport } from '../../src/avatar/report.ts';
import { i420ToRgb } from '../../src/media/colour.ts';
import type { Frame } from '../../src/types.ts';
import { CASES } from './cases.ts';

const SIDE = 144;
/** What is shown of a head, over its face. */
const HEAD = 1.5;
const WHOLE = Number.POSITIVE_INFINITY;

type Box = Pick<AvatarReport['face'], 'x' | 'y' | 'width' | 'height'>;
const PREVIEW_WIDTH = 480;

/** Whether an input shows only what was made here and may be shown: never a photo of somebody. */
export const mayBeShown = (file: string): boolean => file in CASES;

/** A picture of the table: the report drawn on the avatar, and the avatar speaking. */
export async function drawTile(preview: Uint8Array, speaking: Frame, face: Box, path: string): Promise<void> {
  const pixels = i420ToRgb(speaking.data, speaking.width, speaking.height);
  const raw = { width: speaking.width, height: speaking.height, channels: 3 } as const;
  const cut = (picture: Sharp, head: number) =>
    picture
      .extract(headIn(speaking, face, head))
      .resize(SIDE, SIDE)
      .toBuffer();
  const [left, right] = await Promise.all([cut(sharp(preview), WHOLE), cut(sharp(pixels, { raw }).png(), HEAD)]);
  await sharp({ create: { width: 2 * SIDE, height: SIDE, channels: 3, background: 'white' } })
    .composite([
      { input: left, left: 0, top: 0 },
      { input: right, left: SIDE, top: 0 },
    ])
    .webp({ quality: 72 })
    .toFile(path);
}

/** A square around a head, inside the picture. */
function headIn({ width, height }: Frame, { x, y, width: across, height: down }: Box, head: number) {
  const side = Math.floor(Math.min(width, height, down * head));
  const inside = (middle: number, length: number): number =>
    Math.round(Math.min(length - side, Math.max(0, middle - side / 2)));
  return { left: inside(x + across / 2, width), top: inside(y + down / 2, height), width: side, height: side };
}

/** The whole preview, for the text that explains it. */
export async function drawPreviewFor(preview: Uint8Array, path: string): Promise<void> {
  await sharp(preview).resize(PREVIEW_WIDTH).webp({ quality: 78 }).toFile(path);
}

/** Puts `text` between the marks of that name in a page. */
export async function fillIn(page: string, name: string, text: string): Promise<void> {
  const [start, end] = [`<!-- ${name}: made by npm run try:avatars -->`, `<!-- /${name} -->`];
  const before = await readFile(page, 'utf8');
  const [at, to] = [before.indexOf(start), before.indexOf(end)];
  if (at < 0 || to < at) throw new Error(`no place for ${name} in ${page}`);
  await writeFile(page, `${before.slice(0, at + start.length)}\n${text}\n${before.slice(to)}`);
}

export const tilePath = (dir: string, id: string): string => join(dir, `${id}.webp`);
