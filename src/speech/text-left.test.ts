import { describe, expect, it } from 'vitest';
import { FakeEngine } from '../../test/fixtures/speech/fake-engine.ts';
import type { SpeechRequest } from './speech.ts';
import { TextLeft } from './text-left.ts';

const unaborted = () => new AbortController().signal;
const text = 'Раз два три четыре. Пять шесть семь восемь. Девять десять.';
const request: SpeechRequest = { text, language: 'ru' };

/** A guide that takes half a second for every word. */
const guide = () =>
  new FakeEngine('guide', (asked) => ({
    pcm: new Int16Array(1),
    words: Array.from(asked.text.matchAll(/\p{L}+/gu), ({ 0: word, index }, i) => ({
      text: word,
      textOffset: index,
      startMs: 500 * i,
      endMs: 500 * (i + 1),
    })),
  }));

describe('TextLeft', () => {
  it('goes on with the word that was cut where the length of all was told', async () => {
    const left = new TextLeft(guide());
    const cut = { engine: 'a', request, wholeMs: 10_000 };
    expect(await left.after({ ...cut, heardMs: 6000 }, unaborted())).toBe('шесть семь восемь. Девять десять.');
    expect(await left.after({ ...cut, heardMs: 6700 }, unaborted())).toBe('семь восемь. Девять десять.');
    expect(await left.after({ ...cut, heardMs: 100 }, unaborted())).toBe(text);
    expect(await left.after({ ...cut, heardMs: 10_000 }, unaborted())).toBe('десять.');
    expect(await left.after({ ...cut, heardMs: 0 }, unaborted())).toBe(text);
  });

  it('goes by the pace of the voice’s last utterance, and a little back', async () => {
    const left = new TextLeft(guide());
    left.said('a', { text: 'раз два три четыре', language: 'ru' }, 4000);
    const cut = { engine: 'a', request, heardMs: 7000 };
    expect(await left.after(cut, unaborted())).toBe('шесть семь восемь. Девять десять.');
    left.said('a', { text: 'да', language: 'ru' }, 300);
    expect(await left.after(cut, unaborted())).toBe('шесть семь восемь. Девять десять.');
  });

  it('begins the sentence again where nothing tells how fast the voice speaks', async () => {
    const left = new TextLeft(guide());
    left.said('b', { text: 'раз два три четыре', language: 'ru' }, 4000);
    left.said('a', { text: 'раз два три четыре', language: 'ru', rate: 2 }, 2000);
    const cut = { engine: 'a', request, heardMs: 5700 };
    expect(await left.after(cut, unaborted())).toBe('Пять шесть семь восемь. Девять десять.');
    const slow = { ...cut, request: { ...request, rate: 0.5 } };
    expect(await left.after(slow, unaborted())).toBe(text);
  });

  it('begins anew when the guide fails, and not at all when the listener has left', async () => {
    const left = new TextLeft(new FakeEngine('guide', () => Promise.reject(new Error('no'))));
    const cut = { engine: 'a', request, heardMs: 3000, wholeMs: 5000 };
    expect(await left.after(cut, unaborted())).toBe(text);
    await expect(left.after(cut, AbortSignal.abort(new Error('left')))).rejects.toThrow('left');
  });
});
