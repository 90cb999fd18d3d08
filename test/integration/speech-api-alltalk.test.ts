import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createAlltalk } from '../../src/speech/alltalk.ts';
import { createQwen } from '../../src/speech/qwen.ts';
import { checkVoice } from '../../src/speech/voice-check.ts';
import { voiceLanguages } from '../../src/speech/voice-languages.ts';
import { ALL_FACTS, FakeEngine } from '../fixtures/speech/fake-engine.ts';
import { remoteTools } from '../fixtures/speech/tools.ts';
import { bytesOf, deferred, listen, untilAborted, WAYS } from './http-helpers.ts';
import { headOf, heardFrom, RATE, speakingHouse, WORD_SAMPLES } from './speech-kit.ts';

const STREAMING = '/api/tts-generate-streaming';
const WAV_HEAD = 44;

/** What the wiki's own example sends. */
const GENERATE = {
  ...{ text_input: 'раз два три', text_filtering: 'standard', character_voice_gen: 'irina', narrator_enabled: 'false' },
  ...{ narrator_voice_gen: 'male_01.wav', text_not_inside: 'character', language: 'ru' },
  ...{ output_file_name: 'myoutputfile', output_file_timestamp: 'true', autoplay: 'false', autoplay_volume: '0.8' },
};

const form = (fields: Record<string, string>): RequestInit => ({ method: 'POST', body: new URLSearchParams(fields) });
const multipart = (fields: Record<string, string>): RequestInit => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return { method: 'POST', body };
};

