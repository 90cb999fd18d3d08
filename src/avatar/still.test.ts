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

it.each([false, true])('is the frame at rest, whose mouth is open: %s', (open) => {
  const still = stillOf(loop([false, true, true, true], [false, true, true, true], { frame: 2, open }));
  expect(still.frames.map(({ data }) => data[0])).toEqual([2]);
  expect(still.crops).toHaveLength(1);
  expect(still.masks.map((mask) => mask?.data[0])).toEqual([2]);
  expect(still).toMatchObject({ mouthOpen: [open], drawnFrom: [0], rest: { frame: 0, open } });
  expect([...still.reference(0, 4).data]).toEqual([2]);
});

it('is a photo itself', () => {
  const photo = loop([true], [false]);
  expect(stillOf(photo)).toBe(photo);
});
