import { cropFrame } from '../../src/avatar/crop.ts';
import type { Frame } from '../../src/types.ts';
import type { Placed, Sitter } from '../lips/place.ts';
import { type Tile, tileOf, writeSheet } from '../lips/sheet.ts';

const SIDE = 380;
const SHOWN = 8;
/** The part of a crop that is shown: from there, so much of its side. */
const PART = { u: 0.18, v: 0.36, share: 0.64 };

/** Frames kept for a sheet, by their number. */
export type Shown = ReadonlyMap<number, { data: Uint8Array; weight: number }>;

/** Writes the mouth enlarged: the source, two frames in which speech begins, and some in its midst. */
export async function drawSheet(path: string, { frame }: Sitter, { matrix }: Placed, frames: Shown): Promise<void> {
  const fading = [...frames.values()].filter(({ weight }) => weight > 0 && weight < 1).slice(0, 2);
  const full = [...frames.values()].filter(({ weight }) => weight === 1);
  const wanted = SHOWN - 1 - fading.length;
  const midst = Array.from({ length: wanted }, (_, i) => full[Math.floor((i * full.length) / wanted)]!);
  const tiles = [frame, ...fading, ...midst].map(({ data }) => mouthTile({ ...frame, data }, matrix));
  const rows = [tiles.slice(0, SHOWN / 2), tiles.slice(SHOWN / 2)].map((row) => ({ title: '', tiles: row }));
  await writeSheet(path, { titles: [], rows, side: SIDE, quality: 95 });
}

function mouthTile(frame: Frame, [a, b, tx, c, d, ty]: Placed['matrix']): Tile {
  const { u, v, share } = PART;
  const part = [a * share, b * share, a * u + b * v + tx, c * share, d * share, c * u + d * v + ty] as const;
  return tileOf(Float32Array.from(cropFrame(frame, part, SIDE).data), SIDE);
}
