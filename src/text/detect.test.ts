import { describe, expect, it } from 'vitest';
import { detectLanguage, languageSpans } from './detect.ts';

describe('detectLanguage', () => {
  it.each([
    ['Привет, как дела?', 'ru'],
    ['Сегодня хорошая погода.', 'ru'],
    ['Нұрсұлтан приехал в город, и его встретили.', 'ru'],
    ['Мы живём в городе Өскемен.', 'ru'],
    ['Компания Google открыла офис.', 'ru'],
    ['Спасибо!', 'ru'],
    ['Сәлем, әлем!', 'kk'],
    ['Қазақстан — үлкен ел.', 'kk'],
    ['Мен мектепке бардым.', 'kk'],
    ['Балалар келди.', 'kk'],
    ['Рахмет!', 'kk'],
    ['Бұл — Google компаниясының жаңа өнімі.', 'kk'],
    ['Ол кітап оқып отыр.', 'kk'],
    ['Hello, world!', 'en'],
    ['I live in Almaty.', 'en'],
    ['The word «привет» means hello.', 'en'],
    ['OK', 'en'],
  ] as const)('%j is %s', (sentence, language) => {
    expect(detectLanguage(sentence)).toBe(language);
  });

  it('takes the hint where nothing tells', () => {
    expect(detectLanguage('2026 — 5%', 'kk')).toBe('kk');
    expect(detectLanguage('2026 — 5%')).toBe('ru');
    expect(detectLanguage('Астана.', 'kk')).toBe('kk');
    expect(detectLanguage('Астана.', 'en')).toBe('ru');
    expect(detectLanguage('Hello', 'ru')).toBe('en');
  });

  it('answers alike however often it is asked', () => {
    const sentence = 'Photoshop Windows бағдарлама ашып';
    expect(Array.from({ length: 4 }, () => detectLanguage(sentence))).toEqual(Array(4).fill('kk'));
  });
});

describe('languageSpans', () => {
  it('gives every sentence its language and joins neighbours', () => {
    const text = 'Привет! Как дела? Сәлем, достар. Қалайсыңдар? Hello, Mr. Smith. How are you?\n5 + 5. Пока.';
    const spans = languageSpans(text);
    expect(spans.map((span) => [span.language, span.text])).toEqual([
      ['ru', 'Привет! Как дела? '],
      ['kk', 'Сәлем, достар. Қалайсыңдар? '],
      ['en', 'Hello, Mr. Smith. How are you?\n5 + 5. '],
      ['ru', 'Пока.'],
    ]);
    for (const span of spans) expect(text.slice(span.start, span.end)).toBe(span.text);
    expect(spans.map((span) => span.text).join('')).toBe(text);
  });

  it('does not part names from their initials and abbreviations', () => {
    expect(languageSpans('На ул. Абая жил А. С. Пушкин.')).toHaveLength(1);
    expect(languageSpans('')).toEqual([]);
  });

  it.each(['а', 'a.', 'a. A', '! ', '.'.repeat(10), '😀', '\n', 'Ә. '])(
    'covers 100,000 characters of %j soon',
    (part) => {
      const text = part.repeat(Math.ceil(100_000 / part.length)).slice(0, 100_000);
      const started = process.cpuUsage().user;
      const spans = languageSpans(text);
      expect((process.cpuUsage().user - started) / 1000).toBeLessThan(3000);
      expect(spans.map((span) => span.text).join('')).toBe(text);
    },
  );
});
