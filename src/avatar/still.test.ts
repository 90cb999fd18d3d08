import { expect, it } from 'vitest';
import type { Avatar } from './avatar.ts';
import { stillOf } from './still.ts';

/** A loop of four frames, numbered by their first byte. */
function loop(faces: readonly boolean[], mouthOpen: readonly boolean[], rest = { frame: 0, open: false }): Avatar {
  return {
    ...{ id: 'a', name: 'A', width: 2, height: 2, posterPath: 'a.png', idlePath: undefined },
    frames: faces.map((_, index) => ({ width: 2, height: 2, data: Uint8Array.of(index, 0, 0, 0, 0, 0) })),
    crops: faces.map((face) => (face ? ([1, 0, 0, 0, 1, 0] as const) : undefined)),
    ...{ mouthOpen, drawnFrom: faces.map((_, index) => index), rest },
    masks: faces.map((face, index) => (face ? { size: 1, data: Uint8Array.of(index) } : undefined)),
    face: { x: 0, y: 0, width: 2, height: 2 },
    reference: (index, size) => ({ size, data: Uint8Array.of(index) }),
  };
}

it.each([
  ['the first frame', [true, true, true], [false, false, false], 0],
  ['the first with a face and a closed mouth', [false, true, true], [false, true, false], 2],
  ['the one that is most closed where none is closed for long', [false, true, true, true], [true, true, true, true], 2],
])('is %s', (_, faces, mouthOpen, chosen) => {
  const still = stillOf(loop(faces, mouthOpen, { frame: 2, open: false }));
  expect(still.frames.map(({ data }) => data[0])).toEqual([chosen]);
  expect(still.crops).toHaveLength(1);
  expect(still.masks.map((mask) => mask?.data[0])).toEqual([chosen]);
  expect(still).toMatchObject({ mouthOpen: [false], drawnFrom: [0], rest: { frame: 0, open: false } });
  expect([...still.reference(0, 4).data]).toEqual([chosen]);
});

it('has an open mouth where no frame has a closed one', () => {
  const still = stillOf(loop([true, true], [true, true], { frame: 1, open: true }));
  expect(still).toMatchObject({ mouthOpen: [true], rest: { frame: 0, open: true } });
  expect(still.frames.map(({ data }) => data[0])).toEqual([1]);
});

it('is a photo itself', () => {
  const photo = loop([true], [false]);
  expect(stillOf(photo)).toBe(photo);
});
