import { describe, expect, it } from 'vitest';
import { say, sayStream } from './say.ts';
import type { SpeechEngine, SpeechRequest } from './speech/speech.ts';
import { LANGUAGES } from './types.ts';

/** Speaks every word in 100 ms and keeps what it was asked. */
function recorder(): SpeechEngine & { asked: SpeechRequest[] } {
  const asked: SpeechRequest[] = [];
  return {
    id: 'recorder',
    asked,
    facts: { languages: LANGUAGES, wordTimings: true, rate: true, pitch: true },
    start: async () => {},
    voices: async () => [],
    close: async () => {},
    async speak(request) {
      asked.push(request);
      const words = Array.from(request.text.matchAll(/\p{L}+/gu), ({ 0: text, index }, i) => ({
        text,
        textOffset: index,
        startMs: i * 100,
        endMs: (i + 1) * 100,
      }));
      return { pcm: new Int16Array(words.length * 1600), words };
    },
  };
}
const forever = new AbortController().signal;

it('times the words as written, whatever it takes to say them', async () => {
  const { words, pcm } = await say({ text: 'Да, 1990 г., 5% и 1 000 км.', language: 'ru' }, recorder(), forever);
  expect(words).toEqual([
    { text: 'Да', textOffset: 0, startMs: 0, endMs: 100 },
    { text: '1990', textOffset: 4, startMs: 100, endMs: 400 },
    { text: 'г.', textOffset: 9, startMs: 400, endMs: 500 },
    { text: '5%', textOffset: 13, startMs: 500, endMs: 700 },
    { text: 'и', textOffset: 16, startMs: 700, endMs: 800 },
    { text: '1 000', textOffset: 18, startMs: 800, endMs: 900 },
    { text: 'км', textOffset: 24, startMs: 900, endMs: 1000 },
  ]);
  expect(pcm).toHaveLength(16_000);
});

it('gives foreign words to the voice of their language, and their times to the text', async () => {
  const engine = recorder();
  const { words } = await say(
    { text: 'Это Google Maps, да.', language: 'ru', voice: 'ru+f2', rate: 2 },
    engine,
    forever,
  );
  expect(engine.asked).toEqual([
    { text: 'Это ', language: 'ru', voice: 'ru+f2', rate: 2 },
    { text: 'Google Maps, ', language: 'en', voice: undefined, rate: 2 },
    { text: 'да.', language: 'ru', voice: 'ru+f2', rate: 2 },
  ]);
  expect(words?.map(({ text, startMs }) => [text, startMs])).toEqual([
    ['Это', 0],
    ['Google', 100],
    ['Maps', 200],
    ['да', 300],
  ]);
});

describe('a text of several languages', () => {
  const text = 'Привет, друзья! Бүгін ауа райы жақсы.';

  it('is spoken sentence by sentence by voices of its languages, a named one where it can', async () => {
    const engine = recorder();
    engine.voices = async () => [{ id: 'issai', name: 'Issai', language: 'kk' }];
    const { words } = await say({ text, language: 'auto', voice: 'issai' }, engine, forever);
    expect(engine.asked.map(({ language, voice }) => [language, voice])).toEqual([
      ['ru', undefined],
      ['kk', 'issai'],
    ]);
    expect(words.map((word) => text.slice(word.textOffset, word.textOffset + word.text.length))).toEqual(
      text.match(/\p{L}+/gu),
    );
  });

  it('says who spoke most of it, and what anybody left undone', async () => {
    const engine = recorder();
    const speak = engine.speak;
    engine.speak = async (request, signal) => ({
      ...(await speak(request, signal)),
      ...(request.language === 'kk' ? { engine: 'second', degraded: true } : { engine: 'first' }),
      warnings: request.language === 'kk' ? ['voice_replaced', 'pitch_ignored'] : ['pitch_ignored'],
    });
    expect(await say({ text, language: 'auto' }, engine, forever)).toMatchObject({
      engine: 'second',
      degraded: true,
      warnings: ['pitch_ignored', 'voice_replaced'],
    });
    expect(await say({ text: 'Привет', language: 'ru' }, recorder(), forever)).not.toHaveProperty('degraded');
  });
});

describe('sayStream', () => {
  const collect = async (pcm: AsyncIterable<Int16Array>) => {
    const lengths: number[] = [];
    for await (const piece of pcm) lengths.push(piece.length);
    return lengths;
  };

  it('speaks a passage when the one before it has been heard, at the rate of the first', async () => {
    const engine = recorder();
    engine.stream = async (request) => {
      engine.asked.push(request);
      async function* pcm() {
        yield new Int16Array(2400);
      }
      return { sampleRate: request.language === 'en' ? 48_000 : 24_000, pcm: pcm(), engine: 'streaming' };
    };
    const {
      pcm,
      sampleRate,
      engine: who,
    } = await sayStream({ text: 'Это Google, да.', language: 'ru' }, engine, forever);
    expect([sampleRate, who, engine.asked.length]).toEqual([24_000, 'streaming', 1]);
    expect(await collect(pcm)).toEqual([2400, 1200, 2400]);
  });

  it('has one piece of what an engine says that does not stream, and none of nothing', async () => {
    const spoken = await sayStream({ text: 'раз два', language: 'ru' }, recorder(), forever);
    expect([spoken.sampleRate, await collect(spoken.pcm)]).toEqual([16_000, [3200]]);
    const silent = await sayStream({ text: '…', language: 'ru' }, recorder(), forever);
    expect(await collect(silent.pcm)).toEqual([]);
  });

  it('ends with its client', async () => {
    const client = new AbortController();
    const { pcm } = await sayStream({ text: 'Это Google, да.', language: 'ru' }, recorder(), client.signal);
    client.abort(new Error('left'));
    await expect(collect(pcm)).rejects.toThrow('left');
  });
});
