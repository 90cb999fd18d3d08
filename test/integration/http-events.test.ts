import { once } from 'node:events';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { SoyleError } from '../../src/errors.ts';
import { createApp } from '../../src/http/app.ts';
import { buildHouse, deferred, type House, listen, post, untilAborted, WAYS } from './http-helpers.ts';

const CHUNKS = '/api/stream_chunks';
const EVENTS = { accept: 'text/event-stream' };

/** The events and comments of a stream, in order. */
async function* parse(response: Response): AsyncGenerator<{ event: string; data?: unknown }> {
  let rest = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    rest += piece;
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      const block = rest.slice(0, end);
      rest = rest.slice(end + 2);
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      yield event && data ? { event, data: JSON.parse(data) } : { event: block };
    }
  }
}

async function all(response: Response) {
  const events = [];
  for await (const event of parse(response)) events.push(event);
  return events;
}

describe.each(WAYS)('%s', (_, open) => {
  test('start, every chunk in order, done; the chunks are those of the JSON form', async () => {
    const ask = await open(await buildHouse());
    const response = await ask(
      CHUNKS,
      post({ text: 'один fail:speech_failed три', chunk_size: 1, language: 'en' }, EVENTS),
    );
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': expect.stringMatching(/^text\/event-stream/),
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
    const events = await all(response);
    expect(events).toEqual([
      {
        event: 'start',
        data: {
          total_chunks: 3,
          language: 'en',
          chunks: [
            { index: 0, text: 'один' },
            { index: 1, text: 'fail:speech_failed' },
            { index: 2, text: 'три' },
          ],
        },
      },
      {
        event: 'chunk',
        data: {
          index: 0,
          text: 'один',
          video_url: expect.stringMatching(/^\/api\/chunk\/video\/\w+_0$/),
          audio_url: expect.stringMatching(/^\/api\/chunk\/audio\/\w+_0$/),
          duration: 3.52,
        },
      },
      {
        event: 'chunk',
        data: { index: 1, text: 'fail:speech_failed', error: 'Не удалось озвучить текст', code: 'speech_failed' },
      },
      { event: 'chunk', data: expect.objectContaining({ index: 2, text: 'три' }) },
      { event: 'done', data: { success: true, total_chunks: 3, language: 'en' } },
    ]);
  });

  test('when all chunks failed, done says so', async () => {
    const ask = await open(await buildHouse());
    const events = await all(await ask(CHUNKS, post({ text: 'fail:encode_failed' }, EVENTS)));
    expect(events.at(-1)).toEqual({
      event: 'done',
      data: {
        success: false,
        error: 'Не удалось закодировать видео',
        code: 'encode_failed',
        total_chunks: 1,
        language: 'ru',
      },
    });
  });

  test('a job that breaks off ends the stream with an error event', async () => {
    const house = await buildHouse();
    house.queue.beforeChunk = async (index) => {
      if (index === 1) throw new SoyleError('stopping');
    };
    const ask = await open(house);
    const response = await ask(CHUNKS, post({ text: 'a b', chunk_size: 1 }, EVENTS));
    const events = await all(response);
    expect(events.map(({ event }) => event)).toEqual(['start', 'chunk', 'error']);
    expect(events.at(-1)?.data).toEqual({
      error: 'Сервер останавливается',
      code: 'stopping',
      request_id: response.headers.get('x-request-id'),
    });
  });

  test('a job that breaks before its first event is an ordinary error answer', async () => {
    const house = await buildHouse();
    house.queue.beforeStart = async () => {
      throw new SoyleError('stopping');
    };
    const ask = await open(house);
    const response = await ask(CHUNKS, post({ text: 'a' }, EVENTS));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10']);
    expect(await response.json()).toMatchObject({ code: 'stopping' });
  });

  test('heartbeats keep a silent stream open, in the waiting line and between chunks', async () => {
    const house = await buildHouse({ heartbeatMs: 5 });
    const gates = [deferred<void>(), deferred<void>()];
    house.queue.beforeStart = async () => gates[0]?.promise;
    house.queue.beforeChunk = async () => gates[1]?.promise;
    const ask = await open(house);
    const stream = parse(await ask(CHUNKS, post({ text: 'a' }, EVENTS)));
    const next = async () => (await stream.next()).value?.event;
    const nextEvent = async () => {
      for (let event = await next(); ; event = await next()) if (event !== ': heartbeat') return event;
    };
    expect([await next(), await next()]).toEqual([': heartbeat', ': heartbeat']);
    gates[0]?.resolve();
    expect(await nextEvent()).toBe('start');
    expect([await next(), await next()]).toEqual([': heartbeat', ': heartbeat']);
    gates[1]?.resolve();
    expect([await nextEvent(), await nextEvent(), await nextEvent()]).toEqual(['chunk', 'done', undefined]);
  });

  test.each([
    [undefined, 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['text/*', 'json'],
    ['text/html, */*;q=0.8', 'json'],
    ['application/json, text/plain, */*', 'json'],
    ['text/event-stream;q=0, */*', 'json'],
    ['text/event-stream;q=0.5, application/json', 'json'],
    ['text/event-stream;q=0.5, */*', 'json'],
    ['text/event-stream', 'events'],
    ['Text/Event-Stream', 'events'],
    ['text/event-stream, */*', 'events'],
    ['application/json;q=0.9, text/event-stream', 'events'],
    ['text/event-stream;charset=utf-8', 'events'],
  ])('Accept: %s → %s', async (accept, form) => {
    const ask = await open(await buildHouse());
    const response = await ask(CHUNKS, post({ text: 'a' }, accept === undefined ? {} : { accept }));
    const type = response.headers.get('content-type');
    expect(type).toMatch(form === 'json' ? /^application\/json/ : /^text\/event-stream/);
    await response.text();
  });
});

describe('a client that leaves stops the work', () => {
  /** A house whose jobs wait for ever at their second chunk, and how the first of them ended. */
  async function stuckHouse(): Promise<{ house: House; ended: Promise<AbortSignal>; waiting: Promise<void> }> {
    const house = await buildHouse();
    const waiting = deferred<void>();
    const ended = deferred<AbortSignal>();
    house.queue.beforeChunk = async (index, signal) => {
      if (index === 0) return;
      waiting.resolve();
      await untilAborted(signal);
    };
    house.queue.onEnd = ended.resolve;
    return { house, ended: ended.promise, waiting: waiting.promise };
  }
  const TWO = { text: 'a b', chunk_size: 1 };

  test.each<[string, string, object, Record<string, string>]>([
    ['waiting for JSON', CHUNKS, TWO, {}],
    ['reading events', CHUNKS, TWO, EVENTS],
  ])('%s', async (_, path, body, headers) => {
    const { house, ended, waiting } = await stuckHouse();
    const { url } = await listen(house);
    const client = new AbortController();
    const answer = fetch(url + path, { ...post(body, headers), signal: client.signal });
    const left = expect(answer.then((response) => response.text())).rejects.toThrow('aborted');
    await waiting;
    client.abort();
    const signal = await ended;
    expect(signal.reason).toMatchObject({ code: 'aborted' });
    expect(house.queue.active).toBe(0);
    await left;
  });

  test('by letting go of the stream alone', async () => {
    const { house, ended, waiting } = await stuckHouse();
    const response = await createApp(house).request(CHUNKS, post(TWO, EVENTS));
    const reader = response.body?.getReader();
    await Promise.all([reader?.read(), reader?.read(), waiting]);
    await reader?.cancel();
    expect((await ended).reason).toMatchObject({ code: 'aborted' });
  });

  test('after a body without a length', async () => {
    const { house, ended, waiting } = await stuckHouse();
    const { port } = await listen(house);
    const outgoing = request({ port, path: CHUNKS, method: 'POST', headers: { 'content-type': 'application/json' } });
    outgoing.on('error', () => {});
    outgoing.write(JSON.stringify(TWO).slice(0, 5));
    outgoing.end(JSON.stringify(TWO).slice(5));
    await waiting;
    outgoing.destroy();
    expect((await ended).aborted).toBe(true);
  });

  test('waiting for a whole video, and in the waiting line', async () => {
    for (const headers of [{}, EVENTS]) {
      for (const path of [CHUNKS, '/api/generate']) {
        const house = await buildHouse();
        const waiting = deferred<void>();
        const ended = deferred<AbortSignal>();
        house.queue.beforeStart = async (signal) => {
          waiting.resolve();
          await untilAborted(signal);
        };
        house.queue.onEnd = ended.resolve;
        const { url } = await listen(house);
        const client = new AbortController();
        const answer = fetch(url + path, { ...post({ text: 'a' }, headers), signal: client.signal });
        const left = expect(answer).rejects.toThrow('aborted');
        await waiting.promise;
        client.abort();
        expect((await ended.promise).aborted).toBe(true);
        await left;
      }
    }
  });

  test('without having read what is already there: work does not run ahead of its reader', async () => {
    const house = await buildHouse({ maxTextChars: 2 ** 24, maxBodyBytes: 2 ** 25 });
    const ended = deferred<AbortSignal>();
    house.queue.onEnd = ended.resolve;
    const { port } = await listen(house);
    const outgoing = request({ port, path: CHUNKS, ...post({}, EVENTS) } as RequestOptions);
    outgoing.on('error', () => {});
    outgoing.end(
      JSON.stringify({
        text: Array(64)
          .fill('a'.repeat(2 ** 18 - 1))
          .join(' '),
        chunk_size: 1,
      }),
    );
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.pause();
    outgoing.destroy();
    expect((await ended.promise).aborted).toBe(true);
  });

  test('a client that reads to the end aborts nothing', async () => {
    const house = await buildHouse();
    const ended = deferred<AbortSignal>();
    house.queue.onEnd = ended.resolve;
    const { url } = await listen(house);
    await all(await fetch(url + CHUNKS, post(TWO, EVENTS)));
    expect((await ended.promise).aborted).toBe(false);
  });
});
