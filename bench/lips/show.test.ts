import { expect, it } from 'vitest';
import { momentFrames } from './show.ts';

it('takes three moments of each kind, the last again where there are fewer', () => {
  const phones: [number, number, string, string][] = [
    [0, 0.08, 'm', 'bilabial'],
    [0.08, 0.2, 'u', 'close round'],
    [0.2, 0.28, 'p', 'bilabial'],
    [0.28, 0.4, 'v', 'labiodental'],
  ];
  expect(momentFrames({ phones, frames: 10 })).toEqual([1, 6, 6, 8, 8, 8, 3, 3, 3]);
});
