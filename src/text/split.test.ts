import { describe, expect, it } from 'vitest';
import { seeded } from '../../test/fixtures/seeded.ts';
import { type SplitOptions, splitText } from './split.ts';

const words = (count: number) => Array.from({ length: count }, (_, i) => `слово${i}`).join(' ');
const texts = (text: string, chunkSize: number, mode: SplitOptions['mode'] = 'words', firstChunkSize?: number) =>
  splitText(text, { chunkSize, firstChunkSize, mode }).map((chunk) => chunk.text);
const counts = (...args: Parameters<typeof texts>) => texts(...args).map((text) => text.split(' ').length);
const characters = (text: string) => [...text].length;

describe('splitText by words', () => {
  it('gives 7 chunks for 100 words at 15', () => {
    expect(counts(words(100), 15)).toEqual([15, 15, 15, 15, 15, 15, 10]);
    expect(counts(words(30), 15)).toEqual([15, 15]);
    expect(counts(words(3), 1)).toEqual([1, 1, 1]);
  });

  it('keeps the text as written and says where it stood', () => {
    expect(splitText('  Раз,\n\tдва   три! четыре ', { chunkSize: 3, mode: 'words' })).toEqual([
      { index: 0, text: 'Раз,\n\tдва   три!', offset: 2 },
      { index: 1, text: 'четыре', offset: 19 },
    ]);
  });

  it('knows the white space of Unicode, no more and no less', () => {
    const separators = '\t\n\v\f\r\u0020\u0085\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000';
    expect(texts([...separators].map((space) => `а${space}б`).join(' '), 1)).toHaveLength(2 * separators.length);
    for (const joiner of ['\ufeff', '\u200b', '\u200d', '\u2060', '\u180e', '\0']) {
      expect(texts(`а${joiner}б`, 1)).toEqual([`а${joiner}б`]);
    }
  });

  it.each(['', ' ', '\n\t\u00a0\u3000'])('gives nothing for %j', (text) => {
    expect(texts(text, 15)).toEqual([]);
  });

  it('takes a smaller first chunk', () => {
    expect(counts(words(20), 8, 'words', 3)).toEqual([3, 8, 8, 1]);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses chunks of %d words', (size) => {
    expect(() => texts('а', size)).toThrow(RangeError);
    expect(() => texts('а', 15, 'words', size)).toThrow(RangeError);
  });
});

describe('a word over 100 characters', () => {
  it('is cut into pieces of 100 that count as words', () => {
    expect(texts('а'.repeat(100), 1)).toEqual(['а'.repeat(100)]);
    expect(texts('а'.repeat(250), 1).map(characters)).toEqual([100, 100, 50]);
    expect(texts(`да ${'а'.repeat(250)} нет`, 3)).toEqual([`да ${'а'.repeat(200)}`, `${'а'.repeat(50)} нет`]);
  });

  it('never parts surrogate pairs', () => {
    const pieces = texts('😀'.repeat(150), 1);
    expect(pieces).toEqual(['😀'.repeat(100), '😀'.repeat(50)]);
    expect(texts(`а${'😀'.repeat(150)}`, 1).every((piece) => !/\p{Cs}/u.test(piece))).toBe(true);
    expect(texts('\ud800'.repeat(150), 1).map((piece) => piece.length)).toEqual([100, 50]);
  });

  it('keeps what is seen as one character whole', () => {
    const family = '👨‍👩‍👧';
    for (const [text, shown] of [
      [family.repeat(50), family],
      [`а${'и\u0306'.repeat(120)}`, 'и\u0306'],
      [`а${'🇰🇿'.repeat(120)}`, '🇰🇿'],
    ] as const) {
      const pieces = texts(text, 1);
      expect(pieces.join('')).toBe(text);
      expect(pieces.length).toBeGreaterThan(1);
      for (const piece of pieces) {
        expect(characters(piece)).toBeLessThanOrEqual(100);
        expect(piece.replace(/^а/, '').replaceAll(shown, '')).toBe('');
      }
    }
  });

  it('is cut even inside one endless character', () => {
    expect(texts(`а${'\u0301'.repeat(249)}`, 1).map(characters)).toEqual([100, 100, 50]);
  });
});

