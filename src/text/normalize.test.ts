import { describe, expect, it } from 'vitest';
import { hasSpeech, speakable } from './normalize.ts';

describe('speakable', () => {
  it.each([
    'Сәлем, әлем! Қалайсың? Ғ Ң Ө Ұ Ү Һ І',
    "It's <b>5 & 6</b> [[h@'loU]] {x} €20 №7 § ©®™ ‼ ½ a_b#*",
    'שלום مرحبا 你好 …«»“”—',
    'за\u0301мок',
    'one\ntwo',
    '',
  ])('leaves %j as it is', (text) => {
    const { text: spoken, sourceOffset } = speakable(text);
    expect(spoken).toBe(text);
    for (let i = 0; i <= text.length; i++) expect(sourceOffset(i)).toBe(i);
  });

  it.each([
    ['NUL and control characters', 'а\0\u0007\u001b\u0085\u009fб', 'а     б'],
    ['tabs and other white space', 'а\t\r\u00a0\u2028\u3000б', 'а     б'],
    ['lone surrogates', 'а\ud83d б\udc00', 'а  б '],
    ['private use and unassigned', 'а\ue000\u{f0000}\u0378\uffffб', 'а     б'],
    ['the replacement character', 'а\ufffdб', 'а б'],
    ['an emoji', 'да 😀!', 'да   !'],
    ['a flag', '🇰🇿!', '    !'],
    ['a skin tone', '👍🏽!', '    !'],
    ['an arrow and a heart', 'а→б ❤ в', 'а→б   в'],
  ])('puts as many spaces for %s', (_, source, spoken) => {
    expect(speakable(source).text).toBe(spoken);
    expect(speakable(source).text).toHaveLength(source.length);
  });

  it.each([
    ['zero-width characters', 'при\u200bв\u2060е\ufeffт', 'привет'],
    ['soft hyphens', 'при\u00adвет', 'привет'],
    ['bidi controls', '\u202eабв\u202c\u200f\u2066г\u2069', 'абвг'],
    ['enclosing marks of keycaps', '1️⃣ 2', '1 2'],
    ['marks without a letter', '\u0301\u0302а', 'а'],
    ['marks piled up on a letter', `а${'\u0301'.repeat(500)}б`, 'а\u0301\u0301\u0301\u0301б'],
  ])('drops %s', (_, source, spoken) => {
    expect(speakable(source).text).toBe(spoken);
  });

  it.each(['👨‍👩‍👧', '❤️', '🏳️‍🌈', '👩🏽‍🚀', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}', '☎', '⚠️'])(
    'is silent about %s',
    (emoji) => {
      expect(speakable(emoji).text.trim()).toBe('');
      expect(speakable(`а${emoji}б`).text).toMatch(/^а +б$/);
    },
  );

  it('composes decomposed letters and still points into the source', () => {
    const source = 'мой \u200bёж'.normalize('NFD');
    const { text, sourceOffset } = speakable(source);
    expect(text).toBe('мой ёж');
    const word = (spoken: string) => {
      const start = text.indexOf(spoken);
      return source.slice(sourceOffset(start), sourceOffset(start + spoken.length));
    };
    expect(word('мой')).toBe('мои\u0306');
    expect(word('ёж')).toBe('е\u0308ж');
    expect(sourceOffset(0)).toBe(0);
    expect(sourceOffset(text.length)).toBe(source.length);
  });

  it('keeps offsets within the source, whatever is asked', () => {
    const { sourceOffset } = speakable('а\u200bб');
    expect([-5, 0, 1, 2, 99].map(sourceOffset)).toEqual([0, 0, 2, 3, 3]);
  });

  it('never returns what an engine could choke on', () => {
    for (let code = 0; code <= 0xffff; code++) {
      const { text } = speakable(`а${String.fromCharCode(code)}`);
      expect(text).not.toMatch(/[^\P{C}\n]/u);
    }
  });

  it('is quick on a megabyte', () => {
    const started = performance.now();
    speakable('е\u0308 😀'.repeat(2 ** 18));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('hasSpeech', () => {
  it.each(['а', '7', '—Ә!', 'שלום', '½'])('%j can be pronounced', (text) => {
    expect(hasSpeech(text)).toBe(true);
  });

  it.each(['', ' \n', '?!…', '—', '😀👍🏽', '\0', '\ud800', '<>&'])('%j cannot', (text) => {
    expect(hasSpeech(text)).toBe(false);
    expect(hasSpeech(speakable(text).text)).toBe(false);
  });
});
