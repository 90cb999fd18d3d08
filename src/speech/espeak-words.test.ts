import { describe, expect, it } from 'vitest';
import { escapeText } from './espeak-text.ts';
import { type SpokenEvent, wordTimings } from './espeak-words.ts';

/** Events from a short notation: `w5@100` a word at code point 5 and 100 ms, `e` a clause's end, else a phoneme. */
const events = (notation: string): SpokenEvent[] =>
  notation.split(' ').map((item) => {
    const [what = '', at] = item.split('@');
    const position = /^([we])(\d+)$/.exec(what);
    const audio_position = Number(at);
    if (!position) return { type: 'phoneme', text_position: 0, audio_position, id: what === '_' ? '' : what };
    return { type: position[1] === 'w' ? 'word' : 'end', text_position: Number(position[2]) + 1, audio_position };
  });

const timings = (text: string, notation: string) =>
  wordTimings(text, escapeText(text).offsets, events(notation)).map(
    (word) => `${word.text}+${word.textOffset} ${word.startMs}-${word.endMs}`,
  );

describe('wordTimings', () => {
  it('ends a word with its last sound, not with the pause after it', () => {
    expect(timings('Да, нет!', 'w0@0 d@5 a@40 _@150 e2@300 w4@300 n@310 t@400 _@480 e7@500')).toEqual([
      'Да+0 0-150',
      'нет+4 300-480',
    ]);
  });

  it('keeps a pause inside a word', () => {
    expect(timings('Привет', 'w0@0 p@30 _@60 r@90 t@200 _@250 e5@300')).toEqual(['Привет+0 0-250']);
  });

  it('finds offsets behind emoji, escapes and combining marks', () => {
    expect(timings('😀 & е\u0308ж', 'w0@0 s@0 w6@100 i@100 w8@200 j@200 e10@300')).toEqual([
      '😀+0 0-100',
      '&+3 100-200',
      'е\u0308ж+5 200-300',
    ]);
  });

  it('joins the words of a number', () => {
    expect(timings('1234 рубля', 'w0@0 t@0 w1@50 d@50 w1@90 t@90 w5@200 r@200 e9@300')).toEqual([
      '1234+0 0-200',
      'рубля+5 200-300',
    ]);
  });

  it('shares the time of words spoken as one by their length', () => {
    expect(timings('of the world', 'w0@0 ɒ@0 ə@50 w7@100 w@100 e11@200')).toEqual([
      'of+0 0-40',
      'the+3 40-100',
      'world+7 100-200',
    ]);
  });

  it('takes a position between words for the next word', () => {
    expect(timings('а? б', 'w0@0 a@0 e1@100 w2@100 b@100 e3@200')).toEqual(['а+0 0-100', 'б+3 100-200']);
    expect(timings('а. б', 'w0@0 a@0 w2@100 b@100 e3@200')).toEqual(['а+0 0-100', 'б+3 100-200']);
  });

  it("takes a position behind an emoji for another word of the emoji's name", () => {
    expect(timings('😀 б', 'w0@0 a@0 w1@50 k@50 w2@100 b@100 e3@200')).toEqual(['😀+0 0-100', 'б+3 100-200']);
  });

  it('leaves out punctuation and what was not spoken', () => {
    expect(timings('— «Да», — ☃', 'w3@0 d@0 e4@100')).toEqual(['Да+3 0-100']);
    expect(timings('...', 'e2@7')).toEqual([]);
    expect(timings('', 'e0@7')).toEqual([]);
  });
});
