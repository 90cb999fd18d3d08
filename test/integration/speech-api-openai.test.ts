import OpenAI, { APIError, BadRequestError, InternalServerError, NotFoundError } from 'openai';
import { Stream } from 'openai/streaming';
import { describe, expect, test } from 'vitest';
import { SoyleError } from '../../src/errors.ts';
import { createOpenai } from '../../src/speech/openai.ts';
import { remoteTools } from '../fixtures/speech/tools.ts';
import { deferred, listen, post, untilAborted, WAYS } from './http-helpers.ts';
import { headOf, heardFrom, RATE, type SpeakingHouse, secondsOf, speakingHouse } from './speech-kit.ts';

const TEXT = 'раз два три four five';
const SPEECH = '/v1/audio/speech';

interface SpeechEvent {
  type: string;
  audio?: string;
}

/** What the official client makes of an answer of events. */
async function eventsOf(client: OpenAI, speech: OpenAI.Audio.SpeechCreateParams): Promise<Stream<SpeechEvent>> {
  const response = await client.audio.speech.create({ ...speech, stream_format: 'sse' });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  return Stream.fromSSEResponse<SpeechEvent>(response, new AbortController());
}

/** The official client, aimed at a server of our own. */
async function clientOf(house: SpeakingHouse, path = '/v1'): Promise<OpenAI> {
  const { url } = await listen(house);
  return new OpenAI({ baseURL: url + path, apiKey: 'any', maxRetries: 0 });
}

