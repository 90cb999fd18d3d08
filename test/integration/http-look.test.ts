import { describe, expect, test } from 'vitest';
import { SoyleError } from '../../src/errors.ts';
import { buildHouse, post, WAYS } from './http-helpers.ts';

const ROUTES = ['/api/stream_chunks', '/api/generate', '/api/generate_stream', '/api/generate_stream_custom'];

describe.each(WAYS)('%s', (_, open) => {
  test.each(ROUTES)('how the avatar is to look reaches the job: %s', async (path) => {
    const house = await buildHouse();
    const ask = await open(house);
    const look = { model: 'soyle', static_mode: true, crop: 'bust', resolution: 480, format: 'webm' };
    await ask(path, post({ text: 'a', ...look, background: '#10Ab20', pose: 7 }));
    await ask(path, post({ text: 'a', background: { picture: 'office' } }));
    await ask(path, post({ text: 'a' }));
    expect(house.queue.jobs).toMatchObject([
      {
        look: {
          ...{ model: 'soyle', staticMode: true, crop: 'bust', resolution: 480, format: 'webm' },
          background: { colour: '#10Ab20' },
        },
        pose: 7,
      },
      { look: { background: { picture: 'office' } } },
      { look: { background: 'keep', crop: 'full' } },
    ]);
    expect(house.queue.jobs[2]!.look).toMatchObject({ model: undefined, staticMode: undefined, pads: undefined });
  });

  test('pads are percent; the older server’s are pixels of its own route', async () => {
    const house = await buildHouse();
    const ask = await open(house);
    await ask('/api/generate', post({ text: 'a', pads: [5, 10, 0, -2.5] }));
    await ask(
      '/api/generate_stream_custom',
      post({ text: 'a', pad_top: 12, pad_bottom: 34, pad_left: 0, pad_right: 24 }),
    );
    await ask('/api/generate_stream_custom', post({ text: 'a', pad_top: 0, pad_bottom: 10 }));
    expect(house.queue.jobs.map(({ look }) => look?.pads)).toEqual([[5, 10, 0, -2.5], [12.5, 25, 0, 25], undefined]);
  });

  test.each([
    [{ model: 'gan' }, 404, 'model_unknown', '"gan"; there is: soyle'],
    [{ background: { picture: 'beach' } }, 404, 'background_unknown', '"beach"; there is: office'],
    [{ background: 'transparent', format: 'mp4' }, 400, 'format_opaque', '"webm" or "stacked-mp4"'],
    [{ pads: [-50, -50, 0, 0] }, 400, 'pads_impossible', 'above −90'],
    [{ pads: [1, 2, 3] }, 400, 'invalid_request', '"pads" must be a list of four numbers'],
    [{ background: 'green' }, 400, 'invalid_request', '"background" must be one of "keep"'],
    [{ background: { picture: '../secret' } }, 400, 'invalid_request', '"background"'],
    [{ resolution: 5000 }, 400, 'invalid_request', 'from 64 to 1920'],
    [{ format: 'gif' }, 400, 'invalid_request', 'mp4, webm, stacked-mp4'],
    [{ crop: 'feet' }, 400, 'invalid_request', 'full, bust, head, square'],
    [{ static_mode: 'yes' }, 400, 'invalid_request', 'true, false'],
    [{ pose: -1 }, 400, 'invalid_request', '"pose"'],
  ])('refuses %o before any work', async (look, status, code, text) => {
    const house = await buildHouse();
    const ask = await open(house);
    for (const path of ['/api/stream_chunks', '/api/generate']) {
      const response = await ask(path, { ...post({ text: 'a', ...look }) });
      const answer = await response.json();
      expect([response.status, answer.code]).toEqual([status, code]);
      const english = post({ text: 'a', ...look });
      const again = await ask(path, { ...english, headers: { ...english.headers, 'accept-language': 'en' } });
      expect((await again.json()).error).toContain(text);
    }
    expect(house.queue.jobs).toEqual([]);
  });

  test('an avatar that cannot be shown so is an error, not a broken chunk', async () => {
    const house = await buildHouse();
    house.queue.beforeStart = async () => {
      throw new SoyleError('matte_missing', { avatar: 'anna' });
    };
    const ask = await open(house);
    const response = await ask('/api/stream_chunks', post({ text: 'a', background: 'transparent' }));
    expect([response.status, (await response.json()).code]).toEqual([400, 'matte_missing']);
  });

  test('where the loop goes on is told to those who hand a pose over', async () => {
    const house = await buildHouse();
    const ask = await open(house);
    const [chunk] = (await (await ask('/api/stream_chunks', post({ text: 'a', pose: 0 }))).json()).chunks;
    expect(chunk.end_pose).toBe(88);
    expect((await ask('/api/generate', post({ text: 'a' }))).headers.get('x-end-pose')).toBe('88');
  });

  test('a WebM is named, stored and sent as one', async () => {
    const house = await buildHouse();
    house.queue.format = 'webm';
    const ask = await open(house);
    const [chunk] = (await (await ask('/api/stream_chunks', post({ text: 'раз', format: 'webm' }))).json()).chunks;
    expect(chunk.format).toBe('webm');
    const file = await ask(chunk.video_url);
    expect([file.status, file.headers.get('content-type'), await file.text()]).toEqual([
      200,
      'video/webm',
      'webm of раз',
    ]);
    const whole = await ask('/api/generate', post({ text: 'раз', format: 'webm' }));
    expect(whole.headers.get('content-type')).toBe('video/webm');
    expect(whole.headers.get('content-disposition')).toBe('attachment; filename="avatar_speech.webm"');
    expect(await whole.text()).toBe('webm of раз');
  });

  test('models and backgrounds can be asked for', async () => {
    const house = await buildHouse();
    const ask = await open(house);
    expect(await (await ask('/api/models')).json()).toEqual({
      models: [{ id: 'soyle', kind: 'soyle', licence: 'CC0-1.0', default: true, available: true, loaded: true }],
    });
    expect(await (await ask('/api/backgrounds')).json()).toEqual({ backgrounds: [{ id: 'office' }] });
    const loading = await open({ ...house, looks: () => undefined });
    expect((await loading('/api/models')).status).toBe(503);
  });
});
