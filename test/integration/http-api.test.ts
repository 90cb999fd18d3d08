import { describe, expect, test } from 'vitest';
import { buildHouse, bytesOf, fakeAvatars, post, readyAvatar, WAYS } from './http-helpers.ts';

const ID = /^\/api\/chunk\/video\/\d{8}_\d{6}_\d{6}_[0-9a-f]{32}_0$/;

describe.each(WAYS)('%s', (_, open) => {
  test('stream_chunks answers as the specification says, to the field', async () => {
    const house = await buildHouse();
    const ask = await open(house);
    const response = await ask('/api/stream_chunks', post({ text: 'раз два три', chunk_size: 2 }));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const answer = await response.json();
    expect(Object.keys(answer)).toEqual(['success', 'total_chunks', 'language', 'chunks']);
    expect(answer).toMatchObject({ success: true, total_chunks: 2, language: 'ru' });
    expect(Object.keys(answer.chunks[0])).toEqual(['index', 'text', 'video_url', 'audio_url', 'duration']);
    expect(answer.chunks).toMatchObject([
      { index: 0, text: 'раз два', duration: 3.52 },
      { index: 1, text: 'три', duration: 3.52 },
    ]);
    expect(answer.chunks[0].video_url).toMatch(ID);
    expect(answer.chunks[0].audio_url).toBe(answer.chunks[0].video_url.replace('video', 'audio'));

    const video = await ask(answer.chunks[1].video_url);
    expect([video.headers.get('content-type'), await video.text()]).toEqual(['video/mp4', 'mp4 of три']);
    const audio = await ask(answer.chunks[1].audio_url);
    expect([audio.headers.get('content-type'), await audio.text()]).toEqual(['audio/wav', 'wav of три']);
  });

  test('options reach the job; the defaults are the specification’s; unknown fields are ignored', async () => {
    const house = await buildHouse();
    const ask = await open(house);
    await ask('/api/stream_chunks', post({ text: 'a', colour: 'x' }));
    await ask(
      '/api/stream_chunks',
      post({ text: 'a', language: 'kk', chunk_size: 200, first_chunk_size: 3, split: 'smart', intensity: 1.5 }),
    );
    await ask('/api/generate', post({ text: 'a', language: 'en', intensity: 0.5 }));
    await ask('/api/generate_stream', post({ text: 'a', chunk_index: 1, intensity: 0.75 }));
    expect(house.queue.jobs).toMatchObject([
      {
        kind: 'chunks',
        text: 'a',
        language: 'ru',
        chunkSize: 15,
        firstChunkSize: undefined,
        split: 'words',
        intensity: 1,
      },
      { kind: 'chunks', text: 'a', language: 'kk', chunkSize: 200, firstChunkSize: 3, split: 'smart', intensity: 1.5 },
      { kind: 'whole', text: 'a', language: 'en', intensity: 0.5 },
      { kind: 'whole', text: 'a', language: 'ru', intensity: 0.75 },
    ]);
    expect(house.queue.jobs[0]).not.toHaveProperty('colour');
  });

  test.each(['/api/stream_chunks', '/api/generate', '/api/generate_stream'])(
    'how to speak reaches the job: %s',
    async (path) => {
      const house = await buildHouse();
      const ask = await open(house);
      const manner = { engine: 'espeak', voice: 'ru', rate: 0.5, pitch: 2, temperature: 0 };
      const voice_attributes = { gender: 'neutral', age: 30, emotion: 'happy' };
      await ask(path, post({ text: 'a', language: 'auto', ...manner, voice_attributes }));
      expect(house.queue.jobs).toMatchObject([{ ...manner, language: 'auto', voiceAttributes: voice_attributes }]);
    },
  );

  test('a chunk says who spoke, and what could not be done only when there is such', async () => {
    const house = await buildHouse();
    const ask = await open(house);
    const chunkOf = async () => {
      const answer = await (await ask('/api/stream_chunks', post({ text: 'раз', language: 'auto' }))).json();
      expect(answer.language).toBe('auto');
      return answer.chunks[0];
    };
    house.queue.spoken = { engine: 'espeak' };
    expect(Object.keys(await chunkOf())).toEqual(['index', 'text', 'video_url', 'audio_url', 'duration', 'engine']);
    const spoken = { engine: 'espeak', degraded: true, warnings: ['voice_replaced'] } as const;
    house.queue.spoken = spoken;
    expect(await chunkOf()).toMatchObject(spoken);
  });

  test('word timings come in seconds when asked for', async () => {
    const ask = await open(await buildHouse());
    const response = await ask('/api/stream_chunks', post({ text: 'раз', word_timings: true }));
    const { chunks } = await response.json();
    expect(chunks[0].words).toEqual([{ text: 'р', start: 0.04, end: 1, offset: 0 }]);
  });

  test('a failed chunk carries its error and the others stand', async () => {
    const ask = await open(await buildHouse());
    const body = { text: 'один fail:speech_timeout fail:nonsense', chunk_size: 1 };
    const response = await ask('/api/stream_chunks', post(body, { 'accept-language': 'en' }));
    expect(response.status).toBe(200);
    const { success, chunks } = await response.json();
    expect(success).toBe(true);
    expect(chunks[0].video_url).toMatch(ID);
    expect(chunks.slice(1)).toEqual([
      { index: 1, text: 'fail:speech_timeout', error: 'Speech synthesis ran out of time', code: 'speech_timeout' },
      { index: 2, text: 'fail:nonsense', error: 'Internal server error', code: 'internal' },
    ]);
  });

  test('only when all chunks failed is it 500', async () => {
    const ask = await open(await buildHouse());
    const response = await ask(
      '/api/stream_chunks',
      post({ text: 'fail:encode_failed fail:speech_failed', chunk_size: 1 }),
    );
    expect(response.status).toBe(500);
    const answer = await response.json();
    expect(Object.keys(answer)).toEqual([
      'success',
      'error',
      'code',
      'total_chunks',
      'language',
      'request_id',
      'chunks',
    ]);
    expect(answer).toMatchObject({
      success: false,
      error: 'Не удалось закодировать видео',
      code: 'encode_failed',
      total_chunks: 2,
      language: 'ru',
      chunks: [{ code: 'encode_failed' }, { code: 'speech_failed' }],
    });
  });

  test('lone surrogates and NUL come back as they went in', async () => {
    const ask = await open(await buildHouse());
    const response = await ask('/api/stream_chunks', post('{"text":"a\\ud800 \\u0000 \\udc00b"}'));
    const { chunks } = await response.json();
    expect(chunks[0].text).toBe('a\ud800 \u0000 \udc00b');
  });

  test('generate answers a download, generate_stream an inline file named by the index', async () => {
    const ask = await open(await buildHouse());
    const whole = await ask('/api/generate', post({ text: 'весь текст', language: 'ru' }));
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('video/mp4');
    expect(whole.headers.get('content-disposition')).toBe('attachment; filename="avatar_speech.mp4"');
    const bytes = await bytesOf(whole);
    expect(whole.headers.get('content-length')).toBe(String(bytes.length));
    expect(new TextDecoder().decode(bytes)).toBe('mp4 of весь текст');

    const piece = await ask('/api/generate_stream', post({ text: 'кусок', language: 'ru', chunk_index: 7 }));
    expect(piece.headers.get('content-disposition')).toBe('inline; filename="chunk_7.mp4"');
    expect(await piece.text()).toBe('mp4 of кусок');
  });

  test('generate answers the error of its chunk', async () => {
    const ask = await open(await buildHouse());
    const response = await ask('/api/generate', post({ text: 'fail:storage_full' }));
    expect(response.status).toBe(507);
    expect(await response.json()).toMatchObject({ code: 'storage_full' });
  });

  test('health: 200 when ready or degraded, 503 while loading', async () => {
    const house = await buildHouse();
    const { health } = house;
    let status: 'ready' | 'degraded' | 'loading' = 'ready';
    house.health = () => ({ ...health(), status });
    const ask = await open(house);
    const ready = await ask('/api/health');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ ...health(), status: 'ready' });
    expect((await ask('/api/health', { method: 'HEAD' })).status).toBe(200);
    status = 'degraded';
    expect((await ask('/api/health')).status).toBe(200);
    expect((await ask('/api/stream_chunks', post({ text: 'a' }))).status).toBe(200);
    status = 'loading';
    const loading = await ask('/api/health');
    expect([loading.status, loading.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await loading.json()).toMatchObject({ status: 'loading' });
  });

  test('while loading the rendering routes and the avatar answer 503 with Retry-After', async () => {
    const house = await buildHouse();
    const { health } = house;
    house.health = () => ({ ...health(), status: 'loading' });
    house.avatars = () => undefined;
    const ask = await open(house);
    const asked = await Promise.all([
      ask('/api/stream_chunks', post({ text: 'a' })),
      ask('/api/stream_chunks', post({ text: 'a' }, { accept: 'text/event-stream' })),
      ask('/api/generate', post({ text: 'a' })),
      ask('/api/generate_stream', post({ text: 'a', chunk_index: 0 })),
      ask('/api/avatar'),
    ]);
    for (const response of asked) {
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
      expect(await response.json()).toMatchObject({ error: 'Сервер загружается', code: 'loading' });
    }
    expect(house.queue.jobs).toEqual([]);
  });

  test('cleanup deletes what is older than an hour', async () => {
    const house = await buildHouse();
    const ask = await open(house);
    house.storage.add('old', new Uint8Array(1), Date.now() - 3_600_001);
    house.storage.add('new', new Uint8Array(1), Date.now() - 3_500_000);
    const response = await ask('/api/cleanup', { method: 'POST' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ message: 'Удалено файлов: 1', removed: 1 });
    expect([...house.storage.files.keys()]).toEqual(['new']);
  });

  test('the avatar’s picture and loop', async () => {
    const house = await buildHouse();
    const [anna] = house.avatars()?.list() ?? [];
    const ask = await open(house);
    const picture = await ask('/api/avatar');
    expect([picture.headers.get('content-type'), await picture.text()]).toEqual(['image/png', 'a picture']);
    expect(picture.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(picture.headers.get('link')).toBe('<avatar/idle.mp4>; rel="alternate"; type="video/mp4"');
    const again = await ask('/api/avatar', { headers: { 'if-none-match': picture.headers.get('etag') ?? '' } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const part = await ask('/api/avatar/idle.mp4', { headers: { range: 'bytes=3-6' } });
    expect([part.status, part.headers.get('content-type'), await part.text()]).toEqual([206, 'video/mp4', 'idle']);

    house.avatars = () => fakeAvatars([readyAvatar({ posterPath: anna?.posterPath })]);
    const askPhoto = await open(house);
    expect((await askPhoto('/api/avatar')).headers.get('link')).toBeNull();
    const photo = await askPhoto('/api/avatar/idle.mp4');
    expect([photo.status, (await photo.json()).code]).toEqual([404, 'not_found']);
  });

  test('the page and its modules, and nothing else of the folder', async () => {
    const ask = await open(await buildHouse());
    const page = await ask('/');
    expect(await page.text()).toContain('Söyle');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(page.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(page.headers.get('strict-transport-security')).toBeNull();
    const module = await ask('/talking-avatar.js');
    expect(module.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(module.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(module.headers.get('cache-control')).toBe('no-cache');
    for (const path of [
      '/secret.env',
      '/..%2fpackage.js',
      '/%2e%2e/x.js',
      '/.hidden.js',
      '/a%00.js',
      '/none.js',
      '/%E0%A4%A',
    ]) {
      const response = await ask(path);
      expect([path, response.status, (await response.json()).code]).toEqual([path, 404, 'not_found']);
    }
  });

  test('the OpenAPI document describes the routes, and /docs shows it with our own assets', async () => {
    const ask = await open(await buildHouse());
    const document = await (await ask('/openapi.json')).json();
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/avatar',
      '/api/avatar/idle.mp4',
      '/api/avatars',
      '/api/avatars/{id}',
      '/api/avatars/{id}/events',
      '/api/avatars/{id}/idle.mp4',
      '/api/avatars/{id}/preview',
      '/api/backgrounds',
      '/api/chunk/audio/{id}',
      '/api/chunk/video/{id}',
      '/api/cleanup',
      '/api/currentsettings',
      '/api/generate',
      '/api/generate_stream',
      '/api/generate_stream_custom',
      '/api/health',
      '/api/models',
      '/api/ready',
      '/api/stream_chunks',
      '/api/tts-generate',
      '/api/tts-generate-streaming',
      '/api/voices',
      '/api/voices/sample',
      '/health',
      '/stream-tts',
      '/tts',
      '/v1/audio/speech',
      '/v1/audio/voices',
      '/v1/models',
      '/v1/models/{model}',
    ]);
    expect(document.components.schemas.ChunksRequest.properties).toMatchObject({
      text: { type: 'string', maxLength: 10_000 },
      language: { enum: ['ru', 'kk', 'en', 'auto'], default: 'ru' },
      chunk_size: { type: 'integer', minimum: 1, maximum: 200, default: 15 },
      intensity: { type: 'number', minimum: 0.5, maximum: 1.5, default: 1 },
    });
    expect(document.components.schemas.ChunksRequest.required).toEqual(['text']);
    expect(document.servers).toMatchObject([{ url: '/' }]);
    const groups = new Set(document.tags.map(({ name }: { name: string }) => name));
    for (const [path, methods] of Object.entries<object>(document.paths)) {
      for (const { tags = [] } of Object.values(methods)) {
        expect([path, tags.map((tag: string) => groups.has(tag))]).toEqual([path, [true]]);
      }
    }

    const docs = await (await ask('/docs')).text();
    expect(docs).not.toMatch(/https?:/);
    for (const [, asset] of docs.matchAll(/(?:href|src)="([^"]+)"/g)) {
      expect([asset, (await ask(`/${asset}`)).status]).toEqual([asset, 200]);
    }
    expect((await ask('/docs/swagger-ui.js')).status).toBe(404);
  });
});

describe.each(WAYS)('prefixes, %s', (_, open) => {
  const chunkUrl = async (response: Response) => (await response.json()).chunks[0].video_url as string;

  test('every route answers again under /r, and URLs carry it', async () => {
    const ask = await open(await buildHouse());
    const url = await chunkUrl(await ask('/r/api/stream_chunks', post({ text: 'a' })));
    expect(url).toMatch(/^\/r\/api\/chunk\/video\//);
    expect((await ask(url)).status).toBe(200);
    for (const path of [
      '/r/',
      '/r/docs',
      '/r/openapi.json',
      '/r/talking-avatar.js',
      '/r/api/health',
      '/r/api/avatar',
    ]) {
      expect([path, (await ask(path)).status]).toEqual([path, 200]);
    }
    expect((await (await ask('/r/openapi.json')).json()).servers).toMatchObject([{ url: '/r' }]);
    expect((await ask('/r/r/api/health')).status).toBe(404);
    const bare = await ask('/r');
    expect([bare.status, bare.headers.get('location')]).toEqual([308, 'r/']);
  });

  test.each([
    [true, '/api', '/avatar', '/avatar/api/'],
    [true, '/r/api', '/avatar', '/avatar/r/api/'],
    [true, '/r/api', '/r', '/r/api/'],
    [true, '/r/api', '/x/r', '/x/r/api/'],
    [true, '/api', '/r', '/r/api/'],
    [true, '/api', 'https://evil.example', '/api/'],
    [true, '/api', '//evil.example', '/api/'],
    [true, '/api', '/a b', '/api/'],
    [true, '/api', '/a/', '/api/'],
    [false, '/api', '/avatar', '/api/'],
    [false, '/r/api', '/avatar', '/r/api/'],
  ])('trustProxy %s: %s with X-Forwarded-Prefix %s → %s', async (trustProxy, path, forwarded, expected) => {
    const ask = await open(await buildHouse({ trustProxy }));
    const response = await ask(`${path}/stream_chunks`, post({ text: 'a' }, { 'x-forwarded-prefix': forwarded }));
    const url = await chunkUrl(response);
    expect(url.slice(0, expected.length)).toBe(expected);
    expect(url.slice(expected.length)).toMatch(/^chunk\/video\//);
  });
});
