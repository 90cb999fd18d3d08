import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { changedSettings, isLive, loadConfig, readConfig, type Settings, watchConfig } from './config.ts';
import { BootError } from './errors.ts';

describe('readConfig', () => {
  it('has a default for everything', () => {
    expect(readConfig({})).toMatchObject({ HOST: '127.0.0.1', PORT: 3000, EXECUTION_PROVIDERS: ['cuda', 'cpu'] });
  });

  it('reads lists, numbers and flags, and takes an empty variable as unset', () => {
    const config = readConfig({
      PORT: '',
      CORS_ORIGINS: 'https://a.kz, https://b.kz',
      TRUST_PROXY: 'yes',
      MAX_QUEUE: '0',
    });
    expect(config.PORT).toBe(3000);
    expect(config.CORS_ORIGINS).toEqual(['https://a.kz', 'https://b.kz']);
    expect(config.TRUST_PROXY).toBe(true);
    expect(config.MAX_QUEUE).toBe(0);
  });

  it('lists every fault at once', () => {
    const read = () =>
      readConfig({ PORT: '70000', TRUST_PROXY: 'perhaps', EXECUTION_PROVIDERS: 'gpu', AVATAR: '../x' });
    const complaints = [
      'PORT: "70000" is not a whole number from 0 to 65535',
      'TRUST_PROXY: "perhaps" is neither true nor false',
      'EXECUTION_PROVIDERS.0: "gpu" is none of cpu, cuda',
      'AVATAR: "../x" cannot be a name',
    ];
    for (const complaint of complaints) expect(read).toThrow(complaint);
  });

  it('wants what a named engine needs, names the cure, and lets an engine that is not named be', () => {
    const read = () => readConfig({ SPEECH_ENGINES: 'sherpa, alltalk,elevenlabs', QWEN_TTS_URL: 'http://qwen' });
    for (const [engine, needed] of [
      ['alltalk', 'ALLTALK_URL'],
      ['elevenlabs', 'ELEVENLABS_API_KEY'],
    ]) {
      expect(read).toThrow(`"${engine}" needs ${needed}: set it, or take "${engine}" out of SPEECH_ENGINES`);
    }
    expect(readConfig({ ALLTALK_URL: 'http://alltalk:7851' }).SPEECH_ENGINES).toEqual(['espeak']);
  });

  it('reads the shape of another server’s requests', () => {
    const config = readConfig({
      SPEECH_ENGINES: 'http',
      HTTP_TTS_URL: 'https://voice.example/say',
      HTTP_TTS_FIELDS: 'text=input, lang=language',
      HTTP_TTS_HEADERS: '{"Authorization": "Bearer one, two"}',
      HTTP_TTS_BODY: '{"format": "wav", "gain": 2}',
      SHERPA_VOICES: '{"kk": "issai"}',
    });
    expect(config).toMatchObject({
      HTTP_TTS_FIELDS: { text: 'input', lang: 'language' },
      HTTP_TTS_HEADERS: { Authorization: 'Bearer one, two' },
      HTTP_TTS_BODY: { format: 'wav', gain: 2 },
      SHERPA_VOICES: { kk: 'issai' },
    });
  });

  it('never quotes what may hold a key', () => {
    const faults = {
      ALLTALK_URL: 'ftp://secret@host',
      OPENAI_TTS_KEY: 'secret\n',
      ELEVENLABS_API_KEY: 'сekret secret',
      HTTP_TTS_HEADERS: '{"x": "secret\\n"}',
      HTTP_TTS_BODY: 'secret',
    };
    const read = () => readConfig(faults);
    for (const name of Object.keys(faults)) expect(read).toThrow(name);
    expect(read).not.toThrow(/secret/);
  });
});

describe('the settings file', () => {
  /** A place for one, with this in it if anything. */
  async function file(content?: unknown): Promise<NodeJS.ProcessEnv & { CONFIG_FILE: string }> {
    const dir = await mkdtemp(join(tmpdir(), 'soyle-config-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const path = join(dir, 'soyle.config.json');
    if (content !== undefined) await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return { CONFIG_FILE: path };
  }

  it('says things as JSON does, and the environment has the last word', async () => {
    const env = await file({
      PORT: 8080,
      TRUST_PROXY: true,
      SPEECH_ENGINES: ['http', 'espeak'],
      HTTP_TTS_URL: 'http://voice.example',
      HTTP_TTS_FIELDS: { text: 'input' },
      AVATAR: 'max',
    });
    expect(loadConfig({ ...env, AVATAR: 'vera' })).toMatchObject({
      PORT: 8080,
      TRUST_PROXY: true,
      SPEECH_ENGINES: ['http', 'espeak'],
      HTTP_TTS_FIELDS: { text: 'input' },
      AVATAR: 'vera',
    });
  });

  it.each<[string, unknown, RegExp]>([
    ['is not there although it is named', undefined, /cannot be read/],
    ['is not JSON', '{"OPENAI_TTS_KEY": "secret"', /is not JSON/],
    ['is no object', [1], /one JSON object/],
    ['names what there is not', { PROT: 1 }, /PROT: there is no such setting/],
    ['has a value that cannot be', { PORT: -1, OPENAI_TTS_KEY: 'secret\n' }, /PORT: "-1" is not a whole number/],
  ])('is refused when it %s', async (_, content, message) => {
    const env = await file(content);
    expect(() => loadConfig(env)).toThrow(message);
    expect(() => loadConfig(env)).toThrow(BootError);
    expect(() => loadConfig(env)).not.toThrow(/secret/);
  });

  it('is read again when it changes; one that is not usable is told of', async () => {
    const env = await file({ TTS_ATTEMPTS: 1 });
    const seen: (number | string)[] = [];
    const watch = watchConfig(
      loadConfig(env),
      {
        changed: ({ TTS_ATTEMPTS }) => void seen.push(TTS_ATTEMPTS),
        broken: ({ message }) => void seen.push(message.includes('is not JSON') ? 'broken' : message),
      },
      { env, everyMs: 20 },
    );
    onTestFinished(watch.stop);
    for (const [content, expected] of [
      ['{"TTS_ATTEMPTS": 22', 'broken'],
      ['{"TTS_ATTEMPTS": 3}', 3],
    ] as const) {
      await writeFile(env.CONFIG_FILE, content);
      await vi.waitFor(() => expect(seen.at(-1)).toBe(expected), { timeout: 10_000 });
    }
  });

  it('knows what changed and what needs a restart', () => {
    const [before, after] = [readConfig({}), readConfig({ PORT: '1', TTS_ATTEMPTS: '1', SPEECH_ENGINES: 'espeak' })];
    const changed: (keyof Settings)[] = changedSettings(before, after);
    expect(changed).toEqual(['PORT', 'TTS_ATTEMPTS']);
    expect(changed.map(isLive)).toEqual([false, true]);
  });
});
