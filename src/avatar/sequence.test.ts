import { describe, expect, it } from 'vitest';
import { sequence } from './sequence.ts';

describe('sequence', () => {
  it('plays loops as they are and other videos to and fro without a doubled end', () => {
    expect(sequence(4, true)).toEqual([0, 1, 2, 3]);
    expect(sequence(4, false)).toEqual([0, 1, 2, 3]);
    expect(sequence(4, 'pingpong')).toEqual([0, 1, 2, 3, 2, 1]);
    expect(sequence(1, 'pingpong')).toEqual([0]);
    expect(sequence(2, 'pingpong')).toEqual([0, 1]);
  });
});
