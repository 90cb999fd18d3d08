import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import sharp, { type OverlayOptions } from 'sharp';

/** A picture of a sheet: interleaved RGB. */
export interface Tile {
  width: number;
  height: number;
  rgb: Uint8Array;
}

const LABEL = 18;
const GAP = 2;
const INK = '#222';
const PAPER = '#fff';

/** Planar BGR, 0 … 255, as a picture. */
export function tileOf(bgr: Float32Array, size: number): Tile {
  const area = size * size;
  const rgb = new Uint8ClampedArray(3 * area);
  for (let at = 0; at < area; at++) {
    rgb[3 * at] = bgr[2 * area + at]!;
    rgb[3 * at + 1] = bgr[area + at]!;
    rgb[3 * at + 2] = bgr[at]!;
  }
  return { width: size, height: size, rgb: new Uint8Array(rgb.buffer) };
}

/** Rows of pictures with the columns' titles above and the rows' at the left, as WebP; each picture `side` wide. */
export async function writeSheet(
  path: string,
  {
    titles,
    rows,
    side,
    quality = 82,
  }: { titles: string[]; rows: { title: string; tiles: Tile[] }[]; side: number; quality?: number },
): Promise<void> {
  const first = rows[0]?.tiles[0];
  if (!first) throw new RangeError('a sheet needs at least one picture');
  const tall = Math.round((side * first.height) / first.width);
  const left = Math.max(...rows.map(({ title }) => title.length)) > 0 ? 76 : 0;
  const columns = Math.max(titles.length, ...rows.map(({ tiles }) => tiles.length));
  const width = left + columns * (side + GAP);
  const height = LABEL + rows.length * (tall + GAP);
  const parts: OverlayOptions[] = [{ input: labels(width, height, left, side, tall, titles, rows), left: 0, top: 0 }];
  for (const [row, { tiles }] of rows.entries()) {
    for (const [column, tile] of tiles.entries()) {
      const raw = { width: tile.width, height: tile.height, channels: 3 } as const;
      const input = await sharp(tile.rgb, { raw }).resize(side, tall).png().toBuffer();
      parts.push({ input, left: left + column * (side + GAP), top: LABEL + row * (tall + GAP) });
    }
  }
  await mkdir(dirname(path), { recursive: true });
  await sharp({ create: { width, height, channels: 3, background: PAPER } })
    .composite(parts)
    .webp({ quality })
    .toFile(path);
}

function labels(
  width: number,
  height: number,
  left: number,
  side: number,
  tall: number,
  titles: string[],
  rows: { title: string }[],
): Buffer {
  const text = (x: number, y: number, value: string) =>
    `<text x="${x}" y="${y}" font-family="sans-serif" font-size="12" fill="${INK}">${escaped(value)}</text>`;
  const above = titles.map((title, i) => text(left + i * (side + GAP) + 2, LABEL - 5, title));
  const beside = rows.map(({ title }, i) => text(4, LABEL + i * (tall + GAP) + tall / 2 + 4, title));
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${[...above, ...beside].join('')}</svg>`,
  );
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
