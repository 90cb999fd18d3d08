import { describe, expect, it } from 'vitest';
import { seeded } from '../../test/fixtures/seeded.ts';
import { LANGUAGES, type Language } from '../types.ts';
import { normalize } from './spoken.ts';

/** The source of every word of the result, as `word←source`. */
const sources = (text: string, language: Language) =>
  normalize(text, language).flatMap((span) =>
    Array.from(span.text.matchAll(/[\p{L}\p{M}-]+/gu), ({ 0: word, index }) => {
      const { start, end } = span.sourceRange(index, index + word.length);
      return `${word}←${text.slice(start, end)}`;
    }),
  );

describe('the way back to the source', () => {
  it('leads every word to what it speaks', () => {
    expect(sources('Было 20 ноября 2026 г., 5 км.', 'ru')).toEqual([
      'Было←Было',
      'двадцатого←20',
      'ноября←ноября',
      'две←2026',
      'тысячи←2026',
      'двадцать←2026',
      'шестого←2026',
      'года←г.',
      'пять←5',
      'километров←км',
    ]);
    expect(sources('$5, ok', 'en')).toEqual(['five←$5', 'dollars←$5', 'ok←ok']);
    expect(sources('5%-ға', 'kk')).toEqual(['бес←5', 'пайызға←%-ға']);
  });

  it('leads through decomposed letters, invisible characters and emoji', () => {
    expect(sources('😀 мои\u0306 5\u200b-й е\u0308ж', 'ru')).toEqual([
      'мой←мои\u0306',
      'пятый←5\u200b-й',
      'ёж←е\u0308ж',
    ]);
  });

  it('keeps ranges within the source, whatever is asked', () => {
    const span = normalize('в 5 км', 'ru')[0]!;
    for (const [from, to] of [
      [-3, -1],
      [0, 99],
      [50, 60],
      [4, 2],
    ] as const) {
      const { start, end } = span.sourceRange(from, to);
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeGreaterThanOrEqual(start);
      expect(end).toBeLessThanOrEqual(6);
    }
  });
});

const PARTS =
  `а Қала word 0 7 21 1990 2026 1000000 3,14 2.5 -5 5-й 20-ға 21st 1990-х 20 ноября г. год ж. жыл Nov , . ! … ( ) « » — – - /
  : 14:30 9:05 pm % ₸ $ € 2,5 млн тыс. km кг м² °C № § & + = * # @ +7 701 123-45-67 ½ 3/4 т. е. и т. д. т.б. Mr. e.g. etc. США ЖШС BBC
  XIX XX век ғ. в. I https://a.kz/b?c=1 x@y.kz www. 1.2.3 7-ш ё\u0301 😀 \ud83d \0 ² ' A4 B2B сөз сiз`.split(/\s+/);
const GAPS = [' ', ' ', ' ', '', '\n', '\u00a0', '  '];

describe.each(LANGUAGES)('any text in %s', (language) => {
  it.each(Array.from({ length: 80 }, (_, seed) => seed))('is covered in order, and once (seed %i)', (seed) => {
    const random = seeded(seed);
    const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)]!;
    let text = '';
    for (let i = 0; i < 1 + random() * 30; i++) text += pick(PARTS) + pick(GAPS);
    const spans = normalize(text, language);

    let end = 0;
    const covered = new Uint8Array(text.length);
    for (const span of spans) {
      expect(span.start).toBe(end);
      end = span.end;
      let before = 0;
      for (const { 0: word, index } of span.text.matchAll(/\S+/g)) {
        const range = span.sourceRange(index, index + word.length);
        expect(range.start).toBeGreaterThanOrEqual(before);
        expect(range.end).toBeLessThanOrEqual(text.length);
        before = range.start;
        covered.fill(1, range.start, range.end);
      }
    }
    if (spans.length > 0) expect(end).toBe(text.length);
    for (const { 0: char, index } of text.matchAll(/[\p{L}\p{N}]/gu)) {
      expect(`${char} at ${index}: ${covered[index]}`).toBe(`${char} at ${index}: 1`);
    }
  });

  it.each(Array.from({ length: 80 }, (_, seed) => seed))('is words, and stays so (seed %i)', (seed) => {
    const random = seeded(1000 + seed);
    const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)]!;
    let text = '';
    for (let i = 0; i < 1 + random() * 30; i++) text += pick(PARTS) + pick(GAPS);
    const spoken = normalize(text, language)
      .map((span) => span.text)
      .join('');
    expect(spoken).not.toMatch(/[\p{N}%№&=+@$€₸]/u);
    const again = normalize(spoken, language)
      .map((span) => span.text)
      .join('');
    expect(again).toBe(spoken);
  });
});

/** What patterns that look back or ahead too far would take minutes for. */
const TRAPS = [
  ...[
    '1',
    '1 ',
    '1 000 ',
    '1.',
    '1-',
    '1,',
    '1/',
    '1:30:',
    'a',
    'a.',
    'a-',
    'a@',
    "a'",
    '+1',
    '+1 (',
    '8 7',
    'X',
    'X-',
  ],
  ...['т. е. ', 'т.', '5%-', '$', '$-', '--', 'А', 'США ', 'ә ', 'www.a', 'https://a.kz/a/', ' ', '«', '½', '1x', 'aя'],
  ...['😀', 'е\u0308', '2026 г. ', 'Nov 1', '1\u00a0000', '1234567-', '1.234', 'a_'],
];

describe('100,000 characters', () => {
  const took = (text: string, language: Language) => {
    const started = process.cpuUsage().user;
    normalize(text, language);
    return (process.cpuUsage().user - started) / 1000;
  };

  it.each(LANGUAGES)('take less than 200 ms in %s', (language) => {
    const text = 'В 2026 г. было 5% и 21 рубль. Мәтін жай ғана сөздерден тұрады. Ordinary words follow, e.g. here. '
      .repeat(1100)
      .slice(0, 100_000);
    took(text, language);
    expect(Math.min(took(text, language), took(text, language), took(text, language))).toBeLessThan(200);
  });

  it.each(TRAPS)('of %j take no longer than they have to', (part) => {
    for (const language of LANGUAGES) {
      const of = (length: number) => took(part.repeat(Math.ceil(length / part.length)).slice(0, length), language);
      expect(of(100_000)).toBeLessThan(3000);
    }
  });
});
