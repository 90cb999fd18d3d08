import { expect, it } from 'vitest';
import { momentsOf } from './closures.ts';
import { PARAMETERS } from './contract.ts';

const utterance = {
  ...{ id: 'x', voice: 'v', language: 'en' as const, sentence: 's', text: 'map', frames: 10 },
  phones: [
    [0.03, 0.09, 'm', 'bilabial'],
    [0.09, 0.25, 'æ', 'open front'],
    [0.25, 0.28, 'p', 'bilabial'],
    [0.28, 0.4, 'u', 'close round'],
  ] as [number, number, string, string][],
};
const truth = Float32Array.from({ length: 10 * PARAMETERS }, (_, i) => (i === 4 * PARAMETERS ? 0.7 : 0));

it('takes every frame a closure touches and the middles of open vowels', () => {
  const vowels = new Set(['open front', 'close round']);
  expect(momentsOf(utterance, truth, vowels)).toEqual({ closures: [[0, 1, 2], [6]], open: [4] });
});
