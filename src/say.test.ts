import { describe, expect, it } from 'vitest';
import { type SayRequest, say, sayStream } from './say.ts';
import type { SpeechEngine, SpeechOrigin, SpeechRequest, Voice } from './speech/speech.ts';
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

describe('a voice drawn by lot', () => {
  const text = `${'Раз два три четыре пять. '.repeat(30)}Это Google, да.`;
  /** Another voice each time it is asked for a random one. */
  function lots(more: SpeechOrigin = {}) {
    const engine = recorder();
    let drawn = 0;
    engine.wanted = async () => ({
      voices: async () => [],
      id: 'elevenlabs',
      facts: { ...engine.facts, randomVoice: true },
    });
    engine.voices = async () =>
      ['v1', 'v2'].flatMap((id) => LANGUAGES.map((language) => ({ id, name: id, language, engine: 'elevenlabs' })));
    const { speak } = engine;
    engine.speak = async (request, signal) => ({
      ...(await speak(request, signal)),
      ...{ voice: request.voice === 'random' ? `v${++drawn}` : request.voice },
      ...more,
    });
    return engine;
  }
  const voices = ({ asked }: ReturnType<typeof recorder>) => asked.map(({ voice }) => voice);

  it('says all of a text', async () => {
    const [whole, streamed] = [lots(), lots()];
    await say({ text, language: 'ru', voice: 'random' }, whole, forever);
    expect(voices(whole)).toEqual([
      'random',
      ...voices(whole)
        .slice(1)
        .map(() => 'v1'),
    ]);
    expect(whole.asked.map(({ language }) => language)).toContain('en');
    const { pcm } = await sayStream({ text, language: 'ru', voice: 'random' }, streamed, forever);
    for await (const _ of pcm);
    expect(voices(streamed)).toEqual([
      'random',
      ...voices(streamed)
        .slice(1)
        .map(() => 'v1'),
    ]);
    expect(voices(streamed).length).toBeGreaterThan(3);
  });

  it('is drawn again after another engine had to speak', async () => {
    const engine = lots({ degraded: true });
    await say({ text, language: 'ru', voice: 'random' }, engine, forever);
    expect(new Set(voices(engine))).toEqual(new Set(['random']));
  });
});

describe('foreign words in a sentence', () => {
  const text = 'Это Google, да.';
  const asked = async (engine: ReturnType<typeof recorder>, more = {}) => {
    await say({ text, language: 'ru', ...more }, engine, forever);
    return engine.asked.map(({ text: said, language, engine: who, voice }) => [said, language, who, voice]);
  };
  const facts = { languages: LANGUAGES, wordTimings: false, rate: true, pitch: true };

  it('are said by the engine that says the sentence, and by its voice if that speaks both', async () => {
    const engine = recorder();
    engine.wanted = async () => ({ voices: async () => [], id: 'alltalk', facts });
    engine.voices = async () => [
      { id: 'arnold', name: 'Arnold', language: 'ru', engine: 'alltalk' },
      { id: 'arnold', name: 'Arnold', language: 'en', engine: 'alltalk' },
    ];
    expect(await asked(engine, { voice: 'arnold' })).toEqual([
      ['Это ', 'ru', undefined, 'arnold'],
      ['Google, ', 'en', 'alltalk', 'arnold'],
      ['да.', 'ru', undefined, 'arnold'],
    ]);
  });

  it('are said by another one when it does not speak their language', async () => {
    const engine = recorder();
    engine.wanted = async () => ({ voices: async () => [], id: 'sherpa', facts: { ...facts, languages: ['ru'] } });
    expect((await asked(engine))[1]).toEqual(['Google, ', 'en', undefined, undefined]);
  });

  it('stay in the sentence where the engine mixes languages, and keep their times', async () => {
    const engine = recorder();
    engine.wanted = async () => ({ voices: async () => [], id: 'qwen', facts: { ...facts, mixesLanguages: true } });
    expect(await asked(engine)).toEqual([['Это Google, да.', 'ru', undefined, undefined]]);
    const { words } = await say({ text, language: 'ru' }, engine, forever);
    expect(words.map(({ textOffset }) => textOffset)).toEqual([0, 4, 12]);
    engine.asked.length = 0;
    engine.wanted = async () => ({
      voices: async () => [],
      id: 'qwen',
      facts: { ...facts, languages: ['ru'], mixesLanguages: true },
    });
    expect(await asked(engine)).toHaveLength(3);
  });
});

