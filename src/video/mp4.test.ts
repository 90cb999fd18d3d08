import { describe, expect, it } from 'vitest';
import { type Box, find, parseBoxes, sizeOf, viewOf, writeBox } from './boxes.ts';
import { rewriteIndex } from './mp4.ts';

/** A box of 32-bit numbers. */
function leaf(type: string, ...numbers: number[]): Box {
  const data = new Uint8Array(4 * numbers.length);
  for (const [i, number] of numbers.entries()) viewOf(data).setUint32(4 * i, number);
  return { type, data };
}
const parent = (type: string, ...children: Box[]): Box => ({ type, children, data: new Uint8Array() });
const numbers = ({ data }: Box, from = 0): number[] =>
  Array.from({ length: data.length / 4 - from }, (_, i) => viewOf(data).getUint32(4 * (i + from)));

interface Tables {
  stts: number[];
  stsz: number[];
  stsc: number[];
  stco: number[];
}

function track(media: 'smhd' | 'vmhd', timescale: number, { stts, stsz, stsc, stco }: Tables): Box {
  const rows = (type: string, width: number, values: number[]): Box => leaf(type, 0, values.length / width, ...values);
  const roll = media === 'smhd' ? [leaf('sbgp', 0, 0x726f6c6c, 1, stsz.length, 1)] : [];
  const tables = [
    rows('stts', 2, stts),
    rows('stsc', 3, stsc),
    leaf('stsz', 0, 0, stsz.length, ...stsz),
    rows('stco', 1, stco),
  ];
  return parent(
    'trak',
    leaf('tkhd', 3, 0, 0, 1, 0, 999, 0),
    parent('edts', leaf('elst', 0, 1, 999, media === 'smhd' ? 1024 : 0, 0x10000)),
    parent(
      'mdia',
      leaf('mdhd', 0, 0, 0, timescale, 999),
      parent('minf', leaf(media, 0), parent('stbl', ...tables, ...roll)),
    ),
  );
}

/** An index as ffmpeg of 2018 writes it: two pictures, and sound of 80 ms behind 1024 samples of priming. */
function index(sound: Partial<Tables> = {}): Uint8Array {
  const video = { stts: [2, 512], stsz: [50, 20], stsc: [1, 2, 1], stco: [1000] };
  const audio = { stts: [4, 1024, 1, 768], stsz: [9, 20, 21, 22, 23], stsc: [1, 3, 1, 2, 2, 1], stco: [1070, 1120] };
  const movie = leaf('mvhd', 0, 0, 0, 1000, 102, 0x10000);
  const moov = parent('moov', movie, track('vmhd', 12_800, video), track('smhd', 48_000, { ...audio, ...sound }));
  const bytes = new Uint8Array(sizeOf(moov) + 8);
  writeBox({ type: 'free', data: new Uint8Array() }, bytes, writeBox(moov, bytes, 0));
  return bytes;
}

/** The last track. */
const soundOf = (bytes: Uint8Array): Box => parseBoxes(bytes)[0]!.children!.at(-1)!;
const table = (sound: Box, type: string, from = 2): number[] =>
  numbers(find(sound, 'mdia', 'minf', 'stbl', type), from);

describe('rewriteIndex', () => {
  it('declares one duration everywhere and leaves the priming to the edit list', () => {
    const out = rewriteIndex(index(), { durationMs: 80, dropPriming: false });
    expect(out.length).toBe(index().length);
    const [moov] = parseBoxes(out);
    expect(numbers(find(moov!, 'mvhd'))[4]).toBe(80);
    for (const trak of moov!.children!.filter(({ type }) => type === 'trak')) {
      expect(numbers(find(trak, 'tkhd'))[5]).toBe(80);
      expect(numbers(find(trak, 'edts', 'elst'))[2]).toBe(80);
    }
    expect(numbers(find(soundOf(out), 'edts', 'elst'))[3]).toBe(1024);
    expect(numbers(find(soundOf(out), 'mdia', 'mdhd'))[4]).toBe(3840 + 1024);
  });

  it('takes the priming out and keeps every other byte of the media in its place', () => {
    const out = rewriteIndex(index(), { durationMs: 80, dropPriming: true });
    expect(out.length).toBe(index().length);
    const sound = soundOf(out);
    expect(numbers(find(sound, 'edts', 'elst')).slice(2, 4)).toEqual([80, 0]);
    expect(numbers(find(sound, 'mdia', 'mdhd'))[4]).toBe(3840);
    expect(table(sound, 'stts')).toEqual([3, 1024, 1, 768]);
    expect(table(sound, 'stsz', 3)).toEqual([20, 21, 22, 23]);
    expect(table(sound, 'stsc')).toEqual([1, 2, 1, 2, 2, 1]);
    expect(table(sound, 'stco')).toEqual([1079, 1120]);
    expect(table(sound, 'sbgp', 3)).toEqual([4, 1]);
  });

  it.each([
    ['a chunk of its own, before more like it', [1, 1, 1, 3, 3, 1], [10, 20, 30], [1, 1, 1, 2, 3, 1], [20, 30]],
    ['a chunk of its own, alone in its run', [1, 1, 1, 2, 4, 1], [10, 20], [1, 4, 1], [20]],
    ['the first of two alike', [1, 2, 1, 3, 1, 1], [10, 20, 30], [1, 1, 1, 2, 2, 1, 3, 1, 1], [19, 20, 30]],
    ['the only chunk', [1, 5, 1], [10], [1, 4, 1], [19]],
  ])('finds the samples when the priming is %s', (_, stsc, stco, wantedRuns, wantedPlaces) => {
    const sound = soundOf(rewriteIndex(index({ stsc, stco }), { durationMs: 80, dropPriming: true }));
    expect(table(sound, 'stsc')).toEqual(wantedRuns);
    expect(table(sound, 'stco')).toEqual(wantedPlaces);
  });

  it('throws when a track lasts differently from what it should declare', () => {
    expect(() => rewriteIndex(index(), { durationMs: 120, dropPriming: false })).toThrow(
      /lasts 1024 ticks instead of 1536/,
    );
    const short = index({ stts: [3, 1024, 1, 768], stsz: [9, 20, 21, 22] });
    expect(() => rewriteIndex(short, { durationMs: 80, dropPriming: false })).toThrow(RangeError);
  });

  it('throws on bytes that are no index', () => {
    expect(() => rewriteIndex(new Uint8Array(16), { durationMs: 80, dropPriming: false })).toThrow(RangeError);
    expect(() => rewriteIndex(index().subarray(0, 60), { durationMs: 80, dropPriming: false })).toThrow(RangeError);
  });
});
