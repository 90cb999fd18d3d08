import { describe, expect, it } from 'vitest';
import { bytesOf, type Element, element, numberIn, parent, parseElements, unsigned, writeElements } from './ebml.ts';
import { addMattes, ivfFrames } from './webm-matte.ts';

const ID = { segment: 0x18538067, tracks: 0x1654ae6b, cluster: 0x1f43b675, cues: 0x1c53bb6b, group: 0xa0 };
const SEEK_HEAD = 0x114d9b74;

const bytes = (...elements: Element[]): Uint8Array => {
  const out = new Uint8Array(elements.reduce((sum, one) => sum + bytesOf(one), 0));
  writeElements(elements, out, 0);
  return out;
};

/** A block of a track, `flags` 128 for a keyframe. */
const block = (track: number, time: number, flags: number, data: number): Element =>
  element(0xa3, Uint8Array.of(0x80 | track, 0, time, flags, data));

/** Two clusters, pictures in track 1 and sound in track 2, an index behind them that points to both. */
function webm(): Uint8Array {
  const video = parent(0xae, [element(0xd7, unsigned(1, 1)), parent(0xe0, [element(0xb0, unsigned(64, 1))])]);
  const audio = parent(0xae, [element(0xd7, unsigned(2, 1))]);
  const before = [
    element(SEEK_HEAD, new Uint8Array(9)),
    element(0x1549a966, new Uint8Array(3)),
    parent(ID.tracks, [video, audio]),
  ];
  const clusters = [
    parent(ID.cluster, [
      element(0xe7, unsigned(0, 1)),
      block(1, 0, 128, 10),
      block(2, 0, 128, 20),
      block(1, 40, 0, 11),
    ]),
    parent(ID.cluster, [element(0xe7, unsigned(80, 1)), block(1, 0, 128, 12)]),
  ];
  let at = before.reduce((sum, one) => sum + bytesOf(one), 0);
  const points = clusters.map((cluster) => {
    const position = parent(0xb7, [
      element(0xf7, unsigned(1, 1)),
      element(0xf1, unsigned(at, 2)),
      element(0xf0, unsigned(5, 1)),
    ]);
    at += bytesOf(cluster);
    return parent(0xbb, [element(0xb3, unsigned(0, 1)), position]);
  });
  const head = element(0x1a45dfa3, new Uint8Array(4));
  return bytes(head, parent(ID.segment, [...before, ...clusters, parent(ID.cues, points)]));
}

const MATTES = [Uint8Array.of(1, 1), Uint8Array.of(2), Uint8Array.of(3, 3, 3)];
const segmentOf = (file: Uint8Array): Element[] => parseElements(file)[1]!.children!;

describe('addMattes', () => {
  it('puts each matte beside its picture and leaves the sound alone', () => {
    const clusters = segmentOf(addMattes(webm(), MATTES)).filter(({ id }) => id === ID.cluster);
    const blocks = clusters.flatMap(({ children }) => children!.slice(1));
    expect(blocks.map(({ id }) => id)).toEqual([ID.group, 0xa3, ID.group, ID.group]);
    const groups = blocks.filter(({ id }) => id === ID.group).map(({ children }) => children!);
    expect(groups.map(([own]) => [...own!.data])).toEqual([
      [0x81, 0, 0, 0, 10],
      [0x81, 0, 40, 0, 11],
      [0x81, 0, 0, 0, 12],
    ]);
    const additions = groups.map(([, added]) => parseElements(parseElements(added!.data)[0]!.data));
    expect(additions.map(([id, matte]) => [numberIn(id!), [...matte!.data]])).toEqual([
      [1, [1, 1]],
      [1, [2]],
      [1, [3, 3, 3]],
    ]);
    // Only what is no keyframe refers to an earlier one.
    expect(groups.map((group) => group.some(({ id }) => id === 0xfb))).toEqual([false, true, false]);
  });

  it('says in the picture’s track that there is alpha', () => {
    const tracks = segmentOf(addMattes(webm(), MATTES)).find(({ id }) => id === ID.tracks)!.children!;
    const [video, audio] = tracks.map(({ children }) => children!);
    const settings = video!.find(({ id }) => id === 0xe0)!.children!;
    expect(numberIn(settings.find(({ id }) => id === 0x53c0)!)).toBe(1);
    expect(numberIn(video!.find(({ id }) => id === 0x55ee)!)).toBe(1);
    expect(audio).toHaveLength(1);
  });

  it('has its index in front, pointing to where the clusters are now', () => {
    const file = addMattes(webm(), MATTES);
    const segment = segmentOf(file);
    expect(segment.map(({ id }) => id)).toEqual([0x1549a966, ID.tracks, ID.cues, ID.cluster, ID.cluster]);
    const [origin] = segment;
    const places = segment[2]!.children!.map(({ children }) => {
      const position = children![1]!.children!;
      expect(position.some(({ id }) => id === 0xf0)).toBe(false);
      return numberIn(position.find(({ id }) => id === 0xf1)!);
    });
    expect(places).toEqual(segment.slice(3).map(({ at }) => at - origin!.at));
  });

  it('refuses another number of mattes, and other files', () => {
    expect(() => addMattes(webm(), MATTES.slice(1))).toThrow(/more than 2 pictures/);
    expect(() => addMattes(webm(), [...MATTES, ...MATTES])).toThrow(/3 pictures fewer/);
    expect(() => addMattes(Uint8Array.of(0, 0, 0, 24), MATTES)).toThrow(RangeError);
  });
});

describe('ivfFrames', () => {
  const frame = (...data: number[]): number[] => [data.length, 0, 0, 0, ...new Array<number>(8).fill(0), ...data];
  const header = [...Buffer.from('DKIF'), 0, 0, 32, 0, ...new Array<number>(24).fill(0)];

  it('gives each frame’s bytes', () => {
    const file = Uint8Array.from([...header, ...frame(1, 2, 3), ...frame(4)]);
    expect(ivfFrames(file).map((one) => [...one])).toEqual([[1, 2, 3], [4]]);
  });

  it('refuses a file that is cut off', () => {
    expect(() => ivfFrames(Uint8Array.from([...header, ...frame(1, 2, 3)].slice(0, -1)))).toThrow(RangeError);
  });
});