describe('the official client', () => {
  test.each([
    ['mp3', 'audio/mpeg', []],
    ['opus', 'audio/ogg', []],
    ['aac', 'audio/aac', []],
    ['flac', 'audio/flac', []],
    ['wav', 'audio/wav', []],
    ['pcm', 'audio/pcm; rate=24000; channels=1', ['-f', 's16le', '-ar', '24000', '-ac', '1']],
  ] as const)('gets %s', async (response_format, type, decoding) => {
    const client = await clientOf(await speakingHouse());
    const response = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: TEXT, response_format });
    expect(response.headers.get('content-type')).toBe(type);
    const bytes = new Uint8Array(await response.arrayBuffer());
    // Encoders look ahead, and AAC's packets are long.
    expect(Math.abs((await secondsOf(bytes, decoding)) - 0.5)).toBeLessThan(0.2);
    if (response_format === 'wav') expect(headOf(bytes).sampleRate).toBe(RATE);
    if (response_format === 'pcm') expect(Math.abs(bytes.length - 24_000)).toBeLessThan(200);
  });

  test('gets MP3 unless it says otherwise, under the mirror too', async () => {
    const client = await clientOf(await speakingHouse(), '/r/v1');
    const response = await client.audio.speech.create({ model: 'gpt-4o-mini-tts', voice: 'alloy', input: TEXT });
    expect(response.headers.get('content-type')).toBe('audio/mpeg');
    await response.arrayBuffer();
  });

  test('chooses voices, engines and a pace; what cannot be is told', async () => {
    const house = await speakingHouse();
    const client = await clientOf(house);
    const asked = [
      { model: 'espeak', voice: { id: 'kk+f1' }, speed: 1.5 },
      { model: 'tts-1-hd', voice: 'onyx', speed: 4, instructions: 'Whisper.' },
      { model: 'tts-1', voice: 'kokoro' },
    ];
    const warnings = [];
    for (const how of asked) {
      const response = await client.audio.speech.create({ input: TEXT, response_format: 'wav', ...how });
      warnings.push(response.headers.get('x-speech-warnings'));
      await response.arrayBuffer();
    }
    expect(warnings).toEqual([null, 'rate_limited, instructions_ignored', null]);
    expect(house.speakers.asked).toMatchObject([
      { text: TEXT, language: 'auto', engine: 'espeak', voice: 'kk+f1', rate: 1.5 },
      { engine: undefined, rate: 2, voiceAttributes: { gender: 'male' } },
      { voice: 'kokoro', rate: 1 },
    ]);
  });

  test('lists models', async () => {
    const client = await clientOf(await speakingHouse());
    const models = [];
    for await (const model of client.models.list()) models.push(model);
    expect(models.map(({ id }) => id)).toEqual(['tts-1', 'sherpa', 'espeak']);
    expect(models[0]).toMatchObject({ object: 'model', created: expect.any(Number), owned_by: 'soyle' });
  });

  test('finds a model by its id', async () => {
    const client = await clientOf(await speakingHouse());
    for (const id of ['tts-1', 'espeak']) {
      expect(await client.models.retrieve(id)).toMatchObject({ id, object: 'model', owned_by: 'soyle' });
    }
    const unknown = client.models.retrieve('gpt/6', { headers: { 'accept-language': 'en' } });
    await expect(unknown).rejects.toBeInstanceOf(NotFoundError);
    await expect(unknown).rejects.toMatchObject({
      ...{ code: 'model_not_found', type: 'invalid_request_error' },
      message: '404 There is no model "gpt/6"; there is: tts-1, sherpa, espeak',
    });
  });

  test('streams events', async () => {
    const client = await clientOf(await speakingHouse());
    const speech = { model: 'tts-1', voice: 'alloy', input: TEXT, response_format: 'pcm' } as const;
    const events = [];
    for await (const event of await eventsOf(client, speech)) events.push(event);
    const done = events.pop();
    const sound = events.map(({ type, audio = '' }) => {
      expect(type).toBe('speech.audio.delta');
      return Buffer.from(audio, 'base64').length;
    });
    expect(Math.abs(sound.reduce((sum, bytes) => sum + bytes, 0) - 24_000)).toBeLessThan(200);
    expect(done).toMatchObject({ type: 'speech.audio.done', usage: { input_tokens: TEXT.length } });
  });

  test('meets an error in a stream that breaks off', async () => {
    const house = await speakingHouse();
    house.speakers.beforeWord = async (index) => {
      if (index > 0) throw new SoyleError('speech_timeout');
    };
    const speech = { model: 'tts-1', voice: 'alloy', input: TEXT, response_format: 'wav' } as const;
    const events = await eventsOf(await clientOf(house), speech);
    const heard = (async () => {
      for await (const { type } of events) expect(type).toBe('speech.audio.delta');
    })();
    await expect(heard).rejects.toBeInstanceOf(APIError);
    await expect(heard).rejects.toMatchObject({ code: 'speech_timeout', type: 'server_error' });
  });

  test('speaks with one of OpenAI’s voices unwarned; who asks for attributes is told that they went unheeded', async () => {
    const house = await speakingHouse();
    house.speakers.said = { engine: 'espeak', warnings: ['voice_attributes_ignored', 'pitch_ignored'] };
    const client = await clientOf(house);
    const speech = { model: 'tts-1', voice: 'nova', input: TEXT } as const;
    const warnings = [];
    for (const more of [{}, { voice_attributes: { gender: 'neutral' }, pitch: 1.5 }]) {
      const response = await client.audio.speech.create({ ...speech, ...more });
      warnings.push(response.headers.get('x-speech-warnings'));
      await response.arrayBuffer();
    }
    expect(warnings).toEqual(['pitch_ignored', 'voice_attributes_ignored, pitch_ignored']);
    expect(house.speakers.asked).toMatchObject([
      { voiceAttributes: { gender: 'female' } },
      { voiceAttributes: { gender: 'neutral' }, pitch: 1.5 },
    ]);
  });

  test('understands errors', async () => {
    const house = await speakingHouse();
    const client = await clientOf(house);
    const speech = { model: 'tts-1', voice: 'alloy', input: TEXT } as const;
    const unknown = client.audio.speech.create({ ...speech, voice: 'nobody' });
    await expect(unknown).rejects.toBeInstanceOf(BadRequestError);
    await expect(unknown).rejects.toMatchObject({ code: 'voice_unknown', type: 'invalid_request_error' });
    await expect(client.audio.speech.create({ ...speech, input: ' ' })).rejects.toMatchObject({ code: 'text_empty' });
    const fast = client.audio.speech.create({ ...speech, speed: 5 }, { headers: { 'accept-language': 'en' } });
    await expect(fast).rejects.toBeInstanceOf(BadRequestError);
    await expect(fast).rejects.toMatchObject({
      message: '400 Invalid request: field "speed" must be a number from 0.25 to 4',
    });
    house.speakers.beforeWord = async () => {
      throw new SoyleError('speech_failed');
    };
    await expect(client.audio.speech.create(speech)).rejects.toBeInstanceOf(InternalServerError);
  });

  test('that leaves ends the speech', async () => {
    const house = await speakingHouse();
    const [held, ended] = [deferred<void>(), deferred<void>()];
    house.speakers.beforeWord = async (index, signal) => {
      if (index < 1) return;
      held.resolve();
      await untilAborted(signal);
    };
    house.speakers.onEnd = ended.resolve;
    const client = await clientOf(house);
    const leaving = new AbortController();
    const speech = { model: 'tts-1', voice: 'alloy', input: TEXT, response_format: 'wav' } as const;
    const left = expect(
      client.audio.speech.create(speech, { signal: leaving.signal }).then((response) => response.arrayBuffer()),
    ).rejects.toThrow();
    await held.promise;
    leaving.abort();
    await Promise.all([left, ended.promise]);
  });
});

