import { request } from 'node:http';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { complaint } from '../../src/http/complaints.ts';
import { buildHouse, listen, post, WAYS } from './http-helpers.ts';

const NO_HEADERS: Record<string, string> = {};
const CHUNKS = '/api/stream_chunks';

describe.each(WAYS)('%s', (_, open) => {
  const LANGUAGES = 'в поле "language" ожидается одно из значений ru, kk, en, auto';
  const SIZE = 'в поле "chunk_size" ожидается целое число от 1 до 200';
  const MALFORMED =
    'Тело запроса не является корректным JSON; пришлите объект, в нём ключи и строки в двойных кавычках';
  const INTENSITY = 'в поле "intensity" ожидается число от 0.5 до 1.5';
  const ATTRIBUTES =
    'в поле "voice_attributes" ожидается объект вида {"gender": "female|male|neutral", "age": 1…120, "emotion": "…"}';
  const detail = (text: string) => `Неверный запрос: ${text}`;

  test.each<[unknown, number, string, string]>([
    [{}, 400, 'text_required', 'Требуется поле "text"'],
    [{ text: null }, 400, 'text_required', 'Требуется поле "text"'],
    [{ language: 'xx' }, 400, 'text_required', 'Требуется поле "text"'],
    [{ text: '' }, 400, 'text_empty', 'Текст не может быть пустым'],
    [{ text: ' \n\t\u00a0\u2003\u0085' }, 400, 'text_empty', 'Текст не может быть пустым'],
    [{ text: 5 }, 400, 'invalid_request', detail('в поле "text" ожидается строка')],
    [{ text: ['a'] }, 400, 'invalid_request', detail('в поле "text" ожидается строка')],
    [{ text: 'a', language: 'de' }, 400, 'language_unsupported', `Неподдерживаемый язык: ${LANGUAGES}`],
    [{ text: 'a', language: '' }, 400, 'language_unsupported', `Неподдерживаемый язык: ${LANGUAGES}`],
    [{ text: 'a', language: 'RU' }, 400, 'language_unsupported', `Неподдерживаемый язык: ${LANGUAGES}`],
    [{ text: 'a', language: 5 }, 400, 'invalid_request', detail(LANGUAGES)],
    [{ text: 'a', language: null }, 400, 'invalid_request', detail(LANGUAGES)],
    [{ text: 'a', chunk_size: 0 }, 400, 'invalid_request', detail(SIZE)],
    [{ text: 'a', chunk_size: 201 }, 400, 'invalid_request', detail(SIZE)],
    [{ text: 'a', chunk_size: 1.5 }, 400, 'invalid_request', detail(SIZE)],
    [{ text: 'a', chunk_size: '15' }, 400, 'invalid_request', detail(SIZE)],
    [{ text: 'a', chunk_size: null }, 400, 'invalid_request', detail(SIZE)],
    [{ text: 'a', chunk_size: true }, 400, 'invalid_request', detail(SIZE)],
    ['{"text":"a","chunk_size":1e400}', 400, 'invalid_request', detail(SIZE)],
    [{ text: 'a', first_chunk_size: 0 }, 400, 'invalid_request', detail(SIZE.replace('chunk', 'first_chunk'))],
    [{ text: 'a', intensity: 0.4 }, 400, 'invalid_request', detail(INTENSITY)],
    [{ text: 'a', intensity: 1.6 }, 400, 'invalid_request', detail(INTENSITY)],
    [{ text: 'a', intensity: '1' }, 400, 'invalid_request', detail(INTENSITY)],
    [{ text: 'a', intensity: null }, 400, 'invalid_request', detail(INTENSITY)],
    [{ text: 'a', rate: 3 }, 400, 'invalid_request', detail('в поле "rate" ожидается число от 0.5 до 2')],
    [{ text: 'a', pitch: '1' }, 400, 'invalid_request', detail('в поле "pitch" ожидается число от 0.5 до 2')],
    [{ text: 'a', temperature: -1 }, 400, 'invalid_request', detail('в поле "temperature" ожидается число от 0 до 2')],
    [
      { text: 'a', voice: '' },
      400,
      'invalid_request',
      detail('в поле "voice" ожидается строка длиной от 1 до 200 символов'),
    ],
    [{ text: 'a', voice_attributes: { age: 0 } }, 400, 'invalid_request', detail(ATTRIBUTES)],
    [{ text: 'a', voice_attributes: 'old' }, 400, 'invalid_request', detail(ATTRIBUTES)],
    [{ text: 'a', engine: 'nobody' }, 400, 'engine_unknown', 'Нет движка речи «nobody»; есть: espeak'],
    [{ text: 'a', voice: 'nobody' }, 400, 'voice_unknown', 'Нет голоса «nobody»; есть: ru'],
    [
      { text: 'a', split: 'x' },
      400,
      'invalid_request',
      detail('в поле "split" ожидается одно из значений words, smart'),
    ],
    [
      { text: 'a', word_timings: 1 },
      400,
      'invalid_request',
      detail('в поле "word_timings" ожидается одно из значений true, false'),
    ],
    ['[]', 400, 'invalid_request', detail('ожидается объект JSON')],
    ['null', 400, 'invalid_request', detail('ожидается объект JSON')],
    ['"text"', 400, 'invalid_request', detail('ожидается объект JSON')],
    ['', 400, 'malformed_json', MALFORMED],
    ['{"text":', 400, 'malformed_json', MALFORMED],
    ['['.repeat(100_000), 400, 'malformed_json', MALFORMED],
    [{ text: 'a'.repeat(10_001) }, 413, 'text_too_long', 'Текст длиннее 10000 символов, пришлите его частями'],
    [{ text: '🙂'.repeat(10_001) }, 413, 'text_too_long', 'Текст длиннее 10000 символов, пришлите его частями'],
    [{ text: 'a'.repeat(1024 * 1024) }, 413, 'body_too_large', 'Слишком много данных: прислать можно не больше 1 МБ'],
  ])('POST %.60j → %i %s', async (body, status, code, error) => {
    const house = await buildHouse();
    const ask = await open(house);
    for (const headers of [NO_HEADERS, { accept: 'text/event-stream' }]) {
      const response = await ask(CHUNKS, post(body, headers));
      expect(response.status).toBe(status);
      expect(await response.json()).toEqual({ error, code });
    }
    expect(house.queue.jobs).toEqual([]);
  });

  test('length counts code points: 10,000 emoji are at the limit', async () => {
    const ask = await open(await buildHouse());
    expect((await ask(CHUNKS, post({ text: '🙂'.repeat(10_000) }))).status).toBe(200);
  });

  test('the other rendering routes refuse the same way', async () => {
    const ask = await open(await buildHouse());
    for (const path of ['/api/generate', '/api/generate_stream']) {
      expect((await (await ask(path, post({}))).json()).code).toBe('text_required');
      expect((await (await ask(path, post({ text: 'a', language: 'xx' }))).json()).code).toBe('language_unsupported');
      expect((await (await ask(path, post('{'))).json()).code).toBe('malformed_json');
    }
    for (const chunk_index of [-1, 1.5, 'a', 100_000]) {
      const response = await ask('/api/generate_stream', post({ text: 'a', chunk_index }));
      expect((await response.json()).error).toContain('chunk_index');
    }
  });

  test.each([
    ['text/plain', 415],
    ['multipart/form-data; boundary=x', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/jsonp', 415],
    [undefined, 415],
    ['application/json; charset=utf-8', 200],
    ['APPLICATION/JSON', 200],
    ['application/vnd.api+json', 200],
  ])('content type %s → %i', async (type, status) => {
    const ask = await open(await buildHouse());
    const body = new TextEncoder().encode('{"text":"a"}');
    const response = await ask(CHUNKS, { method: 'POST', body, headers: type ? { 'content-type': type } : {} });
    expect(response.status).toBe(status);
    if (status === 415) {
      expect(await response.json()).toEqual({
        error: 'Ожидается Content-Type: application/json',
        code: 'unsupported_media_type',
      });
    }
  });

  test.each([
    [undefined, 'Неподдерживаемый язык'],
    ['*', 'Неподдерживаемый язык'],
    ['de-DE, fr;q=0.9', 'Неподдерживаемый язык'],
    ['en', 'Unsupported language'],
    ['kk-KZ', 'Қолдау көрсетілмейтін тіл'],
    ['ru;q=0.1, en-GB;q=0.9', 'Unsupported language'],
    ['de, kk;q=0.5, en;q=0.3', 'Қолдау көрсетілмейтін тіл'],
    ['en;q=0, kk;q=0.1', 'Қолдау көрсетілмейтін тіл'],
    ['english', 'Неподдерживаемый язык'],
    [';;;,=', 'Неподдерживаемый язык'],
  ])('Accept-Language %s', async (accepted, error) => {
    const ask = await open(await buildHouse());
    const headers = accepted === undefined ? NO_HEADERS : { 'accept-language': accepted };
    const response = await ask(CHUNKS, post({ text: 'a', language: 'de' }, headers));
    expect(await response.json()).toEqual({ error: expect.stringContaining(error), code: 'language_unsupported' });
    expect(response.headers.get('vary')).toContain('Accept-Language');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('details are told in the language of the client', async () => {
    const ask = await open(await buildHouse());
    const body = { text: 'a', chunk_size: 0 };
    const english = await (await ask(CHUNKS, post(body, { 'accept-language': 'en' }))).json();
    expect(english.error).toBe('Invalid request: field "chunk_size" must be an integer from 1 to 200');
    const kazakh = await (await ask(CHUNKS, post(body, { 'accept-language': 'kk' }))).json();
    expect(kazakh.error).toBe('Қате сұраныс: "chunk_size" өрісінде 1 мен 200 аралығындағы бүтін сан күтіледі');
  });

  test('unknown routes are 404, wrong methods 405 with Allow', async () => {
    const ask = await open(await buildHouse());
    for (const path of ['/api/nothing', '/nothing', '/api/health/', '/r/api/nothing']) {
      const response = await ask(path);
      expect([path, response.status, await response.json()]).toEqual([
        path,
        404,
        { error: 'Не найдено; проверьте адрес, все они перечислены в /docs', code: 'not_found' },
      ]);
    }
    for (const [method, path, allow] of [
      ['GET', CHUNKS, 'POST'],
      ['DELETE', '/api/health', 'GET, HEAD'],
      ['POST', '/api/chunk/video/x', 'GET, HEAD'],
      ['PUT', '/r/api/generate', 'POST'],
      ['GET', '/api/cleanup', 'POST'],
      ['POST', '/', 'GET, HEAD'],
    ] as const) {
      const response = await ask(path, { method });
      expect([path, response.status, response.headers.get('allow')]).toEqual([path, 405, allow]);
      const error = `Метод не поддерживается; по этому адресу есть: ${allow}`;
      expect(await response.json()).toEqual({ error, code: 'method_not_allowed' });
    }
  });

  test('a full waiting line is 429 with Retry-After', async () => {
    const house = await buildHouse();
    house.queue.places = 0;
    const ask = await open(house);
    for (const headers of [NO_HEADERS, { accept: 'text/event-stream' }]) {
      const response = await ask(CHUNKS, post({ text: 'a' }, headers));
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '5']);
      expect(await response.json()).toEqual({ error: 'Очередь заполнена, повторите позже', code: 'queue_full' });
    }
    expect((await ask('/api/generate', post({ text: 'a' }))).status).toBe(429);
  });

  test('the unexpected is 500 without internals, under an id that is in the log; a log has no text and no query', async () => {
    const house = await buildHouse();
    const lines: string[] = [];
    house.log = pino({ base: null }, { write: (line: string) => lines.push(line) });
    house.queue.beforeStart = async () => {
      throw new Error('disk sda1 is on fire');
    };
    const ask = await open(house);
    const response = await ask(`${CHUNKS}?token=hush`, post({ text: 'сокровенное' }, { 'x-request-id': 'mine' }));
    expect(response.status).toBe(500);
    const id = response.headers.get('x-request-id') ?? '';
    expect(id).not.toBe('mine');
    expect(await response.json()).toEqual({ error: 'Внутренняя ошибка сервера', code: 'internal', request_id: id });
    const logged = lines.map((line) => JSON.parse(line));
    expect(logged).toMatchObject([
      { request_id: id, code: 'internal', err: { message: 'disk sda1 is on fire' } },
      { request_id: id, method: 'POST', route: CHUNKS, status: 500, ms: expect.any(Number) },
    ]);
    expect(lines.join()).not.toMatch(/сокровенное|hush/);
  });

  test('a trusted proxy may name the request', async () => {
    const ask = await open(await buildHouse({ trustProxy: true }));
    const response = await ask('/api/health', { headers: { 'x-request-id': 'abc-123' } });
    expect(response.headers.get('x-request-id')).toBe('abc-123');
    const odd = await ask('/api/health', { headers: { 'x-request-id': 'a b"' } });
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

test('a body that never says its length and never ends is refused at the limit', async () => {
  const { port } = await listen(await buildHouse({ maxBodyBytes: 100_000 }));
  const outgoing = request({ port, path: CHUNKS, method: 'POST', headers: { 'content-type': 'application/json' } });
  let open = true;
  const pump = () => {
    while (open && outgoing.write(Buffer.alloc(16_384, 0x20)));
  };
  outgoing.on('drain', pump);
  const closed = new Promise<void>((resolve) => {
    outgoing.on('error', () => {});
    outgoing.on('close', () => {
      open = false;
      resolve();
    });
  });
  const answer = new Promise<[number | undefined, string]>((resolve) => {
    outgoing.on('response', async (response) => {
      let body = '';
      for await (const piece of response.setEncoding('utf8')) body += piece;
      resolve([response.statusCode, body]);
    });
  });
  pump();
  const [status, body] = await answer;
  expect(status).toBe(413);
  expect(JSON.parse(body)).toEqual({
    error: 'Слишком много данных: прислать можно не больше 0.1 МБ',
    code: 'body_too_large',
  });
  await closed;
});

interface Described {
  paths: Record<string, Record<string, { parameters?: { in: string; name: string }[] }>>;
  components: { schemas: Record<string, { properties?: object }> };
}

test('there are words for what every field of a request may hold', async () => {
  const response = await createApp(await buildHouse()).request('/openapi.json');
  const { paths, components } = (await response.json()) as Described;
  const bodies = Object.entries(components.schemas).filter(([name]) => name.endsWith('Request'));
  const inBodies = bodies.flatMap(([, { properties = {} }]) => Object.keys(properties));
  const inQueries = Object.values(paths)
    .flatMap((methods) => Object.values(methods).flatMap(({ parameters = [] }) => parameters))
    .flatMap(({ in: where, name }) => (where === 'query' ? [name] : []));
  expect([inBodies.length > 40, inQueries.length > 5]).toEqual([true, true]);
  const wordless = [...inBodies, ...inQueries].filter((field) => complaint(field, 'en').endsWith('something else'));
  // Names of files may hold anything; each protocol has a range of its own for speed; tokens have a code of their own.
  expect([...new Set(wordless)].sort()).toEqual(['output_file', 'output_file_name', 'speed', 'tokens']);
});
