import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { servePlain } from '../../test/fixtures/speech/servers.ts';
import { remoteTools } from '../../test/fixtures/speech/tools.ts';
import { BootError } from '../errors.ts';
import { composeSpeech, type SpeechSettings } from './compose.ts';
import { EspeakEngine } from './espeak.ts';
import { RemoteEngine } from './remote.ts';

const signal = new AbortController().signal;

async function settings(engines: string[], options: Partial<SpeechSettings['options']> = {}): Promise<SpeechSettings> {
  const dir = await mkdtemp(join(tmpdir(), 'soyle-voices-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return {
    engines,
    options: { ...remoteTools, ...options },
    guard: { concurrency: 2, timeoutMs: 30_000, attempts: 1 },
    cache: { memoryBytes: 2 ** 20, diskBytes: 2 ** 20, dir: join(dir, 'cache'), ttlMs: 60_000 },
  };
}

async function compose(given: SpeechSettings) {
  const house = await composeSpeech(given);
  onTestFinished(() => house.chain.close());
  await house.chain.start();
  return house;
}

it('has the embedded voice last, said or unsaid, and no other than those that are named', async () => {
  const alone = await compose(await settings([]));
  expect(alone.engines.map(({ id }) => id)).toEqual(['espeak']);
  const http = { url: 'http://127.0.0.1:9' };
  const named = await compose(await settings(['http', 'http'], { http }));
  expect(named.engines.map(({ id }) => id)).toEqual(['http', 'espeak']);
  const first = await compose(await settings(['espeak', 'http'], { http }));
  expect(first.engines.map(({ id }) => id)).toEqual(['espeak', 'http']);
});

it('refuses an engine without its settings', async () => {
  await expect(composeSpeech(await settings(['alltalk']))).rejects.toThrow(BootError);
});

it('closes the engines before one that lacks its settings', async () => {
  const closed = [vi.spyOn(EspeakEngine.prototype, 'close'), vi.spyOn(RemoteEngine.prototype, 'close')];
  onTestFinished(() => closed.forEach((close) => void close.mockRestore()));
  const given = await settings(['http', 'alltalk'], { http: { url: 'http://127.0.0.1:9' } });
  await expect(composeSpeech(given)).rejects.toThrow(BootError);
  expect(closed.map((close) => close.mock.calls.length)).toEqual([1, 1]);
});

it('remembers, times what the server does not, and speaks on when it is gone', async () => {
  const server = await servePlain();
  const given = await settings(['http'], { http: { url: server.url } });
  const { chain } = await compose(given);
  const request = { text: 'раз два три', language: 'ru' } as const;
  const first = await chain.speak(request, signal);
  expect(first).toMatchObject({ engine: 'http', degraded: false });
  expect(first.words?.map(({ text }) => text)).toEqual(['раз', 'два', 'три']);
  const asked = server.asked.length;
  expect(await chain.speak(request, signal)).toEqual(first);
  expect(server.asked).toHaveLength(asked);
  await server.close();
  expect(await chain.speak({ ...request, text: 'четыре' }, signal)).toMatchObject({ engine: 'espeak', degraded: true });

  await chain.close();
  expect(await readdir(given.cache.dir)).toHaveLength(1);
  const later = await compose(given);
  expect(await later.chain.speak(request, signal)).toEqual(first);
});

it('asks a server again whose settings have changed', async () => {
  const server = await servePlain();
  onTestFinished(() => server.close());
  const given = await settings(['http']);
  const request = { text: 'раз', language: 'ru' } as const;
  const asked: number[] = [];
  for (const model of ['a', 'b', 'b']) {
    const http = { url: server.url, body: { model } };
    const { chain } = await compose({ ...given, options: { ...given.options, http } });
    await chain.speak(request, signal);
    await chain.close();
    asked.push(server.asked.length);
  }
  expect(asked).toEqual([1, 2, 2]);
});

it('starts without a server that is down, and without a folder to remember in', async () => {
  const given = await settings(['http', 'alltalk'], {
    http: { url: 'http://127.0.0.1:9' },
    alltalk: { url: 'http://127.0.0.1:9' },
  });
  await writeFile(given.cache.dir, 'a file');
  const { chain } = await compose(given);
  expect(await chain.speak({ text: 'раз', language: 'ru' }, signal)).toMatchObject({
    engine: 'espeak',
    degraded: true,
  });
});
