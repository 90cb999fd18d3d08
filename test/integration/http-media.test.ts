import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { newChunkId } from '../../src/ids.ts';
import { buildHouse, bytesOf, listen, WAYS } from './http-helpers.ts';

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i);

describe.each(WAYS)('%s', (_, open) => {
  async function stored(storedAt = Date.now()) {
    const house = await buildHouse();
    const id = newChunkId(0);
    house.storage.add(`${id}.mp4`, BYTES, storedAt);
    return { house, id, url: `/api/chunk/video/${id}`, ask: await open(house) };
  }

  test('the whole file with everything a player of another site needs', async () => {
    const { ask, url, house } = await stored();
    const response = await ask(url);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': '100',
      'accept-ranges': 'bytes',
      'cross-origin-resource-policy': 'cross-origin',
      'access-control-allow-origin': '*',
      etag: expect.stringMatching(/^"[^"]+"$/),
      'cache-control': expect.stringMatching(/^private, max-age=(3600|3599), immutable$/),
    });
    const exposed = response.headers.get('access-control-expose-headers')?.split(',');
    expect(exposed).toEqual(expect.arrayContaining(['Content-Range', 'Accept-Ranges', 'Content-Length', 'ETag']));
    expect(await bytesOf(response)).toEqual(BYTES);
    expect(house.storage.openReads).toBe(0);
  });

  test.each<[string, number, string | null, number, number]>([
    ['bytes=0-9', 206, 'bytes 0-9/100', 0, 10],
    ['bytes=90-', 206, 'bytes 90-99/100', 90, 100],
    ['bytes=-5', 206, 'bytes 95-99/100', 95, 100],
    ['bytes=50-5000', 206, 'bytes 50-99/100', 50, 100],
    ['bytes=0-1,4-5', 200, null, 0, 100],
    ['bytes=9-1', 200, null, 0, 100],
    ['nonsense', 200, null, 0, 100],
  ])('Range: %s → %i', async (range, status, contentRange, start, end) => {
    const { ask, url, house } = await stored();
    const response = await ask(url, { headers: { range } });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-range')).toBe(contentRange);
    expect(response.headers.get('content-length')).toBe(String(end - start));
    expect(await bytesOf(response)).toEqual(BYTES.slice(start, end));
    expect(house.storage.openReads).toBe(0);
  });

  test.each(['bytes=100-', 'bytes=-0'])('Range: %s → 416', async (range) => {
    const { ask, url, house } = await stored();
    const response = await ask(url, { headers: { range } });
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */100']);
    expect(await response.json()).toEqual({ error: 'Недопустимый диапазон', code: 'range_not_satisfiable' });
    expect(house.storage.openReads).toBe(0);
  });

  test('If-Range: the range counts only for the current strong ETag', async () => {
    const { ask, url } = await stored();
    const etag = (await ask(url, { method: 'HEAD' })).headers.get('etag') ?? '';
    const status = async (condition: string) => {
      const response = await ask(url, { headers: { range: 'bytes=0-9', 'if-range': condition } });
      return [response.status, (await bytesOf(response)).length];
    };
    expect(await status(etag)).toEqual([206, 10]);
    expect(await status('"other"')).toEqual([200, 100]);
    expect(await status(`W/${etag}`)).toEqual([200, 100]);
    expect(await status(new Date().toUTCString())).toEqual([200, 100]);
  });

  test('If-None-Match: 304 without a body, before any range', async () => {
    const { ask, url, house } = await stored();
    const etag = (await ask(url, { method: 'HEAD' })).headers.get('etag') ?? '';
    for (const condition of [etag, `"x", W/${etag}`, '*']) {
      const response = await ask(url, { headers: { 'if-none-match': condition, range: 'bytes=0-9' } });
      expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([304, etag, '']);
      expect(response.headers.get('cache-control')).toContain('immutable');
    }
    const changed = await ask(url, { headers: { 'if-none-match': '"x"' } });
    expect([changed.status, (await bytesOf(changed)).length]).toEqual([200, 100]);
    expect(house.storage.openReads).toBe(0);
  });

  test('HEAD has the headers of the whole, ignores ranges and opens nothing', async () => {
    const { ask, url, house } = await stored();
    const response = await ask(url, { method: 'HEAD', headers: { range: 'bytes=0-9' } });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '100', '']);
    expect(house.storage.openReads).toBe(0);
  });

  test('unknown, malformed and purged ids are 404 in the words of the specification', async () => {
    const { ask, url, house } = await stored();
    house.storage.files.clear();
    const video = { error: 'Видео не найдено', code: 'video_not_found' };
    for (const path of [url, '/api/chunk/video/20251028_123456_000000_0', '/api/chunk/video/..%2f..%2fetc%2fpasswd']) {
      const response = await ask(path);
      expect([path, response.status, await response.json()]).toEqual([path, 404, video]);
    }
    const audio = await ask(url.replace('video', 'audio'));
    expect([audio.status, await audio.json()]).toEqual([404, { error: 'Аудио не найдено', code: 'audio_not_found' }]);
  });

  test('a file past its time that was not purged yet is served, not to be cached', async () => {
    const { ask, url } = await stored(Date.now() - 4_000_000);
    const response = await ask(url);
    expect(response.headers.get('cache-control')).toBe('private, max-age=0, immutable');
    expect((await bytesOf(response)).length).toBe(100);
  });
});

const BIG = new Uint8Array(64 * 1024 * 1024);

test('a reader that stops is not read ahead for, and frees the file when it leaves', async () => {
  const house = await buildHouse();
  const id = newChunkId(0);
  house.storage.add(`${id}.mp4`, BIG);
  const closed = new Promise<void>((resolve) => {
    house.storage.onReadClosed = resolve;
  });
  const { port } = await listen(house);
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET /api/chunk/video/${id} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  expect(house.storage.openReads).toBe(1);
  socket.destroy();
  await closed;
  expect(house.storage.openReads).toBe(0);
  expect(house.storage.bytesRead).toBeLessThan(BIG.length / 2);
});

test('a slow reader gets every byte', async () => {
  const house = await buildHouse();
  const id = newChunkId(0);
  house.storage.add(`${id}.mp4`, BIG);
  const { url } = await listen(house);
  const response = await fetch(`${url}/api/chunk/video/${id}`);
  expect(house.storage.openReads).toBe(1);
  let received = 0;
  for await (const piece of response.body ?? []) {
    received += piece.length;
    await new Promise(setImmediate);
  }
  expect(received).toBe(BIG.length);
  expect(house.storage.openReads).toBe(0);
});
