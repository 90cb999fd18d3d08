import type { Frame } from '../types.ts';

/** Frames in their order. Arrays are such, and so are those that are drawn only when somebody looks at them. */
export interface Frames extends Iterable<Frame> {
  readonly length: number;
  at(index: number): Frame | undefined;
}

/** Frames that are drawn when they are first looked at, so that whoever takes them one by one need not wait for all. */
export function drawnLater(length: number, draw: (index: number) => Frame): Frames {
  const drawn: Frame[] = [];
  const frameAt = (index: number): Frame => {
    drawn[index] ??= draw(index);
    return drawn[index];
  };
  return {
    length,
    at: (index) => (index < 0 || index >= length ? undefined : frameAt(index)),
    *[Symbol.iterator]() {
      for (let index = 0; index < length; index++) yield frameAt(index);
    },
  };
}
