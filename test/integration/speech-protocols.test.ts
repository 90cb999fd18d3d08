import { afterEach, describe, expect, it } from 'vitest';
import { BootError } from '../../src/errors.ts';
import { createAlltalk } from '../../src/speech/alltalk.ts';
import { createElevenlabs } from '../../src/speech/elevenlabs.ts';
import { createHttp } from '../../src/speech/http.ts';
import { createOpenai } from '../../src/speech/openai.ts';
import { createQwen } from '../../src/speech/qwen.ts';
import type { SpeechEngine, SpeechRequest } from '../../src/speech/speech.ts';
import type { SpeechServer } from '../fixtures/speech/server.ts';
import {
  type ElevenVoice,
  serveAlltalk,
  serveElevenlabs,
  serveOpenai,
  servePlain,
  serveQwen,
} from '../fixtures/speech/servers.ts';
import { remoteTools } from '../fixtures/speech/tools.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

async function talk(serving: Promise<SpeechServer>, create: (url: string) => SpeechEngine) {
  const server = await serving;
  const engine = create(server.url);
  opened.push(server, engine);
  const speak = (more: Partial<SpeechRequest> = {}) =>
    engine.speak({ text: 'Привет, мир', language: 'ru', ...more }, new AbortController().signal);
  /** What the last request for speech said, and what the engine answered. */
  const said = async (more: Partial<SpeechRequest> = {}) => {
    const { warnings, voice } = await speak(more);
    const { path, body, query, headers } = server.asked.at(-1)!;
    const json = body.startsWith('{') ? (JSON.parse(body) as Record<string, unknown>) : undefined;
    return { path, query: Object.fromEntries(query), json, body, headers, warnings, voice };
  };
  const paths = () => server.asked.map(({ path }) => path);
  return { server, engine, speak, said, paths };
}

describe('alltalk', () => {
  const url =
    (more = {}) =>
    (url: string) =>
      createAlltalk({ url, ...remoteTools, ...more });

  it('streams by GET, as its clients do', async () => {
    const { said } = await talk(serveAlltalk(), url());
    const { path, query, voice } = await said({ text: 'Привет & пока' });
    expect(path).toBe('/api/tts-generate-streaming');
    expect(query).toMatchObject({ text: 'Привет & пока', voice: 'Arnold.wav', language: 'ru' });
    expect(query.output_file).toMatch(/^soyle_[0-9a-f]{16}\.wav$/);
    expect(voice).toBe('Arnold.wav');
  });

  it('asks by form for what the stream cannot do, and fetches the file', async () => {
    const { server, said } = await talk(serveAlltalk({ settings: { pitch_capable: true } }), url());
    const { path, warnings } = await said({ rate: 1.5, pitch: 2, temperature: 1.6 });
    expect(path).toMatch(/^\/audio\/soyle_\w+\.wav$/);
    expect(warnings).toEqual(['pitch_limited', 'temperature_limited']);
    const form = new URLSearchParams(server.asked.at(-2)!.body);
    expect(Object.fromEntries(form)).toMatchObject({ speed: '1.5', pitch: '10', temperature: '1', language: 'ru' });
  });

  it('speaks with v1, whose form has no such fields and whose answers name another address', async () => {
    const settings = { streaming_capable: false };
    const { said, engine } = await talk(serveAlltalk({ version: 1, settings }), url());
    expect((await said({ rate: 1.5 })).path).toMatch(/^\/audio\/soyle_\w+\.wav$/);
    expect((await said({ rate: 1.5 })).warnings).toEqual(['rate_ignored']);
    expect(engine.facts.model).toBe('XTTSv2 Local');
  });

  it('uses the form where the loaded model does not stream, and gives a voice the language in its name', async () => {
    const voices = ['en_US-lessac-high.onnx', 'ru_RU-irina-medium.onnx', 'de_DE-eva_k-x_low.onnx'];
    const settings = { streaming_capable: false, temperature_capable: false };
    const { said, engine } = await talk(serveAlltalk({ voices, settings }), url());
    expect((await said()).voice).toBe('ru_RU-irina-medium.onnx');
    expect((await said({ language: 'en', temperature: 1 })).warnings).toEqual(['temperature_ignored']);
    expect((await engine.voices()).map(({ id, language }) => `${language} ${id}`)).toEqual([
      'ru ru_RU-irina-medium.onnx',
      'en en_US-lessac-high.onnx',
    ]);
  });

  it('asks what the server can do once in five minutes, and again after a failure', async () => {
    let now = 0;
    const { server, speak, paths } = await talk(serveAlltalk(), url({ now: () => now }));
    const described = () => paths().filter((path) => path === '/api/currentsettings').length;
    await speak();
    now = 299_999;
    await speak();
    expect(described()).toBe(1);
    now = 300_000;
    await speak();
    expect(described()).toBe(2);
    server.fail('500', 1);
    await expect(speak()).rejects.toMatchObject({ code: 'speech_failed' });
    await speak();
    expect(described()).toBe(3);
  });

  it('waits for a model that is still loading', async () => {
    let ready = false;
    const { engine, speak } = await talk(serveAlltalk({ ready: () => ready }), url());
    await expect(engine.start()).rejects.toMatchObject({ code: 'speech_failed', retryable: true });
    ready = true;
    expect((await speak()).pcm.length).toBeGreaterThan(0);
  });
});

