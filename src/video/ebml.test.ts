import { describe, expect, it } from 'vitest';
import { bytesOf, element, numberIn, parent, parseElements, unsigned, writeElements } from './ebml.ts';

const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const TIMECODE = 0xe7;
const ALPHA_MODE = 0x53c0;

const written = (...elements: ReturnType<typeof element>[]): Uint8Array => {
  const out = new Uint8Array(elements.reduce((sum, one) => sum + bytesOf(one), 0));
  expect(writeElements(elements, out, 0)).toBe(out.length);
  return out;
};

describe('EBML', () => {
  it('reads sizes of any length, and what lies where', () => {
    const bytes = Uint8Array.of(0xe7, 0x81, 7, 0x53, 0xc0, 0x40, 0x02, 1, 2, 0xe7, 0x08, 0, 0, 0, 1, 9);
    expect(parseElements(bytes, 100)).toEqual([
      { id: TIMECODE, data: Uint8Array.of(7), at: 100 },
      { id: ALPHA_MODE, data: Uint8Array.of(1, 2), at: 103 },
      { id: TIMECODE, data: Uint8Array.of(9), at: 109 },
    ]);
  });

  it('writes what it reads', () => {
    const tree = parent(SEGMENT, [
      parent(CLUSTER, [element(TIMECODE, unsigned(70_000, 3))]),
      element(ALPHA_MODE, unsigned(1, 1)),
    ]);
    const [segment] = parseElements(written(tree));
    expect(segment!.children!.map(({ id }) => id)).toEqual([CLUSTER, ALPHA_MODE]);
    const [timecode] = segment!.children![0]!.children!;
    expect(numberIn(timecode!)).toBe(70_000);
  });

  it.each([
    ['cut off', Uint8Array.of(0xe7, 0x85, 1, 2)],
    ['of an id that cannot be', Uint8Array.of(0x08, 0x81, 1)],
    ['of a size that cannot be', Uint8Array.of(0xe7, 0x00, 1)],
  ])('refuses an element %s', (_, bytes) => {
    expect(() => parseElements(bytes)).toThrow(RangeError);
  });
});
