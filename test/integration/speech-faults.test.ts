import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors.ts';
import { silentLog } from '../../src/log.ts';
import { createAlltalk } from '../../src/speech/alltalk.ts';
import { SpeechChain } from '../../src/speech/chain.ts';
import { createElevenlabs } from '../../src/speech/elevenlabs.ts';
import { GuardedEngine } from '../../src/speech/guard.ts';
import { createHttp } from '../../src/speech/http.ts';
import { createOpenai } from '../../src/speech/openai.ts';
import { createQwen } from '../../src/speech/qwen.ts';
import type { RemoteTools } from '../../src/speech/remote.ts';
import type { RemoteFault } from '../../src/speech/remote-fault.ts';
import type { SpeechEngine } from '../../src/speech/speech.ts';
import { SAMPLE_RATE } from '../../src/types.ts';
import { FakeEngine } from '../fixtures/speech/fake-engine.ts';
import type { Fault, SpeechServer } from '../fixtures/speech/server.ts';
import { serveAlltalk, serveElevenlabs, serveOpenai, servePlain, serveQwen } from '../fixtures/speech/servers.ts';
import { remoteTools } from '../fixtures/speech/tools.ts';

const KEY = 'sk-very-secret';
const TEXT = 'Тайный текст пользователя';
const unaborted = () => new AbortController().signal;

const patient: RemoteTools = { ...remoteTools, maxBytes: 4_000_000 };
/** For servers that will not answer: a busy machine may miss it otherwise. */
const hasty: RemoteTools = { ...patient, silenceTimeoutMs: 300 };

const ENGINES: readonly [string, () => Promise<SpeechServer>, (url: string, tools: RemoteTools) => SpeechEngine][] = [
  ['alltalk', () => serveAlltalk(), (url, tools) => createAlltalk({ url, ...tools })],
  ['alltalk v1', () => serveAlltalk({ version: 1 }), (url, tools) => createAlltalk({ url, ...tools })],
  ['qwen', () => serveQwen(), (url, tools) => createQwen({ url, ...tools })],
  ['openai', () => serveOpenai({ key: KEY }), (url, tools) => createOpenai({ url, key: KEY, ...tools })],
  [
    'elevenlabs',
    () => serveElevenlabs(KEY, [{ voice_id: 'a', name: 'Aria' }]),
    (url, tools) => createElevenlabs({ url, key: KEY, ...tools }),
  ],
  ['http', () => servePlain(), (url, tools) => createHttp({ url, headers: { authorization: KEY }, ...tools })],
];

const FAULTS: readonly { fault: Fault; code: ErrorCode; retryable: boolean; why: RegExp }[] = [
  { fault: 'silent', code: 'speech_timeout', retryable: true, why: /keeps silent/ },
  { fault: 'silent body', code: 'speech_timeout', retryable: true, why: /keeps silent/ },
  { fault: '500', code: 'speech_failed', retryable: true, why: /answered 500/ },
  { fault: '429', code: 'speech_failed', retryable: true, why: /answered 429 \(too_many_concurrent_requests\)/ },
  { fault: 'cut', code: 'speech_failed', retryable: true, why: /cannot be reached/ },
  { fault: 'empty', code: 'speech_failed', retryable: true, why: /an empty answer/ },
  { fault: 'html', code: 'speech_failed', retryable: false, why: /answered with audio\/wav that is no sound/ },
  { fault: 'json', code: 'speech_failed', retryable: false, why: /answered with application\/json that is no sound/ },
  { fault: 'redirect', code: 'speech_failed', retryable: false, why: /answered 307; redirects are not followed/ },
  { fault: 'endless', code: 'speech_failed', retryable: false, why: /more than is reasonable/ },
  { fault: 'refused key', code: 'speech_failed', retryable: false, why: /401 \(invalid_api_key\); check its key/ },
];

