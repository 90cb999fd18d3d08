import { describe, expect, it } from 'vitest';
import { hasSound, plainText } from './remote-text.ts';

describe('plainText', () => {
  it.each([
    ['раз <break time="60s"/> два', 'раз  break time="60s"/  два'],
    ['[shouting] да', '(shouting) да'],
    ['а\0б\u001b', 'а б '],
    ['\ud800раз\udc00', ' раз '],
    ['2 > 1 & 👍', '2   1 & 👍'],
  ])('%j', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });
});

describe('hasSound', () => {
  it.each(['а', '7', 'Ñ', '😀', '—да'])('hears %j', (text) => expect(hasSound(text)).toBe(true));
  it.each(['', ' ', '...', '«» ()', '—?!', '€$'])('hears nothing in %j', (text) => expect(hasSound(text)).toBe(false));
});
