import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { readConfig, type Settings } from '../../src/config.ts';
import { BootError } from '../../src/errors.ts';
import { silentLog } from '../../src/log.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';
import { createServices, type Services, version } from '../../src/services.ts';
import { servePlain } from '../fixtures/speech/servers.ts';
import { post } from './http-helpers.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'soyle-services-'));
  // One avatar: others would still be prepared, in a child process of their own, while processes are counted.
  await cp(join('avatars', 'anna'), join(folder, 'avatars', 'anna'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const configure = (env: NodeJS.ProcessEnv = {}): Settings =>
  readConfig({
    ...{ EXECUTION_PROVIDERS: 'cpu', INFERENCE_WORKERS: '1', OUTPUT_DIR: join(folder, 'outputs') },
    ...{ AVATARS_DIR: join(folder, 'avatars'), ...env },
  });

/** Child processes of this one, those whose end Node.js has not yet noticed included. */
const children = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
const before = children();
const noneLeft = () => vi.waitFor(() => expect(children()).toBe(before), { timeout: 10_000 });

/** Asks for a video: the HTTP status and, of a refusal, its code. */
async function say(services: Services): Promise<{ status: number; code?: string }> {
  const answer = await services.app.request('/api/generate', post({ text: 'раз' }));
  const body = await answer.text();
  return { status: answer.status, ...(answer.ok ? {} : { code: JSON.parse(body).code }) };
}

async function healthOf(services: Services): Promise<{ http: number; status: string }> {
  const answer = await services.app.request('/api/health');
  return { http: answer.status, status: ((await answer.json()) as { status: string }).status };
}

/** ffmpeg that does all it should until a file named `broken` lies beside it. */
async function moodyFfmpeg(): Promise<{ path: string; broken: string }> {
  const { ffmpegPath } = createMedia({ log: silentLog });
  const [path, broken] = [join(folder, 'ffmpeg'), join(folder, 'broken')];
  await writeFile(
    path,
    `#!/bin/sh\n[ -e "${broken}" ] && { echo out of order >&2; exit 1; }\nexec "${ffmpegPath}" "$@"\n`,
  );
  await chmod(path, 0o755);
  return { path, broken };
}

describe('createServices with the real engines', () => {
  let services: Services;
  let broken: string;
  beforeAll(async () => {
    const ffmpeg = await moodyFfmpeg();
    broken = ffmpeg.broken;
    services = await createServices(
      configure({ FFMPEG_PATH: ffmpeg.path, TTS_MAX_CONCURRENT: '1', MAX_QUEUE: '1' }),
      silentLog,
    );
  });
  afterAll(() => services.close());

  it('is loading before it has loaded, and refuses work', async () => {
    expect(await healthOf(services)).toEqual({ http: 503, status: 'loading' });
    expect(await say(services)).toEqual({ status: 503, code: 'loading' });
    expect(services.health()).toMatchObject({ models_loaded: false, avatar_loaded: false });
    expect(children()).toBe(before);
  });

  it('is ready once it has loaded, and says what it runs on', async () => {
    await services.load();
    expect(await healthOf(services)).toEqual({ http: 200, status: 'ready' });
    const onnxruntime = JSON.parse(await readFile('node_modules/onnxruntime-node/package.json', 'utf8')).version;
    expect(services.health()).toMatchObject({
      models_loaded: true,
      avatar_loaded: true,
      device: 'cpu',
      versions: { soyle: version, node: process.versions.node, onnxruntime },
      engines: { speech: 'espeak', lipsync: configure().LIPS_MODEL },
      queue: { active: 0, waiting: 0 },
    });
    await vi.waitFor(() => expect(children()).toBe(before + 1));
  });

  it('calls itself degraded after three chunks that failed in a row, and ready again after one that did not', async () => {
    await writeFile(broken, '');
    const seen: string[] = [];
    for (let turn = 0; turn < 3; turn++) {
      expect(await say(services)).toEqual({ status: 500, code: 'encode_failed' });
      seen.push((await healthOf(services)).status);
    }
    expect(seen).toEqual(['ready', 'ready', 'degraded']);
    await rm(broken);
    expect(await say(services)).toEqual({ status: 200 });
    expect(await healthOf(services)).toEqual({ http: 200, status: 'ready' });
  });

  it('keeps finished files alone', async () => {
    const files = await readdir(join(folder, 'outputs'));
    expect(files.sort()).toEqual([expect.stringMatching(/^\d\w+_0\.mp4$/), expect.stringMatching(/^\d\w+_0\.wav$/)]);
  });

  it('names what there is when asked for what there is not', async () => {
    const ask = async (body: object) =>
      (await services.app.request('/api/generate', post({ text: 'раз', ...body }, { 'accept-language': 'en' }))).json();
    expect(await ask({ engine: 'qwen' })).toEqual({
      code: 'engine_unknown',
      error: 'There is no speech engine "qwen"; there is: espeak',
    });
    const { code, error } = await ask({ voice: 'nobody', language: 'kk' });
    expect(code).toBe('voice_unknown');
    expect(error).toMatch(/^There is no voice "nobody"; there is: kk, kk\+\w+/);
  });

  it('takes other voices in while it runs, keeps the old ones when they cannot be, and says what has to wait', async () => {
    const server = await servePlain();
    onTestFinished(() => server.close());
    const speech = () => services.health().engines.speech;
    const known = { FFMPEG_PATH: join(folder, 'ffmpeg') };
    await services.change(
      configure({ ...known, SPEECH_ENGINES: 'http', HTTP_TTS_URL: server.url, TTS_CACHE_DISK_MB: '0' }),
    );
    expect(speech()).toBe('http,espeak');
    const { chunks } = await (
      await services.app.request('/api/stream_chunks', post({ text: 'раз два', word_timings: true, pitch: 2 }))
    ).json();
    expect(chunks).toMatchObject([
      { engine: 'http', warnings: ['pitch_ignored'], words: [{ text: 'раз' }, { text: 'два' }] },
    ]);
    expect(chunks[0]).not.toHaveProperty('degraded');

    server.fail('500');
    const other = { text: 'три', voice: 'default', word_timings: true };
    const fallen = await (await services.app.request('/api/stream_chunks', post(other))).json();
    expect(fallen.chunks).toMatchObject([{ engine: 'espeak', degraded: true, warnings: ['voice_replaced'] }]);

    const broken: Settings = { ...configure(known), SPEECH_ENGINES: ['alltalk'] };
    await services.change(broken);
    expect(speech()).toBe('http,espeak');
    await services.change({ ...configure(known), PORT: 1 });
    expect(speech()).toBe('espeak');
    await vi.waitFor(() => expect(children()).toBe(before + 1));
  });

  it('speaks a text to its end with the voices that began it, and closes those then', async () => {
    const server = await servePlain();
    onTestFinished(() => server.close());
    const known = { FFMPEG_PATH: join(folder, 'ffmpeg'), TTS_CACHE_DISK_MB: '0' };
    await services.change(configure({ ...known, SPEECH_ENGINES: 'http', HTTP_TTS_URL: server.url }));
    // No two passages are equal, or the cache would say the second one.
    const names = Array.from('бвгджзкл', (first) => Array.from('аеиоу', (second) => `${first}${second}рка`)).flat();
    const text = names.map((name) => `Ночь, улица, фонарь, аптека, тусклый свет и ${name}. `).join('');
    const answer = await services.app.request('/stream-tts', post({ text, language: 'ru' }));
    const heard = answer.body!.getReader();
    await heard.read();
    const asked = server.asked.length;
    await services.change(configure(known));
    expect(services.health().engines.speech).toBe('espeak');
    while (!(await heard.read()).done);
    expect(server.asked.length).toBeGreaterThan(asked);
    expect(server.asked.map(({ body }) => (JSON.parse(body) as { text: string }).text).join(' ')).toBe(text.trim());
    await vi.waitFor(async () => expect(await server.connections()).toBe(0));
  });

  it('bounds how many wait for speech alone', async () => {
    await services.change(configure({ FFMPEG_PATH: join(folder, 'ffmpeg'), TTS_MAX_CONCURRENT: '1' }));
    const clients = [new AbortController(), new AbortController()];
    const ask = (signal?: AbortSignal, text = 'раз') =>
      services.app.request('/stream-tts', { ...post({ text }), signal });
    // More than is made ahead of a listener.
    const long = 'Раз, два, три, четыре, пять. '.repeat(340);
    const [speaking, waiting] = clients.map(({ signal }) => ask(signal, long));
    expect((await speaking)?.status).toBe(200);
    const refused = await ask();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    expect(await refused.json()).toMatchObject({ code: 'queue_full' });
    for (const client of clients) client.abort();
    await waiting;
    await vi.waitFor(async () => expect((await ask()).status).toBe(200));
  });

  it('calls itself degraded while the avatar that speaks is not there', async () => {
    const [anna, elsewhere] = [join(folder, 'avatars', 'anna'), join(folder, 'elsewhere')];
    const told = (status: string, avatarLoaded: boolean) =>
      vi.waitFor(
        () => expect(services.health()).toMatchObject({ status, avatar_loaded: avatarLoaded, models_loaded: true }),
        { timeout: 20_000 },
      );
    await rename(anna, elsewhere);
    await told('degraded', false);
    await rename(elsewhere, anna);
    await told('ready', true);
  });

  it('ends its child process and refuses work when it is closed', async () => {
    await services.close();
    await noneLeft();
    expect(await say(services)).toEqual({ status: 503, code: 'stopping' });
    const voice = await services.app.request('/tts', post({ text: 'раз' }));
    expect([voice.status, await voice.json()]).toMatchObject([503, { code: 'stopping' }]);
  });
});

describe('a server that cannot load', () => {
  it.each([
    ['an avatar that is not there', { AVATAR: 'nobody' }, /nobody/],
    ['a lips model that is not there', { LIPS_MODEL: 'nothing' }, /nothing/],
    ['a program that is no ffmpeg', { FFMPEG_PATH: process.execPath }, /ffmpeg/],
  ])('names %s and leaves no child process', async (_, env, message) => {
    const services = await createServices(configure(env), silentLog);
    try {
      const loading = services.load();
      await expect(loading).rejects.toBeInstanceOf(BootError);
      await expect(loading).rejects.toThrow(message);
      await noneLeft();
      expect(services.health().status).toBe('loading');
    } finally {
      await services.close();
    }
  });
});
