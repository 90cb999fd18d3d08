import { describe, expect, it } from 'vitest';
import { splitForSherpa } from './sherpa-text.ts';

describe('splitForSherpa', () => {
  it.each([
    ['Раз. Два! Три?', ['Раз.', 'Два!', 'Три?']],
    ['«Раз.» Два…', ['«Раз.»', 'Два…']],
    ['3.14 и т.д.', ['3.14 и т.д.']],
    ['раз\nдва\n\n\nтри', ['раз', 'два', 'три']],
    ['... — ?!', []],
    ['', []],
    ['a <b>[[h]] \u0001c', ['a  b ((h]]  c']],
  ])('%j', (text, pieces) => {
    expect(splitForSherpa(text)).toEqual(pieces);
  });

  it('cuts what is too long for a word or for a network, and loses nothing', () => {
    const text = 'слон'.repeat(500);
    const pieces = splitForSherpa(text);
    expect(pieces.join('').replaceAll(' ', '')).toBe(text);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(400);
    expect(
      Math.max(
        ...pieces
          .join(' ')
          .split(' ')
          .map((word) => word.length),
      ),
    ).toBeLessThanOrEqual(50);
  });
});