describe.each(WAYS)('%s', (_, open) => {
  test('speech comes as events', async () => {
    const ask = await open(await speakingHouse());
    const body = { model: 'tts-1', input: TEXT, voice: 'irina', response_format: 'pcm', stream_format: 'sse' };
    const response = await ask(SPEECH, post(body));
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = (await response.text())
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => JSON.parse(line.slice(6)));
    const sound = events.slice(0, -1).map(({ type, audio }) => {
      expect(type).toBe('speech.audio.delta');
      return Buffer.from(audio, 'base64').length;
    });
    expect(Math.abs(sound.reduce((sum, bytes) => sum + bytes, 0) - 24_000)).toBeLessThan(200);
    const usage = { input_tokens: TEXT.length, output_tokens: 0, total_tokens: TEXT.length };
    expect(events.at(-1)).toEqual({ type: 'speech.audio.done', usage });
  });

  test('events that break off end with an error', async () => {
    const house = await speakingHouse();
    house.speakers.beforeWord = async (index) => {
      if (index > 0) throw new SoyleError('speech_timeout');
    };
    const ask = await open(house);
    const body = { model: 'tts-1', input: TEXT, response_format: 'wav', stream_format: 'sse' };
    const text = await (await ask(SPEECH, post(body, { 'accept-language': 'en' }))).text();
    const last = JSON.parse(text.trim().split('\ndata: ').at(-1) ?? '');
    expect(last).toMatchObject({ type: 'error', error: { code: 'speech_timeout', type: 'server_error' } });
  });

  test('voices are listed, each once', async () => {
    const ask = await open(await speakingHouse());
    expect(await (await ask('/v1/audio/voices')).json()).toEqual({
      voices: [
        { id: 'irina', name: 'Ирина' },
        { id: 'kokoro', name: 'Kokoro' },
        { id: 'kk+f1', name: 'Қазақша' },
      ],
    });
  });

  test.each<[string, number, string, RequestInit]>([
    [SPEECH, 400, 'text_required', post({})],
    [SPEECH, 400, 'text_required', post({ input: null, voice: 'alloy' })],
    [SPEECH, 400, 'language_unsupported', post({ input: 'a', language: 'de' })],
    [SPEECH, 400, 'invalid_request', post({ input: 'a', response_format: 'ogg' })],
    [SPEECH, 400, 'invalid_request', post({ input: 'a', speed: 5 })],
    [SPEECH, 413, 'text_too_long', post({ input: 'a'.repeat(10_001) })],
    [SPEECH, 400, 'malformed_json', post('{')],
    [SPEECH, 405, 'method_not_allowed', {}],
    ['/v1/models/nothing', 404, 'model_not_found', {}],
    ['/v1/nothing', 404, 'not_found', {}],
  ])('errors of %s %i %s have OpenAI’s shape', async (path, status, code, init) => {
    const ask = await open(await speakingHouse());
    const response = await ask(path, init);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      error: { message: expect.any(String), type: 'invalid_request_error', param: null, code },
    });
    expect(response.headers.get('x-request-id')).toMatch(/\S/);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ model: 5 }, 'field "model" must be a string of at most 200 characters'],
    [{ voice: {} }, 'field "voice" must be a string of 1 to 200 characters or {"id": "…"}'],
    [{ speed: '1' }, 'field "speed" must be a number from 0.25 to 4'],
    [{ instructions: [] }, 'field "instructions" must be a string'],
    [{ response_format: 'ogg' }, 'field "response_format" must be one of wav, mp3, opus, aac, flac, pcm'],
    [{ stream_format: 'json' }, 'field "stream_format" must be one of audio, sse'],
    [{ input: ['a'] }, 'field "input" must be a string'],
  ])('%j is told by its own name', async (field, detail) => {
    const ask = await open(await speakingHouse());
    const response = await ask(SPEECH, post({ input: 'a', ...field }, { 'accept-language': 'en' }));
    expect((await response.json()).error.message).toBe(`Invalid request: ${detail}`);
  });

  test('what a client leaves out may be null', async () => {
    const house = await speakingHouse();
    const ask = await open(house);
    const nothing = ['model', 'voice', 'response_format', 'speed', 'stream_format', 'instructions', 'engine', 'rate'];
    const body = Object.fromEntries([...nothing, 'language', 'pitch', 'temperature'].map((name) => [name, null]));
    const response = await ask(SPEECH, post({ ...body, input: 'a', voice_attributes: { gender: null, age: 30 } }));
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'audio/mpeg']);
    await response.arrayBuffer();
    expect(house.speakers.asked).toEqual([{ text: 'a', language: 'auto', rate: 1, voiceAttributes: { age: 30 } }]);
  });

  test('while loading it is asked to come back', async () => {
    const house = await speakingHouse();
    house.voices = () => undefined;
    const ask = await open(house);
    for (const path of ['/v1/models', '/v1/audio/voices']) {
      const response = await ask(path);
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
      expect(await response.json()).toMatchObject({ error: { code: 'loading', type: 'server_error' } });
    }
  });
});

test('our own client of it speaks through this server', async () => {
  const { url } = await listen(await speakingHouse());
  const { sampleRate, seconds } = await heardFrom(createOpenai({ url, ...remoteTools }), TEXT);
  expect([sampleRate, seconds]).toEqual([RATE, expect.closeTo(0.5, 1)]);
});
