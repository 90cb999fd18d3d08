import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { SoyleError } from '../../src/errors.ts';
import { createApp } from '../../src/http/app.ts';
import { encodeSoundFile } from '../../src/media/sound.ts';
import { bytesOf, deferred, listen, post, untilAborted, WAYS } from './http-helpers.ts';
import { headOf, RATE, secondsOf, speakingHouse, WORD_SAMPLES } from './speech-kit.ts';

const WAV_HEAD = 44;
const UNKNOWN = 0xffff_ffff;

describe.each(WAYS)('%s', (_, open) => {
  test('lists the voices of all engines, each name once, each with a sample', async () => {
    const ask = await open(await speakingHouse());
    const response = await ask('/r/api/voices');
    expect(response.status).toBe(200);
    const { status, voices, details } = await response.json();
    expect([status, voices]).toEqual(['success', ['irina', 'kokoro', 'kk+f1']]);
    expect(details).toHaveLength(4);
    expect(details[0]).toEqual({
      ...{ id: 'irina', name: 'Ирина', engine: 'sherpa', language: 'ru', gender: 'female', licence: 'CC0-1.0' },
      sample_url: '/r/api/voices/sample?voice=irina&language=ru&engine=sherpa',
    });
    expect(details[3]).toMatchObject({ id: 'kk+f1', licence: null });
    expect(details[1]).not.toHaveProperty('gender');

    const sample = await ask(details[3].sample_url);
    expect([sample.status, sample.headers.get('content-type')]).toEqual([200, 'audio/wav']);
    expect(sample.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    const wav = await bytesOf(sample);
    expect(wav.length).toBeGreaterThan(WAV_HEAD + 3 * 2 * WORD_SAMPLES);
    expect(headOf(wav).dataBytes).toBe(wav.length - WAV_HEAD);

    const part = await ask(details[3].sample_url, { headers: { range: 'bytes=0-43' } });
    expect([part.status, (await bytesOf(part)).length]).toEqual([206, WAV_HEAD]);
    const head = await ask(details[3].sample_url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(wav.length)]);
  });

  test('a sample is asked of the voice in its language, and of a voice there is', async () => {
    const house = await speakingHouse();
    const ask = await open(house);
    await ask('/api/voices/sample?voice=kokoro&language=en&engine=sherpa');
    expect(house.speakers.asked).toMatchObject(
      [{ voice: 'kokoro', language: 'en', engine: 'sherpa', text: /Hello/ }].map(({ text, ...rest }) => ({
        ...rest,
        text: expect.stringMatching(text),
      })),
    );
    const unknown = await ask('/api/voices/sample?voice=nobody&language=en');
    expect([unknown.status, (await unknown.json()).code]).toEqual([400, 'voice_unknown']);
    for (const query of [
      '',
      '?voice=irina',
      '?voice=irina&language=de',
      '?voice=irina&language=auto',
      '?voice=&language=ru',
    ]) {
      expect([query, (await ask(`/api/voices/sample${query}`)).status]).toEqual([query, 400]);
    }
  });

  test('a sample of another voice than the wanted one is not kept; the tag of a sample is that of its sound', async () => {
    const house = await speakingHouse();
    const ask = await open(house);
    const sample = async (language: string) => {
      const { headers } = await ask(`/api/voices/sample?voice=kokoro&language=${language}`);
      return { etag: headers.get('etag'), cache: headers.get('cache-control') };
    };
    const wanted = await sample('ru');
    expect(wanted).toEqual({ etag: expect.stringMatching(/^"[\da-f]+-[\da-f]+"$/), cache: 'private, max-age=3600' });
    expect(await sample('ru')).toEqual(wanted);
    house.speakers.loudness = 4000;
    house.speakers.said = { engine: 'espeak', degraded: true };
    const other = await sample('ru');
    expect(other.cache).toBe('no-store');
    expect(other.etag).not.toBe(wanted.etag);
  });

  test('a sample of a voice that its engine would replace is refused; one that was replaced is not kept', async () => {
    const house = await speakingHouse();
    house.speakers.check = async () => undefined;
    const ask = await open(house);
    const code = async (query: string) => {
      const response = await ask(`/api/voices/sample?${query}`, { headers: { 'accept-language': 'en' } });
      return [response.status, (await response.json()).error];
    };
    expect(await code('voice=nobody&language=en&engine=sherpa')).toEqual([
      400,
      'There is no voice "nobody"; there is: kokoro',
    ]);
    expect((await code('voice=irina&language=en&engine=sherpa'))[1]).toMatch(/^Voice "irina" speaks ru, not en/);
    expect(house.speakers.asked).toEqual([]);

    house.speakers.said = { engine: 'sherpa', warnings: ['voice_replaced'] };
    for (const query of ['voice=irina&language=ru&engine=sherpa', 'voice=nobody&language=ru&engine=alltalk']) {
      const replaced = await ask(`/api/voices/sample?${query}`);
      expect([replaced.status, replaced.headers.get('cache-control')]).toEqual([200, 'no-store']);
    }
  });

  test('what a Qwen-TTS client leaves out may be null', async () => {
    const house = await speakingHouse();
    const ask = await open(house);
    const nothing = {
      ...{ tokens: null, voice_attributes: null, temperature: null, max_length: null, format: null },
      ...{ language: null, engine: null, voice: null, rate: null, pitch: null },
    };
    for (const path of ['/tts', '/stream-tts']) {
      expect([path, (await ask(path, post({ text: 'раз', ...nothing }))).status]).toEqual([path, 200]);
    }
    expect(house.speakers.asked).toMatchObject(Array(2).fill({ text: 'раз', language: 'auto' }));
    for (const { engine, voice, rate, pitch, temperature, voiceAttributes } of house.speakers.asked) {
      expect([engine, voice, rate, pitch, temperature, voiceAttributes]).toEqual(Array(6).fill(undefined));
    }
  });

  test('stream-tts answers a WAV of unknown length at the engine’s own rate', async () => {
    const house = await speakingHouse();
    house.speakers.said = { engine: 'espeak', degraded: true, warnings: ['temperature_ignored', 'rate_limited'] };
    const ask = await open(house);
    const body = {
      ...{ text: 'раз два three', temperature: 0.7, max_length: 100 },
      voice_attributes: { gender: 'female', age: 25, emotion: 'happy' },
    };
    const response = await ask('/stream-tts', post(body));
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'audio/wav']);
    expect(response.headers.get('content-length')).toBeNull();
    expect(response.headers.get('x-speech-engine')).toBe('espeak');
    expect(response.headers.get('x-speech-degraded')).toBe('true');
    expect(response.headers.get('x-speech-warnings')).toBe('temperature_ignored, rate_limited');
    const wav = await bytesOf(response);
    expect(headOf(wav)).toEqual({ sampleRate: RATE, riffBytes: UNKNOWN, dataBytes: UNKNOWN });
    expect(wav.length).toBe(WAV_HEAD + 3 * 2 * WORD_SAMPLES);
    expect(house.speakers.asked).toMatchObject([
      {
        ...{ text: 'раз два three', language: 'auto', temperature: 0.7 },
        voiceAttributes: { gender: 'female', age: 25, emotion: 'happy' },
      },
    ]);
  });

  test.each([
    ['wav', 'audio/wav'],
    ['mp3', 'audio/mpeg'],
    ['ogg', 'audio/ogg'],
  ])('tts answers a whole %s', async (format, type) => {
    const ask = await open(await speakingHouse());
    const response = await ask('/tts', post({ text: 'раз два три четыре пять', format }));
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    const file = await bytesOf(response);
    expect(response.headers.get('content-length')).toBe(String(file.length));
    // MP3 and Opus begin with what their encoders look ahead.
    expect(Math.abs((await secondsOf(file)) - 0.5)).toBeLessThan(0.12);
    if (format === 'wav') {
      expect(headOf(file)).toEqual({ sampleRate: RATE, riffBytes: file.length - 8, dataBytes: file.length - WAV_HEAD });
    }
  });

  test('a text with nothing to pronounce is a short silence, in every format', async () => {
    const ask = await open(await speakingHouse());
    for (const format of ['wav', 'mp3', 'ogg']) {
      const file = await bytesOf(await ask('/tts', post({ text: '😀…', format })));
      expect([format, Math.abs((await secondsOf(file)) - 0.2) < 0.12]).toEqual([format, true]);
    }
  });

  test('every setting of a voice reaches it', async () => {
    const house = await speakingHouse();
    const ask = await open(house);
    const body = { text: 'a', language: 'en', engine: 'sherpa', voice: 'kokoro', rate: 2, pitch: 0.5 };
    await (await ask('/tts', post(body))).arrayBuffer();
    expect(house.speakers.asked).toMatchObject([body]);
  });

  test.each<[code: string, status: number, body: unknown]>([
    ['text_required', 400, {}],
    ['text_empty', 400, { text: ' ' }],
    ['invalid_request', 400, { text: 5 }],
    ['tokens_unsupported', 400, { tokens: [1, 2, 3] }],
    ['tokens_unsupported', 400, { text: 'a', tokens: [1] }],
    ['language_unsupported', 400, { text: 'a', language: 'de' }],
    ['voice_unknown', 400, { text: 'a', voice: 'nobody' }],
    ['voice_language', 400, { text: 'a', voice: 'irina', language: 'en' }],
    ['invalid_request', 400, { text: 'a', rate: 3 }],
    ['invalid_request', 400, { text: 'a', temperature: 2.5 }],
    ['invalid_request', 400, { text: 'a', voice_attributes: { age: 0 } }],
    ['text_too_long', 413, { text: 'a'.repeat(10_001) }],
    ['malformed_json', 400, '{"text":'],
    ['body_too_large', 413, { text: 'a'.repeat(1024 * 1024) }],
  ])('refuses with %s', async (code, status, body) => {
    const house = await speakingHouse();
    const ask = await open(house);
    for (const path of ['/tts', '/stream-tts']) {
      const response = await ask(path, post(body, { 'accept-language': 'en' }));
      expect([response.status, await response.json()]).toMatchObject([status, { code, error: expect.any(String) }]);
    }
    expect(house.speakers.asked).toEqual([]);
  });

  test('says which languages there are, and which a voice has', async () => {
    const ask = await open(await speakingHouse());
    const error = async (path: string, body?: object) => {
      const headers = { 'accept-language': 'en' };
      return (await (await ask(path, body ? post(body, headers) : { headers })).json()).error;
    };
    const tts = { text: 'a', language: 'kk', voice: 'kokoro' };
    expect([
      await error('/tts', tts),
      await error('/tts', { ...tts, engine: 'sherpa' }),
      await error('/api/stream_chunks', tts),
      await error('/api/voices/sample?voice=kk%2Bf1&language=ru'),
      await error('/tts', { ...tts, engine: 'espeak' }),
      await error('/tts', { ...tts, language: 'de' }),
      await error('/api/voices/sample?voice=kokoro&language=auto'),
      await error('/api/voices/sample?voice=kokoro'),
    ]).toEqual([
      ...Array(3).fill('Voice "kokoro" speaks en, ru, not kk; set "language" to en, ru'),
      'Voice "kk+f1" speaks kk, not ru; set "language" to kk',
      'There is no voice "kokoro"; there is: kk+f1',
      'Unsupported language: field "language" must be one of ru, kk, en, auto',
      'Unsupported language: field "language" must be one of ru, kk, en',
      'Invalid request: field "language" must be one of ru, kk, en',
    ]);
  });

  test('refuses formats there are none of, and bodies that are no JSON', async () => {
    const ask = await open(await speakingHouse());
    const format = await ask('/tts', post({ text: 'a', format: 'wma' }, { 'accept-language': 'en' }));
    expect(await format.json()).toEqual({
      error: 'Invalid request: field "format" must be one of wav, mp3, ogg',
      code: 'invalid_request',
    });
    const form = await ask('/tts', { method: 'POST', body: new URLSearchParams({ text: 'a' }) });
    expect([form.status, (await form.json()).code]).toEqual([415, 'unsupported_media_type']);
  });

  test('what fails before the first sound is an error answer', async () => {
    const house = await speakingHouse();
    house.speakers.beforeWord = async () => {
      throw new SoyleError('speech_failed');
    };
    const ask = await open(house);
    for (const path of ['/tts', '/stream-tts']) {
      const response = await ask(path, post({ text: 'a' }));
      expect([response.status, (await response.json()).code]).toEqual([500, 'speech_failed']);
    }
  });

  test('while there are no voices yet everything answers that it is loading', async () => {
    const house = await speakingHouse();
    const ready = house.health();
    house.health = () => ({ ...ready, status: 'loading' });
    house.voices = () => undefined;
    const ask = await open(house);
    const asked: [string, RequestInit?][] = [
      ['/api/voices'],
      ['/api/voices/sample?voice=irina&language=ru'],
      ['/tts', post({ text: 'a' })],
      ['/stream-tts', post({ text: 'a' })],
    ];
    for (const [path, init] of asked) {
      const response = await ask(path, init);
      expect([path, response.status, (await response.json()).code]).toEqual([path, 503, 'loading']);
    }
    expect((await ask('/health')).status).toBe(503);
  });

  test('/health is /api/health', async () => {
    const ask = await open(await speakingHouse());
    expect(await (await ask('/health')).json()).toEqual(await (await ask('/api/health')).json());
  });
});

