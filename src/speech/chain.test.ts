import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ALL_FACTS, FakeEngine } from '../../test/fixtures/speech/fake-engine.ts';
import { BootError, SoyleError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { SpeechChain } from './chain.ts';
import { RemoteFault } from './remote-fault.ts';
import type { SpeechRequest, SpeechStream, Voice } from './speech.ts';
import { TextLeft } from './text-left.ts';

const unaborted = () => new AbortController().signal;
const request: SpeechRequest = { text: 'раз', language: 'ru' };
const voice = (id: string, language: Voice['language'] = 'ru'): Voice => ({ id, name: id, language });
const down = () => {
  throw new RemoteFault('down', { retryable: true });
};

function chained() {
  const engines = [new FakeEngine('sherpa'), new FakeEngine('alltalk'), new FakeEngine('espeak')] as const;
  const [sherpa, alltalk, espeak] = engines;
  sherpa.facts = { ...ALL_FACTS, languages: ['ru', 'en'], temperature: false };
  sherpa.known = [voice('irina')];
  alltalk.known = [voice('Arnold.wav'), voice('Arnold.wav', 'en')];
  espeak.known = [voice('ru+f1'), voice('kk+f1', 'kk')];
  const chain = new SpeechChain(engines, { log: silentLog });
  const speak = (more: Partial<SpeechRequest> = {}, signal = unaborted()) =>
    chain.speak({ ...request, ...more }, signal);
  return { chain, speak, sherpa, alltalk, espeak };
}

describe('SpeechChain', () => {
  it('asks the first engine that speaks the language', async () => {
    const { speak, sherpa } = chained();
    expect(await speak()).toMatchObject({ engine: 'sherpa', degraded: false, warnings: [] });
    expect(await speak({ language: 'kk' })).toMatchObject({ engine: 'alltalk', degraded: false, warnings: [] });
    expect(sherpa.asked).toHaveLength(1);
  });

  it('asks one after another until one has spoken, and says who it was', async () => {
    const { speak, sherpa, alltalk } = chained();
    sherpa.answer = down;
    expect(await speak()).toMatchObject({ engine: 'alltalk', degraded: true });
    alltalk.answer = down;
    expect(await speak()).toMatchObject({ engine: 'espeak', degraded: true });
  });

  it('fails with what the wanted engine failed with when nobody can speak', async () => {
    const { speak, sherpa, alltalk, espeak } = chained();
    const first = new RemoteFault('first', { retryable: true });
    sherpa.answer = () => {
      throw first;
    };
    alltalk.answer = down;
    espeak.answer = () => {
      throw new SoyleError('invalid_request');
    };
    await expect(speak()).rejects.toBe(first);
  });

  it('asks a named engine first, whatever its place', async () => {
    const { speak, espeak } = chained();
    expect(await speak({ engine: 'espeak', voice: 'ru+f1' })).toMatchObject({ engine: 'espeak', degraded: false });
    expect(espeak.asked[0]).toMatchObject({ voice: 'ru+f1' });
    espeak.answer = down;
    const spoken = await speak({ engine: 'espeak', voice: 'ru+f1' });
    expect(spoken).toMatchObject({ engine: 'sherpa', degraded: true, warnings: ['voice_replaced'] });
    await expect(speak({ engine: 'festival' })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('replaces a named engine that does not speak the language', async () => {
    const { speak, alltalk } = chained();
    const spoken = await speak({ engine: 'sherpa', voice: 'irina', language: 'kk' });
    expect(spoken).toMatchObject({ engine: 'alltalk', degraded: false, warnings: ['engine_replaced'] });
    expect(alltalk.asked[0]?.voice).toBeUndefined();
  });

  it('asks the engine that has the voice, and others for a voice of their own', async () => {
    const { speak, sherpa, alltalk } = chained();
    expect(await speak({ voice: 'Arnold.wav' })).toMatchObject({ engine: 'alltalk', degraded: false });
    alltalk.answer = down;
    const spoken = await speak({ voice: 'Arnold.wav' });
    expect(spoken).toMatchObject({ engine: 'sherpa', degraded: true, warnings: ['voice_replaced'] });
    expect(sherpa.asked[0]?.voice).toBeUndefined();
  });

  it('leaves a voice that nobody has to the first engine', async () => {
    const { speak, sherpa } = chained();
    const refusal = new SoyleError('invalid_request', { detail: 'unknown voice "x"' });
    sherpa.answer = () => {
      throw refusal;
    };
    await expect(speak({ voice: 'x' })).rejects.toBe(refusal);
    expect(sherpa.asked).toEqual([{ ...request, voice: 'x' }]);
  });

  const keepsSilent = () => Promise.reject(new RemoteFault('down', { retryable: true }));

  it('lets another voice speak where that of a silent engine may be meant', async () => {
    const { speak, sherpa, alltalk } = chained();
    alltalk.voices = keepsSilent;
    const replaced = { degraded: true, warnings: ['voice_replaced'] };
    expect(await speak({ voice: 'Arnold.wav' })).toMatchObject({ engine: 'sherpa', ...replaced });
    expect(sherpa.asked[0]?.voice).toBeUndefined();
  });

  it('asks the first engine for a voice that it may have, and the next one when it does not', async () => {
    const { speak, sherpa } = chained();
    sherpa.voices = keepsSilent;
    expect(await speak({ voice: 'dmitri' })).toMatchObject({ engine: 'sherpa', degraded: false, warnings: [] });
    expect(sherpa.asked[0]?.voice).toBe('dmitri');
    sherpa.answer = () => {
      throw new SoyleError('invalid_request', { detail: 'unknown voice "dmitri"' });
    };
    const replaced = { degraded: true, warnings: ['voice_replaced'] };
    expect(await speak({ voice: 'dmitri' })).toMatchObject({ engine: 'alltalk', ...replaced });
  });

  it('still knows the voices of an engine that has fallen silent', async () => {
    const { speak, alltalk } = chained();
    await speak({ voice: 'Arnold.wav' });
    alltalk.voices = keepsSilent;
    expect(await speak({ voice: 'Arnold.wav' })).toMatchObject({ engine: 'alltalk', degraded: false, warnings: [] });
  });

  it('lets an engine rest as long as its server asks, and only the last one wait for it', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { speak, sherpa, alltalk, espeak } = chained();
    sherpa.answer = alltalk.answer = () => {
      throw new RemoteFault('busy', { retryable: true, retryAfterMs: 8000 });
    };
    expect(await speak()).toMatchObject({ engine: 'espeak', degraded: true });
    await vi.advanceTimersByTimeAsync(7999);
    await speak();
    expect(sherpa.asked).toHaveLength(1);
    expect([sherpa, alltalk, espeak].map(({ asked }) => asked[0]?.last)).toEqual([undefined, undefined, true]);
    await vi.advanceTimersByTimeAsync(1);
    await speak();
    expect(sherpa.asked).toHaveLength(2);
  });

  it('lets an engine rest that fell silent in the middle', async () => {
    const slow = Object.assign(new FakeEngine('slow'), {
      async stream(this: FakeEngine, asked: SpeechRequest): Promise<SpeechStream> {
        this.asked.push(asked);
        async function* pcm() {
          yield Int16Array.of(1);
          throw new RemoteFault('too slow', { code: 'speech_timeout', retryable: true });
        }
        return { sampleRate: 16_000, pcm: pcm() };
      },
    });
    const chain = new SpeechChain([slow, new FakeEngine('b')], { log: silentLog });
    for (let i = 0; i < 2; i++) {
      for await (const _ of (await chain.stream(request, unaborted())).pcm);
    }
    expect(slow.asked).toHaveLength(1);
  });

  it('names what the engine that spoke could not do', async () => {
    const { speak } = chained();
    expect((await speak({ temperature: 0.5 })).warnings).toEqual(['temperature_ignored']);
    expect((await speak({ temperature: 0.5, engine: 'espeak' })).warnings).toEqual([]);
  });

  it.each([
    [{ rate: 3 }, 'invalid_request'],
    [{ temperature: -1 }, 'invalid_request'],
    [{ voiceAttributes: { age: 0 } }, 'invalid_request'],
  ] as const)('refuses %j without asking anybody', async (wish, code) => {
    const { speak, sherpa } = chained();
    await expect(speak(wish)).rejects.toMatchObject({ code });
    expect(sherpa.asked).toEqual([]);
  });

  it('gives a text that is too long for one engine to the next', async () => {
    const { speak, sherpa } = chained();
    sherpa.answer = () => {
      throw new SoyleError('text_too_long', { limit: 1 });
    };
    expect(await speak()).toMatchObject({ engine: 'alltalk', degraded: true });
  });

  it.each([
    ['a defect', () => new TypeError('Invalid URL')],
    ['an engine that is closed alone', () => new SoyleError('stopping')],
  ])('gives to the next what %s ends', async (_, error) => {
    const { speak, chain, sherpa, alltalk } = chained();
    sherpa.answer = () => {
      throw error();
    };
    expect(await speak()).toMatchObject({ engine: 'alltalk', degraded: true });
    await chain.close();
    alltalk.asked = [];
    sherpa.answer = () => {
      throw new SoyleError('stopping');
    };
    await expect(speak()).rejects.toMatchObject({ code: 'stopping' });
    expect(alltalk.asked).toEqual([]);
  });

  it('asks nobody else when the client left', async () => {
    const { speak, sherpa, alltalk } = chained();
    const leaving = new AbortController();
    const reason = new Error('the client left');
    sherpa.answer = () => {
      leaving.abort(reason);
      return down();
    };
    await expect(speak({}, leaving.signal)).rejects.toBe(reason);
    expect(alltalk.asked).toEqual([]);
  });

  it('streams from the next engine until there is a first sound', async () => {
    const { chain, sherpa } = chained();
    sherpa.answer = down;
    const { pcm, ...origin } = await chain.stream(request, unaborted());
    expect(origin).toMatchObject({ engine: 'alltalk', degraded: true, sampleRate: 16_000 });
    for await (const piece of pcm) expect(piece).toHaveLength(3);
  });

  /** Streams one piece of as many samples, 1 ms each, as the text has letters in its first half, then breaks off. */
  const breaking = (id: string, sampleRate: number) =>
    Object.assign(new FakeEngine(id), {
      async stream(this: FakeEngine, asked: SpeechRequest): Promise<SpeechStream> {
        this.asked.push(asked);
        async function* pcm() {
          yield new Int16Array((asked.text.length / 2) * (sampleRate / 1000)).fill(100);
          throw new RemoteFault('cut', { retryable: true });
        }
        return { sampleRate, samples: asked.text.length * (sampleRate / 1000), pcm: pcm() };
      },
    });
  const soundOf = async ({ pcm }: SpeechStream) => {
    const samples: number[] = [];
    for await (const piece of pcm) samples.push(...piece);
    return samples;
  };
  /** Words of one letter, a second each. */
  const slowly = new FakeEngine('guide', ({ text }) => ({
    pcm: new Int16Array(1),
    words: Array.from(text, (letter, i) => ({ text: letter, textOffset: i, startMs: 1000 * i, endMs: 1000 * (i + 1) })),
  }));

  it('goes on where an engine broke off, and says who spoke', async () => {
    const [first, second, last] = [breaking('a', 8000), breaking('b', 16_000), new FakeEngine('c')];
    const chain = new SpeechChain([first, second, last], { log: silentLog, left: new TextLeft(slowly) });
    const stream = await chain.stream({ text: 'абвгдежз', language: 'ru', voice: 'x' }, unaborted());
    expect(stream).toMatchObject({ engine: 'a', degraded: false, sampleRate: 8000 });
    expect(stream.shares?.()).toEqual([]);
    const samples = await soundOf(stream);
    // The letter that was cut is said again; what broke before it came to the rate of the first counts for nothing.
    expect([first, second, last].map(({ asked }) => asked.map(({ text }) => text))).toEqual([
      ['абвгдежз'],
      ['гдежз'],
      ['гдежз'],
    ]);
    expect(samples.slice(0, 32)).toEqual(new Array(32).fill(100));
    expect(samples.slice(32, 32 + 80).every((sample, i, fall) => i === 0 || sample <= fall[i - 1]!)).toBe(true);
    expect(samples.slice(32 + 80, 32 + 720).every((sample) => sample === 0)).toBe(true);
    expect(stream.shares?.()).toMatchObject([
      { engine: 'a', degraded: false, ms: 4 },
      { engine: 'b', degraded: true, ms: 0, warnings: ['voice_replaced'] },
      { engine: 'c', degraded: true, warnings: ['voice_replaced'] },
    ]);
  });

  it('breaks off when nobody is left, and asks nobody for a listener who left', async () => {
    const alone = new SpeechChain([breaking('a', 8000)], { log: silentLog });
    await expect(alone.stream(request, unaborted()).then(soundOf)).rejects.toMatchObject({ code: 'speech_failed' });
    const [first, second] = [breaking('a', 8000), new FakeEngine('b')];
    const client = new AbortController();
    const chain = new SpeechChain([first, second], { log: silentLog, left: new TextLeft(slowly) });
    const stream = await chain.stream(request, client.signal);
    client.abort(new Error('left'));
    await expect(soundOf(stream)).rejects.toThrow('left');
    expect(second.asked).toEqual([]);
  });

  it('has a whole utterance by one engine where that is asked for', async () => {
    const [first, second] = [breaking('a', 8000), new FakeEngine('b')];
    const chain = new SpeechChain([first, second], { log: silentLog });
    const stream = await chain.stream({ ...request, whole: true }, unaborted());
    expect(stream).toMatchObject({ engine: 'b', degraded: true, sampleRate: 16_000 });
    expect(await soundOf(stream)).toEqual([7, 7, 7]);
  });

  it('lets an engine rest that kept a listener waiting, while there are others', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { speak, sherpa, alltalk, espeak } = chained();
    for (const engine of [sherpa, alltalk, espeak]) {
      engine.answer = () => {
        throw new RemoteFault('silent', { code: 'speech_timeout', retryable: true });
      };
    }
    await expect(speak()).rejects.toMatchObject({ code: 'speech_timeout' });
    espeak.answer = ({ text }) => ({ pcm: new Int16Array(text.length) });
    expect(await speak()).toMatchObject({ engine: 'espeak', degraded: true });
    expect([sherpa, alltalk, espeak].map(({ asked }) => asked.length)).toEqual([1, 1, 2]);
    await vi.advanceTimersByTimeAsync(10_000);
    sherpa.answer = espeak.answer;
    expect(await speak()).toMatchObject({ engine: 'sherpa', degraded: false });
  });

  it('tells which engine is asked first', async () => {
    const { chain } = chained();
    expect((await chain.wanted({ language: 'ru' }))?.id).toBe('sherpa');
    expect((await chain.wanted({ language: 'en', voice: 'Arnold.wav' }))?.id).toBe('alltalk');
    expect((await chain.wanted({ language: 'kk', engine: 'espeak' }))?.id).toBe('espeak');
    expect(await new SpeechChain([new FakeEngine('a')], { log: silentLog }).wanted({ language: 'ru' })).toBeDefined();
  });

  it('starts with what starts', async () => {
    const { chain, sherpa, alltalk, espeak } = chained();
    sherpa.starts = alltalk.starts = () => Promise.reject(new RemoteFault('nobody there', { retryable: true }));
    await chain.start();
    espeak.starts = sherpa.starts;
    await expect(chain.start()).rejects.toThrow(BootError);
    await expect(chain.start()).rejects.toThrow(/sherpa: nobody there; alltalk: nobody there/);
  });

  it('has started with the first engine, and tries again one that fails later', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { chain, sherpa } = chained();
    let starts = 0;
    let fail: (error: Error) => void = () => {};
    sherpa.starts = () => {
      starts++;
      return new Promise((_, reject) => {
        fail = reject;
      });
    };
    await chain.start();
    fail(new RemoteFault('nobody there', { retryable: true }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(starts).toBe(2);
    await chain.close();
  });

  it('finds a voice behind an engine that hangs', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { speak, sherpa } = chained();
    sherpa.voices = () => new Promise(() => {});
    const first = speak({ voice: 'ru+f1' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(await first).toMatchObject({ engine: 'espeak', degraded: false });
    expect(await speak({ voice: 'ru+f1' })).toMatchObject({ engine: 'espeak', degraded: false });
  });

  it('starts every minute what did not start, until it has or the house is closed', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { chain, sherpa, alltalk } = chained();
    const starts = { sherpa: 0, alltalk: 0 };
    const refuse = () => Promise.reject(new RemoteFault('nobody there', { retryable: true }));
    sherpa.starts = () => (++starts.sherpa < 3 ? refuse() : Promise.resolve());
    alltalk.starts = () => {
      starts.alltalk++;
      return refuse();
    };
    await chain.start();
    await vi.advanceTimersByTimeAsync(4 * 60_000);
    expect(starts).toEqual({ sherpa: 3, alltalk: 5 });
    await chain.close();
    await vi.advanceTimersByTimeAsync(4 * 60_000);
    expect(starts.alltalk).toBe(5);
  });

  it('lists the voices of all that answer, and closes all', async () => {
    const { chain, sherpa, espeak } = chained();
    sherpa.voices = () => Promise.reject(new Error('down'));
    expect((await chain.voices()).map(({ id, engine }) => `${engine} ${id}`)).toEqual([
      'alltalk Arnold.wav',
      'alltalk Arnold.wav',
      'espeak ru+f1',
      'espeak kk+f1',
    ]);
    await chain.close();
    expect([sherpa.closed, espeak.closed]).toEqual([true, true]);
  });
});