describe('splitText, smart', () => {
  it.each([
    ['the last sentence end', 'а б. в г д. е ж з', 6, ['а б. в г д.', 'е ж з']],
    ['a sentence rather than a later comma', 'а б в. г д, е ж з и', 6, ['а б в.', 'г д, е ж з и']],
    ['a comma rather than a tiny sentence', 'Да. б в, г д е ж з', 6, ['Да. б в,', 'г д е ж з']],
    ['the last clause', 'а, б в; г д е ж', 5, ['а, б в;', 'г д е ж']],
    ['a dash', 'а б в — г д е', 5, ['а б в —', 'г д е']],
    ['a word when there is no mark', 'а б в г д', 2, ['а б', 'в г', 'д']],
    ['a word when the only mark comes too early', 'а. б в г д е ж', 6, ['а. б в г д е', 'ж']],
    ['a quoted end', '«а б в г!» д е ж', 6, ['«а б в г!»', 'д е ж']],
    ['an ellipsis', 'а б в… г д е ж', 5, ['а б в…', 'г д е ж']],
    ['the end when all of it fits', 'а. б. в', 3, ['а. б. в']],
    ['no initial', 'знал, что А. С. Пушкин тут', 4, ['знал, что А. С.', 'Пушкин тут']],
    ['no abbreviation', 'вот так, т.е. иначе никак', 3, ['вот так,', 'т.е. иначе никак']],
    ['a short last word', 'да это я. Кто там был', 5, ['да это я.', 'Кто там был']],
    ['no decimal', 'это 3.14 и не больше', 3, ['это 3.14 и', 'не больше']],
  ])('ends a chunk at %s', (_, text, chunkSize, expected) => {
    expect(texts(text, chunkSize, 'smart')).toEqual(expected);
  });

  it('looks for the end of a smaller first chunk too', () => {
    expect(texts('а б. в г д е, ж з и к л м', 6, 'smart', 3)).toEqual(['а б.', 'в г д е,', 'ж з и к л м']);
  });
});

describe('every split', () => {
  const parts = [
    'а',
    'Сәлем!',
    'нет,',
    'שלום',
    'مرحبا،',
    '👩‍🚀',
    '\ud83d',
    '\0',
    '3.14',
    '—',
    'ё\u0301'.repeat(70),
    'ы'.repeat(301),
  ];
  const spaces = [' ', '  ', '\n', '\u00a0', '\u2029\t'];

  it.each(Array.from({ length: 60 }, (_, seed) => seed))('keeps each word once and in order (seed %i)', (seed) => {
    const random = seeded(seed);
    const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)]!;
    let text = pick(['', ...spaces]);
    for (let i = 0; i < random() * 80; i++) text += pick(parts) + pick(spaces);
    const chunkSize = 1 + Math.floor(random() * 20);
    const firstChunkSize = 1 + Math.floor(random() * 20);
    const mode = pick(['words', 'smart']) as SplitOptions['mode'];

    const chunks = splitText(text, { chunkSize, firstChunkSize, mode });
    expect(
      chunks
        .map((chunk) => chunk.text)
        .join('')
        .replace(/\p{White_Space}/gu, ''),
    ).toBe(text.replace(/\p{White_Space}/gu, ''));
    let end = 0;
    for (const [index, chunk] of chunks.entries()) {
      expect(chunk.index).toBe(index);
      expect(chunk.text).toBe(text.slice(chunk.offset, chunk.offset + chunk.text.length));
      expect(chunk.text).not.toMatch(/^\p{White_Space}|\p{White_Space}$/u);
      expect(chunk.offset).toBeGreaterThanOrEqual(end);
      end = chunk.offset + chunk.text.length;
      const size = chunk.text.split(/\p{White_Space}+/u).length;
      expect(size).toBeLessThanOrEqual(index === 0 ? firstChunkSize : chunkSize);
    }
  });

  it.each(['words', 'smart'] as const)('is quick on a megabyte (%s)', (mode) => {
    const started = performance.now();
    expect(splitText('a '.repeat(2 ** 19), { chunkSize: 200, mode })).toHaveLength(Math.ceil(2 ** 19 / 200));
    expect(splitText('a'.repeat(2 ** 20), { chunkSize: 1, mode })).toHaveLength(Math.ceil(2 ** 20 / 100));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