test('the first bytes leave before the text is fully spoken', async () => {
  const house = await speakingHouse();
  const gate = deferred<void>();
  house.speakers.beforeWord = async (index) => {
    if (index === 2) await gate.promise;
  };
  const { url } = await listen(house);
  const response = await fetch(`${url}/stream-tts`, post({ text: 'раз два три' }));
  const reader = response.body!.getReader();
  let bytes = 0;
  while (bytes < WAV_HEAD + 2 * 2 * WORD_SAMPLES) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the answer ended after ${bytes} bytes`);
    bytes += value.length;
  }
  gate.resolve();
  for (let step = await reader.read(); !step.done; step = await reader.read()) bytes += step.value.length;
  expect(bytes).toBe(WAV_HEAD + 3 * 2 * WORD_SAMPLES);
});

test.each([
  ['/stream-tts', { text: 'раз '.repeat(200) }],
  ['/v1/audio/speech', { input: 'раз '.repeat(200), response_format: 'mp3' }],
])('a client of %s that takes nothing more does not hold the voice', async (path, body) => {
  const house = await speakingHouse();
  const ended = deferred<void>();
  house.speakers.onEnd = ended.resolve;
  const response = await createApp(house).request(path, post(body));
  const reader = response.body!.getReader();
  await reader.read();
  await ended.promise;
  let length = 0;
  for (let step = await reader.read(); !step.done; step = await reader.read()) length += step.value.length;
  expect(length).toBeGreaterThan(200 * 100);
});

test.each([
  ['/stream-tts', { text: 'раз два три' }],
  ['/tts', { text: 'раз два три', format: 'mp3' }],
])('a client of %s that leaves ends the speech', async (path, body) => {
  const house = await speakingHouse();
  const [held, ended] = [deferred<AbortSignal>(), deferred<void>()];
  house.speakers.beforeWord = async (index, signal) => {
    if (index < 1) return;
    held.resolve(signal);
    await untilAborted(signal);
  };
  house.speakers.onEnd = ended.resolve;
  const { url } = await listen(house);
  const leaving = new AbortController();
  const answer = fetch(`${url}${path}`, { ...post(body), signal: leaving.signal }).then((response) => response.blob());
  const left = expect(answer).rejects.toThrow();
  const signal = await held.promise;
  leaving.abort();
  await Promise.all([left, ended.promise]);
  expect(signal.reason).toMatchObject({ code: 'aborted' });
});

test('a speech that breaks off cuts the answer off, and the log says why', async () => {
  const house = await speakingHouse();
  const lines: string[] = [];
  house.log = pino({ base: null }, { write: (line: string) => lines.push(line) });
  const gate = deferred<void>();
  house.speakers.beforeWord = async (index) => {
    if (index < 2) return;
    await gate.promise;
    throw new SoyleError('speech_timeout');
  };
  const { url } = await listen(house);
  const response = await fetch(`${url}/stream-tts`, post({ text: 'раз два три' }));
  expect(response.status).toBe(200);
  gate.resolve();
  await expect(response.arrayBuffer()).rejects.toThrow();
  expect(lines.join()).toContain('speech_timeout');
  expect(lines.join()).not.toContain('раз два');
});

test('an encoder that does not run is an error answer', async () => {
  const house = await speakingHouse();
  const broken = { ffmpegPath: '/nowhere/ffmpeg', ffprobePath: '/nowhere/ffprobe', log: house.log };
  house.sound = { ...house.sound, file: (...args) => encodeSoundFile(broken, ...args) };
  const { url } = await listen(house);
  const response = await fetch(`${url}/tts`, post({ text: 'раз', format: 'mp3' }));
  expect([response.status, (await response.json()).code]).toEqual([500, 'audio_failed']);
  expect((await fetch(`${url}/tts`, post({ text: 'раз' }))).status).toBe(200);
});