describe.each(ENGINES)('%s', (_, serve, create) => {
  let server: SpeechServer;
  let engine: SpeechEngine;
  let hurried: SpeechEngine;
  const facing = (fault: Fault) => (fault.startsWith('silent') ? hurried : engine);

  beforeAll(async () => {
    server = await serve();
    engine = create(server.url, patient);
    hurried = create(server.url, hasty);
    await engine.start();
  });
  afterEach(() => server.fail(undefined));
  afterAll(async () => {
    await Promise.all([engine.close(), hurried.close()]);
    await server.close();
  });

  it.each(FAULTS)('$fault: $code, and the next request is served', async ({ fault, code, retryable, why }) => {
    server.fail(fault);
    const failed = await facing(fault)
      .speak({ text: TEXT, language: 'ru' }, unaborted())
      .then(
        () => expect.unreachable('should have been rejected'),
        (error: RemoteFault) => error,
      );
    expect(failed).toMatchObject({ code, retryable });
    expect((failed.cause as Error).message).toMatch(why);
    const told = inspect(failed, { depth: null });
    expect(told).not.toContain(KEY);
    expect(told).not.toContain(TEXT);
    expect(decodeURIComponent(told.replaceAll('%', '%25'))).not.toContain(encodeURIComponent(TEXT));

    server.fail(undefined);
    const { pcm } = await engine.speak({ text: TEXT, language: 'ru' }, unaborted());
    expect(pcm.length / SAMPLE_RATE).toBeCloseTo(TEXT.length * 0.05, 0);
  });

  it.each(FAULTS)('$fault ends in speech from the next engine', async ({ fault }) => {
    const options = { concurrency: 2, timeoutMs: 5000, attempts: 1, firstDelayMs: 1, log: silentLog };
    const chain = new SpeechChain([new GuardedEngine(facing(fault), options), new FakeEngine('next')], {
      log: silentLog,
    });
    server.fail(fault);
    const spoken = await chain.speak({ text: TEXT, language: 'ru' }, unaborted());
    expect(spoken).toMatchObject({ engine: 'next', degraded: true, warnings: [] });
    expect(spoken.pcm).toHaveLength(TEXT.length);
  });

  it('is followed by the next engine where its stream is cut', async () => {
    const options = { concurrency: 2, timeoutMs: 5000, attempts: 1, firstDelayMs: 1, log: silentLog };
    const next = new FakeEngine('next');
    const chain = new SpeechChain([new GuardedEngine(engine, options), next], { log: silentLog });
    server.fail('cut');
    const { pcm, sampleRate, shares } = await chain.stream({ text: TEXT, language: 'ru' }, unaborted());
    let samples = 0;
    for await (const piece of pcm) samples += piece.length;
    const heard = shares?.() ?? [];
    expect(heard.map((share) => [share.engine, share.degraded])).toEqual([
      [engine.id, false],
      ['next', true],
    ]);
    // Without a guide the text is said again from its beginning.
    expect(next.asked.map(({ text }) => text)).toEqual([TEXT]);
    expect(heard[0]!.ms).toBeGreaterThan(0);
    expect((1000 * samples) / sampleRate).toBeGreaterThan(heard[0]!.ms + heard[1]!.ms);
  });

  it('speaks at the second attempt after an outage', async () => {
    const options = { concurrency: 2, timeoutMs: 20_000, firstDelayMs: 1, log: silentLog };
    const guarded = new GuardedEngine(engine, options);
    for (const fault of ['500', '429', 'cut', 'empty'] as const) {
      server.fail(fault, 1);
      expect((await guarded.speak({ text: TEXT, language: 'ru' }, unaborted())).engine).toBe(engine.id);
    }
  });

  it('lets go of the connection of an aborted request', async () => {
    await engine.speak({ text: TEXT, language: 'ru' }, unaborted());
    server.fail('silent');
    const before = server.asked.length;
    const leaving = new AbortController();
    const speaking = engine.speak({ text: TEXT, language: 'ru' }, leaving.signal);
    await expect.poll(() => server.asked.length).toBeGreaterThan(before);
    const { abandoned } = server;
    leaving.abort(new Error('the client left'));
    await expect(speaking).rejects.toThrow('the client left');
    await expect.poll(() => server.abandoned).toBe(abandoned + 1);
  });
});

describe('a server that is not there', () => {
  it('is a fault that may pass, and found again when it comes', async () => {
    const server = await servePlain();
    await server.close();
    const engine = createHttp({ url: server.url, ...patient });
    await engine.start();
    const speaking = engine.speak({ text: TEXT, language: 'ru' }, unaborted());
    await expect(speaking).rejects.toMatchObject({ code: 'speech_failed', retryable: true });
    await engine.close();
  });
});