describe('qwen', () => {
  const url = (url: string) => createQwen({ url, ...remoteTools });

  it('describes the voice by its attributes', async () => {
    const { said, paths } = await talk(serveQwen(), url);
    const voiceAttributes = { age: 25, emotion: 'happy' };
    const { json, path } = await said({ temperature: 0.7, voiceAttributes });
    expect(path).toBe('/stream-tts');
    expect(json).toEqual({
      text: 'Привет, мир',
      temperature: 0.7,
      voice_attributes: { gender: 'female', age: 25, emotion: 'happy' },
    });
    expect(paths()).toEqual(['/health', '/stream-tts']);
    expect((await said({ voice: 'male' })).json).toEqual({ text: 'Привет, мир', voice_attributes: { gender: 'male' } });
    const neutral = await said({ voice: 'male', voiceAttributes: { gender: 'neutral' } });
    expect(neutral.json?.voice_attributes).toEqual({ gender: 'neutral' });
  });

  it('speaks no Kazakh', async () => {
    const { speak } = await talk(serveQwen(), url);
    await expect(speak({ language: 'kk' })).rejects.toMatchObject({ code: 'speech_failed', ofRequest: true });
  });
});

describe('openai', () => {
  it('posts what the reference says, with the key', async () => {
    const { said, engine } = await talk(serveOpenai({ key: 'sk-1' }), (url) =>
      createOpenai({ url, key: 'sk-1', voice: 'nova', ...remoteTools }),
    );
    const { path, json, headers } = await said({
      rate: 1.5,
      voiceAttributes: { gender: 'female', age: 30, emotion: 'calm' },
    });
    expect(path).toBe('/v1/audio/speech');
    expect(headers.authorization).toBe('Bearer sk-1');
    expect(json).toEqual({
      ...{ model: 'gpt-4o-mini-tts', input: 'Привет, мир', voice: 'nova', response_format: 'wav', speed: 1.5 },
      instructions: 'Speak like a 30-year-old female person, in a calm voice.',
    });
    expect(new Set((await engine.voices()).map(({ id }) => id)).size).toBe(13);
  });

  it('lists the voices of servers that do, each in its language', async () => {
    const voices = ['af_heart', 'bm_george', 'jf_alpha', 'irina'];
    const { said, engine } = await talk(serveOpenai({ voices }), (url) =>
      createOpenai({ url: `${url}/v1/`, model: 'kokoro', languages: ['ru', 'en'], ...remoteTools }),
    );
    expect((await engine.voices()).map(({ id, language }) => `${language} ${id}`)).toEqual([
      'ru irina',
      'en af_heart',
      'en bm_george',
      'en irina',
    ]);
    const { json, warnings, voice } = await said({ language: 'en', voiceAttributes: { age: 9 } });
    expect(json).toEqual({ model: 'kokoro', input: 'Привет, мир', voice: 'af_heart', response_format: 'wav' });
    expect({ warnings, voice }).toEqual({ warnings: ['voice_attributes_ignored'], voice: 'af_heart' });
  });

  it('takes raw samples at 24 kHz from a server that knows no other format', async () => {
    const encode = (pcm: Int16Array) => ({ body: new Uint8Array(pcm.buffer), type: 'application/octet-stream' });
    const { speak } = await talk(serveOpenai({ encode }), (url) => createOpenai({ url, ...remoteTools }));
    expect((await speak()).pcm.length / 16_000).toBeCloseTo('Привет, мир'.length * 0.05 + 0.12, 1);
  });
});