describe.each(WAYS)('%s', (_, open) => {
  test('ready says whether it is, as plain text', async () => {
    const house = await speakingHouse();
    const ask = await open(house);
    expect(await (await ask('/api/ready')).text()).toBe('Ready');
    house.voices = () => undefined;
    expect(await (await ask('/api/ready')).text()).toBe('Unloaded');
    expect((await ask('/api/currentsettings')).status).toBe(503);
  });

  test('currentsettings has every field of AllTalk’s', async () => {
    const ask = await open(await speakingHouse());
    const settings = await (await ask('/api/currentsettings')).json();
    expect(settings).toMatchObject({
      engines_available: ['sherpa', 'espeak'],
      current_engine_loaded: 'sherpa',
      current_model_loaded: 'sherpa',
      models_available: [{ name: 'sherpa' }, { name: 'espeak' }],
      ...{ audio_format: 'wav', streaming_capable: true, multimodel_capable: true },
    });
    expect(Object.keys(settings)).toHaveLength(24);
  });

  test('currentsettings says what the first engine can do', async () => {
    const house = await speakingHouse();
    const ask = await open(house);
    const capable = async () => {
      const settings = await (await ask('/api/currentsettings')).json();
      return [settings.generationspeed_capable, settings.pitch_capable, settings.temperature_capable];
    };
    expect(await capable()).toEqual([true, false, false]);
    house.speakers.abilities = () => ({ rate: false, pitch: true, temperature: true });
    expect(await capable()).toEqual([false, true, true]);
  });

  test('a voice may be called by its name, where its engine’s names count', async () => {
    const house = await speakingHouse();
    const elevenlabs = new FakeEngine('elevenlabs');
    elevenlabs.known = [{ id: 'x7Yz', name: 'Aria', language: 'en' }];
    elevenlabs.facts = { ...ALL_FACTS, voicesByName: true };
    house.speakers.check = (wish) => checkVoice(wish, [elevenlabs]);
    house.speakers.languagesOf = (voice, engine) => voiceLanguages(voice, [elevenlabs], engine);
    const ask = await open(house);
    const fields = { text_input: 'Hello', character_voice_gen: 'Aria' };
    for (const language of ['en', 'auto']) {
      const answer = await ask('/api/tts-generate', form({ ...fields, language }));
      expect([answer.status, answer.headers.get('x-speech-warnings')]).toEqual([200, null]);
    }
    expect(house.speakers.asked).toMatchObject(Array(2).fill({ voice: 'Aria' }));
    const other = await ask('/api/tts-generate', form({ ...fields, language: 'ru' }));
    expect([other.status, (await other.json()).code]).toEqual([400, 'voice_language']);
  });

  test.each(['output_file', 'output_file_name'])('a file or several names in %s name nothing', async (field) => {
    const house = await speakingHouse();
    const ask = await open(house);
    const [file, twice] = [new FormData(), new FormData()];
    file.set(field, new Blob(['a']), '../../../tmp/evil.wav');
    for (const name of ['a.wav', 'b.wav']) twice.append(field, name);
    for (const body of [file, twice]) {
      for (const [path, text] of [
        [STREAMING, 'text'],
        ['/api/tts-generate', 'text_input'],
      ] as const) {
        body.set(text, 'раз');
        const response = await ask(path, { method: 'POST', body });
        expect([path, response.status]).toEqual([path, 200]);
        await response.arrayBuffer();
      }
    }
    expect(house.speakers.asked).toHaveLength(4);
  });

  test.each<[string, (fields: Record<string, string>) => [string, RequestInit?]]>([
    ['GET', (fields) => [`${STREAMING}?${new URLSearchParams(fields)}`]],
    ['POST of a form', (fields) => [STREAMING, form(fields)]],
    ['POST of a multipart form', (fields) => [STREAMING, multipart(fields)]],
  ])('streams by %s', async (_, request) => {
    const house = await speakingHouse();
    const ask = await open(house);
    const fields = { text: 'раз два', voice: 'kk+f1', language: 'kk', output_file: '../../etc/passwd' };
    const response = await ask(...request(fields));
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'audio/wav']);
    const wav = await bytesOf(response);
    expect([wav.length, headOf(wav).sampleRate]).toEqual([WAV_HEAD + 2 * 2 * WORD_SAMPLES, RATE]);
    expect(house.speakers.asked).toEqual([{ text: 'раз два', voice: 'kk+f1', language: 'kk', rate: 1, pitch: 1 }]);
  });

  test('a voice there is none of is replaced, and the answer says so', async () => {
    const house = await speakingHouse();
    const ask = await open(house);
    const response = await ask(`${STREAMING}?text=Hello&voice=Arnold.wav&language=en&output_file=stream_output.wav`);
    expect([response.status, response.headers.get('x-speech-warnings')]).toEqual([200, 'voice_replaced']);
    expect(house.speakers.asked).toEqual([{ text: 'Hello', language: 'en', rate: 1, pitch: 1 }]);
    await response.arrayBuffer();
  });

  test('a HEAD request says nothing aloud', async () => {
    const house = await speakingHouse();
    const ask = await open(house);
    const response = await ask(`${STREAMING}?text=Hello`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'audio/wav']);
    expect(house.speakers.asked).toEqual([]);
  });

  test.each<[string, (fields: Record<string, string>) => RequestInit]>([
    ['form', form],
    ['multipart form', multipart],
  ])('generates a file of its own naming from a %s', async (_, send) => {
    const house = await speakingHouse();
    const ask = await open(house);
    for (const output_file_name of ['myoutputfile', '../../../tmp/evil', '/etc/passwd', 'a\0b', '']) {
      const response = await ask('/api/tts-generate', send({ ...GENERATE, output_file_name }));
      const answer = await response.json();
      expect([response.status, answer]).toEqual([
        200,
        {
          status: 'generate-success',
          output_file_path: expect.stringMatching(/^\d{8}_\d{6}_\d{6}_[0-9a-f]{32}_0\.wav$/),
          output_file_url: `/api/chunk/audio/${answer.output_file_path.replace('.wav', '')}`,
          output_cache_url: answer.output_file_url,
        },
      ]);
      const wav = await bytesOf(await ask(answer.output_file_url));
      expect(headOf(wav)).toEqual({ sampleRate: RATE, riffBytes: wav.length - 8, dataBytes: wav.length - WAV_HEAD });
    }
    const scratch = await house.storage.scratch('wav');
    expect((await readdir(dirname(scratch))).filter((name) => /evil|passwd/.test(name))).toEqual([]);
  });

  test('speed, pitch and temperature of a form reach the voice, empty ones do not', async () => {
    const house = await speakingHouse();
    const ask = await open(house);
    await ask('/api/tts-generate', form({ ...GENERATE, speed: '1.5', pitch: '-12'.slice(0, 2), temperature: '0.5' }));
    const slow = await ask('/api/tts-generate', form({ ...GENERATE, speed: '0.25', pitch: '', temperature: '' }));
    expect(slow.headers.get('x-speech-warnings')).toBe('rate_limited');
    expect(house.speakers.asked).toMatchObject([
      { voice: 'irina', language: 'ru', rate: 1.5, pitch: 2 ** (-1 / 12), temperature: 0.5 },
      { rate: 0.5, pitch: 1, temperature: undefined },
    ]);
  });

  test('a stream takes the same, and what only we have; fields left empty are as if absent', async () => {
    const house = await speakingHouse();
    const ask = await open(house);
    const fields = {
      ...{ text: 'раз', engine: 'espeak', speed: '1.5', pitch: '10', temperature: '0.5' },
      voice_attributes: '{"gender": "female", "age": 30}',
    };
    const empty = { text: 'раз', engine: '', speed: '', pitch: ' ', temperature: '', voice_attributes: '' };
    for (const sent of [fields, empty]) {
      expect((await bytesOf(await ask(`${STREAMING}?${new URLSearchParams(sent)}`))).length).toBeGreaterThan(WAV_HEAD);
    }
    expect(house.speakers.asked).toEqual([
      {
        ...{ text: 'раз', language: 'auto', engine: 'espeak', rate: 1.5, pitch: 2 ** (10 / 12), temperature: 0.5 },
        voiceAttributes: { gender: 'female', age: 30 },
      },
      { text: 'раз', language: 'auto', rate: 1, pitch: 1 },
    ]);
  });

  test.each<[Record<string, string>, string]>([
    [{ speed: '3' }, 'field "speed" must be a number from 0.25 to 2'],
    [{ speed: 'fast' }, 'field "speed" must be a number from 0.25 to 2'],
    [{ pitch: '-11' }, 'field "pitch" must be a number from -10 to 10'],
    [{ temperature: '2.5' }, 'field "temperature" must be a number from 0 to 2'],
    [{ engine: 'x'.repeat(201) }, 'field "engine" must be a string of at most 200 characters'],
    [{ voice: 'x'.repeat(201) }, 'field "voice" must be a string of at most 200 characters'],
    [
      { voice_attributes: 'old' },
      'field "voice_attributes" must be an object like {"gender": "female|male|neutral", "age": 1…120, "emotion": "…"}',
    ],
  ])('%.60j is told by its own name and range', async (fields, detail) => {
    const ask = await open(await speakingHouse());
    const headers = { 'accept-language': 'en' };
    const { voice, ...rest } = fields;
    const generate = { text_input: 'a', ...rest, ...(voice && { character_voice_gen: voice }) };
    const answers = [
      await ask(`${STREAMING}?${new URLSearchParams({ text: 'a', ...fields })}`, { headers }),
      await ask(STREAMING, { ...form({ text: 'a', ...fields }), headers }),
      await ask('/api/tts-generate', { ...form(generate), headers }),
    ];
    const [streamed, posted, generated] = await Promise.all(answers.map((answer) => answer.json()));
    expect([streamed, posted]).toEqual(Array(2).fill({ error: `Invalid request: ${detail}`, code: 'invalid_request' }));
    expect(generated.error).toBe(`Invalid request: ${detail.replace('"voice"', '"character_voice_gen"')}`);
  });

  test('a text that is missing, sent twice or sent as a file is told by its own name', async () => {
    const ask = await open(await speakingHouse());
    const headers = { 'accept-language': 'en' };
    const file = new FormData();
    file.set('text_input', new Blob(['a']), 'text.txt');
    const twice = new URLSearchParams([...'ab'].map((text) => ['text_input', text]));
    const errors = [];
    for (const body of [new URLSearchParams({ text: 'a' }), twice, file]) {
      const response = await ask('/api/tts-generate', { method: 'POST', body, headers });
      errors.push((await response.json()).error);
    }
    expect(errors).toEqual([
      'Field "text_input" is required',
      ...Array(2).fill('Invalid request: field "text_input" must be one string'),
    ]);
  });

  test.each<[string, number, Record<string, string>]>([
    ['text_required', 400, {}],
    ['voice_language', 400, { text_input: 'a', language: 'en', character_voice_gen: 'irina' }],
    ['text_empty', 400, { text_input: '  ' }],
    ['text_too_long', 413, { text_input: 'a'.repeat(10_001) }],
    ['language_unsupported', 400, { text_input: 'a', language: 'zh-cn' }],
    ['invalid_request', 400, { text_input: 'a', speed: 'fast' }],
    ['body_too_large', 413, { text_input: 'a'.repeat(1024 * 1024) }],
  ])('refuses a form with %s', async (code, status, fields) => {
    const ask = await open(await speakingHouse());
    const response = await ask('/api/tts-generate', form(fields));
    expect([response.status, (await response.json()).code]).toEqual([status, code]);
  });

  test('refuses a stream of nothing, and bodies that are no form', async () => {
    const ask = await open(await speakingHouse());
    const empty = await ask(STREAMING);
    expect([empty.status, (await empty.json()).code]).toEqual([400, 'text_required']);
    for (const path of [STREAMING, '/api/tts-generate']) {
      for (const type of ['text/plain', 'application/json', '']) {
        const headers = { 'content-type': type, 'accept-language': 'en' };
        const response = await ask(path, { method: 'POST', body: 'text=a', headers });
        expect([response.status, await response.json()]).toEqual([
          415,
          { error: 'Content-Type must be application/x-www-form-urlencoded', code: 'unsupported_media_type' },
        ]);
      }
      const headers = { 'content-type': 'multipart/form-data' };
      const boundless = await ask(path, { method: 'POST', body: 'text=a', headers });
      expect([boundless.status, (await boundless.json()).code]).toEqual([400, 'malformed_form']);
    }
  });
});

test('a client that leaves ends the speech', async () => {
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
  const answer = fetch(`${url}${STREAMING}?text=раз+два`, { signal: leaving.signal }).then((got) => got.blob());
  const left = expect(answer).rejects.toThrow();
  await held.promise;
  leaving.abort();
  await Promise.all([left, ended.promise]);
});

test.each([
  ['AllTalk', createAlltalk],
  ['Qwen', createQwen],
])('our own client of %s speaks through this server', async (_, create) => {
  const { url } = await listen(await speakingHouse());
  const { sampleRate, seconds } = await heardFrom(create({ url, ...remoteTools }), 'раз два три четыре');
  expect([sampleRate, seconds]).toEqual([RATE, expect.closeTo(0.4, 1)]);
});
