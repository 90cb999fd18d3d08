import { describe, expect, test } from 'vitest';
import { SoyleError } from '../../src/errors.ts';
import { planShot } from '../../src/shot.ts';
import { buildHouse, post, WAYS } from './http-helpers.ts';

const noBackdrop = () => expect.unreachable('no picture is asked for');
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
      { look: { crop: 'full' } },
    ]);
    expect(house.queue.jobs[2]!.look).toMatchObject({
      ...{ model: undefined, staticMode: undefined, pads: undefined, background: undefined },
    });
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
    expect(house.queue.jobs.map(({ look }) => look?.pads)).toEqual([[5, 10, 0, -2.5], [12.5, 20, 0, 20], undefined]);
  });

  test.each([
    [{ model: 'gan' }, 404, 'model_unknown', '"gan"; there is: soyle'],
    [{ background: { picture: 'beach' } }, 404, 'background_unknown', '"beach"; there is: office'],
    [{ background: 'transparent', format: 'mp4' }, 400, 'format_opaque', '"webm" or "stacked-mp4"'],
    [{ pads: [0, 21, 0, 0] }, 400, 'invalid_request', 'four numbers from -20 to 20'],
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

  test('a stacked file is transparent by itself', async () => {
    const house = await buildHouse();
    const ask = await open(house);
    expect((await ask('/api/generate', post({ text: 'a', format: 'stacked-mp4' }))).status).toBe(200);
    const anna = { id: 'anna', width: 64, height: 64, face: { x: 16, y: 8, width: 32, height: 40 } };
    const shot = await planShot({ ...anna, screen: { u: -40, v: -60 } }, house.queue.jobs[0]!.look!, noBackdrop);
    expect(shot).toMatchObject({ format: 'stacked-mp4', background: 'transparent' });
  });

  test('what a chunk failed with is told with what its message names', async () => {
    const house = await buildHouse();
    const failure = { code: 'avatar_preparing', params: { avatar: 'Гүл' } };
    house.queue.run = async function* () {
      yield { type: 'start', texts: ['а'] };
      yield { type: 'failed', chunk: { index: 0, text: 'а', ...failure } };
    };
    const ask = await open(house);
    for (const path of ROUTES) {
      expect((await (await ask(path, post({ text: 'а' }))).json()).error).toContain('Гүл');
    }
  });

  test('where the loop goes on is told to those who hand a pose over', async () => {
    const house = await buildHouse();
    const ask = await open(house);
    const [chunk] = (await (await ask('/api/stream_chunks', post({ text: 'a', pose: 0 }))).json()).chunks;
    expect(chunk.end_pose).toBe(88);
    expect((await ask('/api/generate', post({ text: 'a' }))).headers.get('x-end-pose')).toBe('88');
  });

  test('an answer that is the video itself tells what went unheeded', async () => {
    const house = await buildHouse();
    const ask = await open(house);
    const warningsOf = async () => (await ask('/api/generate', post({ text: 'a' }))).headers.get('x-warnings');
    expect(await warningsOf()).toBeNull();
    house.queue.spoken = { warnings: ['rate_limited', 'pads_ignored'] };
    expect(await warningsOf()).toBe('rate_limited, pads_ignored');
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
