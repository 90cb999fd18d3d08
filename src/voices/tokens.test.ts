import { describe, expect, it } from 'vitest';
import { faultInTokens, writeTokens } from './tokens.ts';

describe('tokens.txt', () => {
  it('has a line for every symbol of one character', () => {
    const text = writeTokens({ _: [0], ' ': [3], ɐ: [50], '\u0327': [140], '1̃': [9], '\n': [7] });
    expect(text).toBe('_ 0\n  3\nɐ 50\n\u0327 140\n');
    expect(faultInTokens(text, { characters: true, required: ['_', ' '] })).toBeUndefined();
  });

  it.each([
    ['', 'it is empty'],
    ['a', 'line 1 is not a symbol and its number'],
    ['a 1\nb two\n', 'line 2 is not a symbol and its number'],
    ['a 1\na 2\n', 'line 2 has a symbol for the second time'],
    ['ab 1\n', 'line 1 has more than one character'],
    ['a 1\r\nb 2\r\n', 'the symbol "_" is missing'],
  ])('%j: %s', (text, fault) => {
    expect(faultInTokens(text, { characters: true, required: ['_'] })).toBe(fault);
  });

  it('may hold whole words where a lexicon leads to them', () => {
    expect(faultInTokens('sil 0\nAA1 1\n<BLNK> 2\n', { characters: false })).toBeUndefined();
    expect(faultInTokens('a 0\n<BLNK> 2\n', { characters: true })).toBeUndefined();
  });
});