describe('elevenlabs', () => {
  const VOICES: readonly ElevenVoice[] = [
    { voice_id: 'id1', name: 'Aria', labels: { gender: 'female' } },
    { voice_id: 'id2', name: 'Roger', labels: { gender: 'male' } },
    { voice_id: 'id3', name: 'Sam', labels: { gender: 'neutral' } },
    { voice_id: 'id4', name: 'Laura' },
    { voice_id: 'id5', name: 'Йосиф' },
  ];
  const url =
    (more = {}) =>
    (url: string) =>
      createElevenlabs({ url, key: 'xi', ...remoteTools, ...more });

  it('finds voices on all pages, by name, id or chance', async () => {
    const random = () => 0.99;
    const { engine, said, paths } = await talk(serveElevenlabs('xi', VOICES), url({ random }));
    expect((await engine.voices()).filter(({ language }) => language === 'kk')).toHaveLength(5);
    expect((await engine.voices())[0]).toEqual({ id: 'id1', name: 'Aria', language: 'ru', gender: 'female' });
    for (const [voice, id] of [
      ['laura', 'id4'],
      ['id2', 'id2'],
      ['random', 'id5'],
    ]) {
      expect((await said({ voice })).path).toBe(`/v1/text-to-speech/${id}/stream`);
    }
    await expect(said({ voice: 'nobody' })).rejects.toMatchObject({ code: 'invalid_request' });
    expect(paths().filter((path) => path === '/v2/voices')).toHaveLength(3);
  });

  it('has a default voice, by name', async () => {
    const { said } = await talk(serveElevenlabs('xi', VOICES), url({ voice: 'Roger' }));
    expect(await said()).toMatchObject({ voice: 'id2', path: '/v1/text-to-speech/id2/stream', warnings: [] });
  });

  it('speaks Kazakh by eleven_v3, which the multilingual model lacks', async () => {
    const { said } = await talk(serveElevenlabs('xi', VOICES), url());
    const russian = await said();
    expect(russian.json).toEqual({ text: 'Привет, мир', model_id: 'eleven_multilingual_v2' });
    expect(russian.query).toEqual({ output_format: 'pcm_24000' });
    const kazakh = await said({ language: 'kk' });
    expect(kazakh.json).toEqual({ text: 'Привет, мир', model_id: 'eleven_v3', language_code: 'kk' });
  });

  it.each([
    ['eleven_flash_v2_5', 'ru', { model_id: 'eleven_flash_v2_5', language_code: 'ru' }],
    ['eleven_flash_v2_5', 'kk', { model_id: 'eleven_v3', language_code: 'kk' }],
    ['eleven_flash_v2', 'ru', { model_id: 'eleven_v3', language_code: 'ru' }],
    ['eleven_v4', 'kk', { model_id: 'eleven_v4', language_code: 'kk' }],
  ] as const)('asks %s for %s', async (model, language, sent) => {
    const { said } = await talk(serveElevenlabs('xi', VOICES), url({ model }));
    expect((await said({ language })).json).toMatchObject(sent);
  });

  it('keeps the rate in its range', async () => {
    const { said } = await talk(serveElevenlabs('xi', VOICES), url());
    expect(await said({ rate: 1.1 })).toMatchObject({ json: { voice_settings: { speed: 1.1 } }, warnings: [] });
    expect(await said({ rate: 2 })).toMatchObject({
      json: { voice_settings: { speed: 1.2 } },
      warnings: ['rate_limited'],
    });
  });
});

describe('http', () => {
  it('posts text and language, and takes any sound', async () => {
    const { said } = await talk(servePlain(), (url) => createHttp({ url: `${url}/say?x=1`, ...remoteTools }));
    const { path, query, json } = await said({ rate: 2 });
    expect({ path, query, json }).toEqual({
      path: '/say',
      query: { x: '1' },
      json: { text: 'Привет, мир', lang: 'ru' },
    });
  });

  it('calls things what the server calls them', async () => {
    const options = {
      fields: { voice: 'speaker', rate: 'speed', pitch: 'tone', temperature: 'heat' },
      ...{ headers: { 'x-key': 'k' }, body: { format: 'wav' }, voices: ['kseniya', 'aidar'] },
    };
    const { said } = await talk(servePlain(), (url) => createHttp({ url, ...options, ...remoteTools }));
    const { json, headers, warnings } = await said({ rate: 2, pitch: 1.5, temperature: 0.5, voice: 'aidar' });
    expect(json).toEqual({
      ...{ text: 'Привет, мир', lang: 'ru', speaker: 'aidar', speed: 2, tone: 1.5, heat: 0.5 },
      format: 'wav',
    });
    expect(headers['x-key']).toBe('k');
    expect(warnings).toEqual([]);
  });

  it('refuses to be built for what is no address', () => {
    for (const url of ['', 'localhost:80', 'file:///etc/passwd']) {
      expect(() => createHttp({ url, ...remoteTools })).toThrow(BootError);
    }
  });

  it('keeps its connections between requests, and no more than it may', async () => {
    const { server, speak } = await talk(servePlain(), (url) => createHttp({ url, connections: 3, ...remoteTools }));
    await Promise.all(Array.from({ length: 12 }, () => speak()));
    expect(await server.connections()).toBeLessThanOrEqual(3);
    expect(await server.connections()).toBeGreaterThan(0);
    expect(server.asked).toHaveLength(12);
  });
});
