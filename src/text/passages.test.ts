import { describe, expect, it } from 'vitest';
import { languagesOfPieces, passages } from './passages.ts';
import { splitText } from './split.ts';

const said = (text: string, ...how: [Parameters<typeof passages>[1], Parameters<typeof passages>[2]?]) =>
  Array.from(passages(text, ...how), ({ span, utterance }) => [span.language, span.text.trim(), utterance.offset]);

describe('passages', () => {
  it('are utterances that end at sentences, in words', () => {
    const text = `${'слово '.repeat(40)}конец. ${'дело '.repeat(30)}5.`;
    expect(said(text, 'ru').map(([, words, offset]) => [String(words).split(' ').at(-1), offset])).toEqual([
      ['конец.', 0],
      ['пять.', text.indexOf('дело')],
    ]);
  });

  it('give every sentence its own language when it is to be found out', () => {
    const text = 'Здравствуйте, друзья! Бүгін ауа райы жақсы. Hello there, my friends!';
    expect(said(text, 'auto')).toEqual([
      ['ru', 'Здравствуйте, друзья!', 0],
      ['kk', 'Бүгін ауа райы жақсы.', text.indexOf('Бүгін')],
      ['en', 'Hello there, my friends!', text.indexOf('Hello')],
    ]);
  });

  it('begin with a short one when there is a hurry', () => {
    const text = `${'слово '.repeat(15)}стоп. ${'слово '.repeat(15)}`;
    expect(said(text, 'ru', { firstWords: 20 }).map(([, , offset]) => offset)).toEqual([
      0,
      text.lastIndexOf('стоп') + 6,
    ]);
  });

  it('leave out what cannot be pronounced', () => {
    expect(said('… 🙂 !', 'auto')).toEqual([]);
    expect(said('', 'ru')).toEqual([]);
  });
});

it('a sentence that was cut is of one language, wherever its letters are', () => {
  const text = 'Мен бардым алма алдым және үйге келдім. Потом мы пошли гулять.';
  const pieces = splitText(text, { chunkSize: 4, mode: 'words' });
  const languages = languagesOfPieces(pieces);
  expect(languages.map((spans) => spans.map(({ language }) => language))).toEqual([['kk'], ['kk', 'ru'], ['ru']]);
  for (const [index, spans] of languages.entries()) {
    expect(spans.map((span) => span.text).join('')).toBe(pieces[index]!.text);
    for (const { start, end, text: part } of spans) expect(pieces[index]!.text.slice(start, end)).toBe(part);
  }
});
