import { open } from 'node:fs/promises';
import { AAC_PRIMING } from '../audio/chunk-sound.ts';
import { type Box, boxAt, find, parseBoxes, sizeOf, viewOf, writeBox } from './boxes.ts';
import { dropFirstSample, sampleDurations } from './samples.ts';

/** `mvhd` and `tkhd` of version 0 (32-bit times): where the duration lies in their payload. */
const MVHD_TIMESCALE = 12;
const MVHD_DURATION = 16;
const TKHD_DURATION = 20;
const MDHD_TIMESCALE = 12;
const MDHD_DURATION = 16;

export interface Declaration {
  durationMs: number;
  /**
   * Takes the packet of AAC priming out instead of leaving it to the edit list. Only for sound that begins with
   * `AAC_PRIMING` silent samples: the packet after it decodes to its full only once it has been heard.
   */
  dropPriming: boolean;
}

/**
 * Makes a fast-start MP4 of ffmpeg declare `durationMs` as its own, its video track's and its audio track's duration,
 * in place. ffmpeg of 2018 counts the AAC priming in `mvhd`, and the concat demuxer takes that for where the next file
 * begins. Throws RangeError when the tracks do not last exactly so long.
 */
export async function declareDuration(path: string, declaration: Declaration): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { position, bytes } = await readIndex(file);
    const rewritten = rewriteIndex(bytes, declaration);
    await file.write(rewritten, 0, rewritten.length, position);
  } finally {
    await file.close();
  }
}

/** The `moov` box and the `free` boxes behind it, which lie before the media (fast start). */
async function readIndex(file: Awaited<ReturnType<typeof open>>): Promise<{ position: number; bytes: Uint8Array }> {
  let position = -1;
  let moov: string | undefined;
  for (let at = 0; ; ) {
    const { buffer, bytesRead } = await file.read(new Uint8Array(16), 0, 16, at);
    if (bytesRead < 8) throw new RangeError('MP4 without moov and mdat');
    const { type, size } = boxAt(buffer, 0);
    if (type === 'mdat') {
      if (!moov) throw new RangeError('MP4 index lies behind the media');
      const bytes = new Uint8Array(at - position);
      await file.read(bytes, 0, bytes.length, position);
      return { position, bytes };
    }
    if (type === 'moov') {
      moov = type;
      position = at;
    } else if (type !== 'free' && moov) throw new RangeError(`MP4 box ${type} between index and media`);
    at += size;
  }
}

/** Pure part of `declareDuration`: `moov` and `free` in, as many bytes out. */
export function rewriteIndex(bytes: Uint8Array, { durationMs, dropPriming }: Declaration): Uint8Array {
  const moov = parseBoxes(bytes.slice()).find(({ type }) => type === 'moov');
  if (!moov?.children) throw new RangeError('MP4 without moov');
  const movie = viewOf(find(moov, 'mvhd').data);
  const duration = ticks(durationMs, movie.getUint32(MVHD_TIMESCALE));
  movie.setUint32(MVHD_DURATION, duration);
  for (const track of moov.children.filter(({ type }) => type === 'trak')) {
    viewOf(find(track, 'tkhd').data).setUint32(TKHD_DURATION, duration);
    const sound = find(track, 'mdia', 'minf').children?.some(({ type }) => type === 'smhd') ?? false;
    if (sound && dropPriming) dropFirstSample(track, AAC_PRIMING);
    declareTrack(track, duration, durationMs, sound && !dropPriming ? AAC_PRIMING : 0);
  }
  return fill(moov, bytes.length);
}

/** One edit: the whole sound or picture, but for `priming` media ticks before it. */
function declareTrack(track: Box, movieDuration: number, durationMs: number, priming: number): void {
  const media = viewOf(find(track, 'mdia', 'mdhd').data);
  const wanted = ticks(durationMs, media.getUint32(MDHD_TIMESCALE)) + priming;
  const actual = sampleDurations(track);
  if (actual !== wanted) throw new RangeError(`MP4 track lasts ${actual} ticks instead of ${wanted}`);
  media.setUint32(MDHD_DURATION, wanted);
  // Also where ffmpeg wrote two: copied pictures of a file whose sound begins with priming start late there.
  setEdit(find(track, 'edts', 'elst'), movieDuration, priming);
}

/** An edit list of version 0 with one entry: how long, from which media tick, at normal speed. */
function setEdit(list: Box, duration: number, mediaTime: number): void {
  list.data = new Uint8Array(20);
  const view = viewOf(list.data);
  for (const [i, number] of [0, 1, duration, mediaTime, 0x10000].entries()) view.setUint32(4 * i, number);
}

/** The index followed by one `free` box, exactly `length` bytes, so that the media stay where they are. */
function fill(moov: Box, length: number): Uint8Array {
  const rest = length - sizeOf(moov);
  if (rest !== 0 && rest < 8) throw new RangeError('MP4 index has no room for its own change');
  const out = new Uint8Array(length);
  const end = writeBox(moov, out, 0);
  if (rest) writeBox({ type: 'free', data: new Uint8Array(rest - 8) }, out, end);
  return out;
}

function ticks(durationMs: number, timescale: number): number {
  const exact = (durationMs * timescale) / 1000;
  if (!Number.isInteger(exact)) throw new RangeError(`${durationMs} ms is no whole number of 1/${timescale} s`);
  return exact;
}