describe('an avatar’s gender', () => {
  const voices: Voice[] = [
    { id: 'ru-man', name: 'Man', language: 'ru', gender: 'male' },
    { id: 'ru-woman', name: 'Woman', language: 'ru', gender: 'female', default: 'usual' },
    { id: 'en-woman', name: 'Woman', language: 'en', gender: 'female' },
    { id: 'en-man', name: 'Man', language: 'en', gender: 'male' },
    { id: 'kk-who', name: 'Who', language: 'kk' },
  ];
  const voicesOf = async (request: Omit<SayRequest, 'text'>, listed = voices) => {
    const engine = { ...recorder(), voices: async () => listed };
    await say({ text: 'Это Google Maps, да.', ...request }, engine, forever);
    return engine.asked.map(({ voice }) => voice);
  };

  it('chooses the voice where nobody is named, foreign words included', async () => {
    expect(await voicesOf({ language: 'ru', gender: 'male' })).toEqual(['ru-man', 'en-man', 'ru-man']);
    expect(await voicesOf({ language: 'auto', gender: 'male' })).toEqual(['ru-man', 'en-man', 'ru-man']);
  });

  it('leaves an engine its default where that fits, or nobody knows', async () => {
    const none = [undefined, undefined, undefined];
    expect(await voicesOf({ language: 'ru', gender: 'female' })).toEqual(none);
    expect(await voicesOf({ language: 'ru' })).toEqual(none);
    expect(await voicesOf({ language: 'ru', gender: 'male' }, voices.slice(1, 3))).toEqual(none);
    expect(new Set(await voicesOf({ language: 'kk', gender: 'male' }))).toEqual(new Set([undefined, 'en-man']));
  });

  it('gives way to a named voice and to what the operator chose', async () => {
    expect(await voicesOf({ language: 'ru', gender: 'male', voice: 'ru-woman' })).toEqual([
      'ru-woman',
      undefined,
      'ru-woman',
    ]);
    const chosen = voices.map((one): Voice => (one.default ? { ...one, default: 'chosen' } : one));
    expect(await voicesOf({ language: 'ru', gender: 'male' }, chosen)).toEqual([undefined, 'en-man', undefined]);
  });
});

it('asks the engine that says the sentence for its voices, once, and nobody where no gender is wanted', async () => {
  const asked: string[] = [];
  const voicesOf = (id: string) => async (): Promise<Voice[]> => {
    asked.push(id);
    return (['ru', 'en'] as const).flatMap((language) => [
      { id: `${id}-woman`, name: 'Woman', language, gender: 'female' },
      { id: `${id}-man`, name: 'Man', language, gender: 'male' },
    ]);
  };
  const engine = { ...recorder(), voices: voicesOf('all') };
  const { facts } = engine;
  const wanted: NonNullable<SpeechEngine['wanted']> = async ({ language }) =>
    language === 'en' ? { id: 'a', facts, voices: voicesOf('a') } : { id: 'b', facts, voices: voicesOf('b') };
  const text = 'Вот карта города: это Google Maps, да. А это снова Google Maps, да.';
  await say({ text, language: 'auto' }, { ...engine, wanted }, forever);
  expect(asked).toEqual([]);
  await say({ text, language: 'auto', gender: 'male' }, { ...engine, wanted }, forever);
  expect(new Set(engine.asked.slice(-3).map(({ voice }) => voice))).toEqual(new Set(['b-man']));
  // For each language that is said.
  expect(asked).toEqual(['b', 'b']);
});

it('speaks in the gender that attributes name, before the avatar’s, unless the engine can be told', async () => {
  const listed: Voice[] = [
    { id: 'woman', name: 'Woman', language: 'ru', gender: 'female' },
    { id: 'man', name: 'Man', language: 'ru', gender: 'male' },
  ];
  const voiceFor = async (gender: 'female' | 'male' | 'neutral', told = false) => {
    const engine = { ...recorder(), voices: async () => listed };
    engine.facts = { ...engine.facts, voiceAttributes: told };
    await say({ text: 'да', language: 'ru', gender: 'male', voiceAttributes: { gender } }, engine, forever);
    return engine.asked[0]!.voice;
  };
  expect(await voiceFor('female')).toBeUndefined();
  expect(await voiceFor('male')).toBe('man');
  expect(await voiceFor('neutral')).toBe('man');
  expect(await voiceFor('male', true)).toBeUndefined();
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
      engines: ['first', 'second'],
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

  it('speaks passage after passage at the rate of the first', async () => {
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

  /** Streams two pieces for every passage; tells how many streams have begun and which have ended. */
  function streaming() {
    const seen = { begun: 0, ended: 0, signals: [] as AbortSignal[] };
    const engine = recorder();
    engine.stream = async ({ language }, signal) => {
      seen.begun++;
      seen.signals.push(signal);
      async function* pcm() {
        yield new Int16Array(1600);
        yield new Int16Array(1600);
        seen.ended++;
      }
      const degraded = language === 'en';
      const shares = () => [
        { engine: 'first', ms: 100 },
        ...(degraded ? [{ engine: 'second', degraded, ms: 700 }] : []),
      ];
      return { sampleRate: 16_000, pcm: pcm(), engine: 'first', shares };
    };
    return { engine, seen };
  }

  it('has the next passage spoken while one is heard, and no more than that', async () => {
    const { engine, seen } = streaming();
    const { pcm } = await sayStream({ text: 'Это Google и Apple, да.', language: 'ru' }, engine, forever);
    expect(seen.begun).toBe(1);
    const begun: number[] = [];
    for await (const _ of pcm) begun.push(seen.begun);
    expect(begun).toEqual([2, 2, 3, 3, 4, 4, 5, 5, 5, 5]);
    expect(seen.ended).toBe(5);
  });

  it('lets go of both passages when the listener leaves', async () => {
    const { engine, seen } = streaming();
    const { pcm } = await sayStream({ text: 'Это Google, да.', language: 'ru' }, engine, forever);
    for await (const _ of pcm) break;
    expect(seen.begun).toBe(2);
    expect(seen.signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it('tells of a passage that fails only when its turn has come', async () => {
    const { engine } = streaming();
    const stream = engine.stream!;
    engine.stream = async (request, signal) => {
      if (request.language === 'en') throw new Error('down');
      return stream(request, signal);
    };
    const { pcm } = await sayStream({ text: 'Это Google, да.', language: 'ru' }, engine, forever);
    let heard = 0;
    const listening = async () => {
      for await (const piece of pcm) heard += piece.length;
    };
    await expect(listening()).rejects.toThrow('down');
    expect(heard).toBe(3200);
  });

  it('knows everybody who spoke when it is asked for as a whole', async () => {
    const { engine, seen } = streaming();
    const request = { text: 'Это Google, да.', language: 'ru' } as const;
    const begun = await sayStream(request, engine, forever);
    expect(begun).toMatchObject({ engine: 'first' });
    expect(begun).not.toHaveProperty('degraded');
    const whole = await sayStream({ ...request, whole: true }, engine, forever);
    expect(whole).toMatchObject({ engine: 'second', engines: ['first', 'second'], degraded: true });
    expect(seen.ended).toBe(3);
    expect(await collect(whole.pcm)).toEqual([9600]);
  });

  it('ends with its client', async () => {
    const client = new AbortController();
    const { pcm } = await sayStream({ text: 'Это Google, да.', language: 'ru' }, recorder(), client.signal);
    client.abort(new Error('left'));
    await expect(collect(pcm)).rejects.toThrow('left');
  });
});
