import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SoyleError } from '../../src/errors.ts';
import { createApp } from '../../src/http/app.ts';
import type { Avatars, AvatarUpload, HttpSettings } from '../../src/http/deps.ts';
import { buildHouse, fakeAvatars, type House, listen, post, readyAvatar, WAYS } from './http-helpers.ts';

const FACE = { x: 260.5, y: 120, width: 180, height: 240 };
const PHOTO = new Blob(['the bytes of a photo']);

interface Seen {
  upload: AvatarUpload;
  bytes: string;
}

/** A house whose library notes what is registered and removed; uploads lie in a folder of their own meanwhile. */
async function houseWith(avatars: Partial<Avatars> = {}, settings: Partial<HttpSettings> = {}) {
  const house = await buildHouse(settings);
  const dir = await mkdtemp(join(tmpdir(), 'soyle-uploads-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  let files = 0;
  house.storage.scratch = async (extension) => join(dir, `${files++}.${extension}`);
  const registered: Seen[] = [];
  const removed: string[] = [];
  const known = [
    readyAvatar({ report: { quality: 'good', face: FACE } as never, consentAt: '2026-11-20T12:00:00.000Z' }),
    readyAvatar({ id: 'gul', name: 'Гүл', state: 'preparing', progress: 0.4, stage: 'face', default: false }),
    readyAvatar({ id: 'bad', state: 'failed', error: new SoyleError('face_not_found'), default: false }),
  ];
  house.avatars = () => ({
    ...fakeAvatars(known),
    async register(upload) {
      registered.push({ upload, bytes: await readFile(upload.path, 'utf8') });
      return readyAvatar({ id: upload.id ?? 'made-up', state: 'preparing', progress: 0 });
    },
    async remove(id) {
      removed.push(id);
    },
    ...avatars,
  });
  return { house, registered, removed, left: () => readdir(dir) };
}

function form(fields: Record<string, string | Blob>, name = '../../../etc/passwd.png'): RequestInit {
  const body = new FormData();
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value === 'string') body.set(key, value);
    else body.set(key, value, name);
  }
  return { method: 'POST', body };
}

const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code?: string }).code];

describe('many uploads', () => {
  const picture = () => form({ file: new Blob(['x']), consent: 'true' });

  test('take so many at a time, and one more when one is through', async () => {
    let [expected, arrived] = [0, 0];
    const { house } = await houseWith({ expect: () => void expected++ });
    const app = createApp(house);
    const ends: (() => void)[] = [];
    const slow = Array.from({ length: 8 }, () => {
      const body = new ReadableStream({
        start(controller) {
          ends.push(() => controller.error(new Error('gone')));
          controller.enqueue(new TextEncoder().encode('--b\r\ncontent-disposition: form-data; name="consent"\r\n\r\n'));
        },
        pull: () => {
          arrived++;
          return new Promise(() => undefined);
        },
      });
      const headers = { 'content-type': 'multipart/form-data; boundary=b' };
      return app.request('/api/avatars', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
    });
    await vi.waitFor(() => expect(arrived).toBe(8));
    expect(await codeOf(await app.request('/api/avatars', picture()))).toEqual([429, 'queue_full']);
    // A form whose file has not begun yet needs nobody to prepare it.
    expect(expected).toBe(0);
    for (const end of ends) end();
    await Promise.all(slow);
    expect((await app.request('/api/avatars', picture())).status).toBe(202);
    expect(expected).toBe(1);
  });

  test('wait until others are prepared', async () => {
    const waiting = Array.from({ length: 16 }, (_, i) =>
      readyAvatar({ id: `gul-${i}`, state: 'preparing', default: false, bundled: false }),
    );
    const { house } = await houseWith({ list: () => waiting });
    expect(await codeOf(await createApp(house).request('/api/avatars', picture()))).toEqual([429, 'queue_full']);
  });
});

describe.each(WAYS)('%s', (_, open) => {
  test('lists the avatars, and tells more of one', async () => {
    const { house } = await houseWith();
    const ask = await open(house);
    const list = await (await ask('/api/avatars')).json();
    expect(list).toMatchObject({ default: 'anna', uploads: true, max_upload_bytes: 1024 * 1024 });
    expect(list.limits).toEqual({ picture_bytes: 1024 * 1024, upload_bytes: 1024 * 1024, seconds: 15 });
    expect(list.avatars).toMatchObject([
      {
        ...{ id: 'anna', state: 'ready', url: '/api/avatars/anna', picture_url: '/api/avatar?id=anna', duration: 5 },
        face: FACE,
        ...{ quality: 'good', preview_url: '/api/avatars/anna/preview', consent_at: '2026-11-20T12:00:00.000Z' },
      },
      { id: 'gul', state: 'preparing', progress: 0.4, stage: 'face', events_url: '/api/avatars/gul/events' },
      { id: 'bad', state: 'failed', code: 'face_not_found', error: expect.stringMatching(/^Лицо не найдено/) },
    ]);
    expect(list.avatars[0]).not.toHaveProperty('report');
    expect(await (await ask('/r/api/avatars/anna')).json()).toMatchObject({ url: '/r/api/avatars/anna', report: {} });
    expect(await codeOf(await ask('/api/avatars/nobody'))).toEqual([404, 'avatar_unknown']);
  });

  test('takes a form in, whatever its file calls itself', async () => {
    const { house, registered } = await houseWith();
    const ask = await open(house);
    const said = {
      id: 'aigul',
      name: '../../Айгүл',
      face: '120,80.5',
      idle: 'still',
      origin: 'My own',
      consent: 'true',
    };
    const answer = await ask('/api/avatars', form({ file: PHOTO, ...said }));
    expect([answer.status, answer.headers.get('location')]).toEqual([202, '/api/avatars/aigul']);
    expect(await answer.json()).toMatchObject({
      id: 'aigul',
      state: 'preparing',
      events_url: '/api/avatars/aigul/events',
    });
    const { face, consent, ...words } = said;
    expect(registered).toMatchObject([
      { bytes: 'the bytes of a photo', upload: { ...words, face: { x: 120, y: 80.5 }, consent: true } },
    ]);
    expect(registered[0]?.upload.path).not.toContain('passwd');
    expect((await ask('/api/avatars', form({ consent: 'true', file: PHOTO }))).status).toBe(202);
    expect(registered[1]?.upload.id).toBeUndefined();
  });

  test('takes a field that is left empty for one that is not there', async () => {
    const { house, registered } = await houseWith();
    const ask = await open(house);
    const empty = { id: '', name: ' ', face: '', idle: '', gender: '', licence: '', origin: '' };
    expect((await ask('/api/avatars', form({ file: PHOTO, consent: 'true', ...empty }))).status).toBe(202);
    expect(registered.map(({ upload: { path: _, ...said } }) => said)).toEqual([{ consent: true }]);
  });

  test.each([
    ['one after the other', ['file', 'consent', 'file']],
    ['three', ['file', 'file', 'file', 'consent']],
  ])('refuses several files instead of choosing one: %s', async (_name, names) => {
    const { house, registered, left } = await houseWith();
    const ask = await open(house);
    const body = new FormData();
    for (const name of names) {
      if (name === 'file') body.append(name, PHOTO, 'face.png');
      else body.append(name, 'true');
    }
    const answer = await ask('/api/avatars', { method: 'POST', body, headers: { 'accept-language': 'en' } });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { code: 'invalid_request', error: 'Invalid request: field "file" must be one file, not several' },
    ]);
    expect(registered).toEqual([]);
    expect(await left()).toEqual([]);
  });

  test('passes over files in other fields', async () => {
    const { house, registered } = await houseWith();
    const ask = await open(house);
    const thumb = new Blob(['another file']);
    expect((await ask('/api/avatars', form({ thumb, file: PHOTO, consent: 'true' }))).status).toBe(202);
    expect(registered.map(({ bytes }) => bytes)).toEqual(['the bytes of a photo']);
  });

  test.each<[string, Record<string, string | Blob>, number, string]>([
    ['no consent', { file: PHOTO }, 400, 'consent_required'],
    ['consent denied', { file: PHOTO, consent: 'false' }, 400, 'consent_required'],
    ['no file', { consent: 'true' }, 400, 'file_required'],
    ['a file in another field', { consent: 'true', photo: PHOTO }, 400, 'file_required'],
    ['an id that leads upwards', { file: PHOTO, consent: 'true', id: '../anna' }, 400, 'invalid_request'],
    ['an id that begins with a sign', { file: PHOTO, consent: 'true', id: '_anna' }, 400, 'invalid_request'],
    ['consent left empty', { file: PHOTO, consent: '' }, 400, 'consent_required'],
    ['an id in capitals', { file: PHOTO, consent: 'true', id: 'Anna' }, 400, 'invalid_request'],
    ['a face that is no point', { file: PHOTO, consent: 'true', face: '../1,2' }, 400, 'invalid_request'],
    ['idle life of another kind', { file: PHOTO, consent: 'true', idle: '../still' }, 400, 'invalid_request'],
    [
      'a name that a terminal would obey',
      { file: PHOTO, consent: 'true', name: 'a\u001b[31m' },
      400,
      'invalid_request',
    ],
    ['an origin of two lines', { file: PHOTO, consent: 'true', origin: 'a\nb' }, 400, 'invalid_request'],
    ['an endless name', { file: PHOTO, consent: 'true', name: 'a'.repeat(101) }, 400, 'invalid_request'],
    [
      'a file over the limit',
      { file: new Blob([new Uint8Array(1024 * 1024 + 1)]), consent: 'true' },
      413,
      'body_too_large',
    ],
    [
      'a file far over it',
      { file: new Blob([new Uint8Array(4 * 1024 * 1024)]), consent: 'true' },
      413,
      'body_too_large',
    ],
  ])('refuses %s, and keeps nothing', async (_name, fields, status, code) => {
    const { house, registered, left } = await houseWith();
    const ask = await open(house);
    expect(await codeOf(await ask('/api/avatars', form(fields)))).toEqual([status, code]);
    expect(registered).toEqual([]);
    expect(await left()).toEqual([]);
  });

  test('refuses what is no form, or not all of one', async () => {
    const { house, left } = await houseWith();
    const ask = await open(house);
    expect(await codeOf(await ask('/api/avatars', post({ consent: true })))).toEqual([415, 'unsupported_media_type']);
    const type = 'multipart/form-data; boundary=edge';
    const send = (body: string, as = type) =>
      ask('/api/avatars', { method: 'POST', body, headers: { 'content-type': as } });
    const head = '--edge\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\nhalf';
    expect(await codeOf(await send(head))).toEqual([400, 'malformed_form']);
    expect(await codeOf(await send(head, 'multipart/form-data'))).toEqual([400, 'malformed_form']);
    expect(await left()).toEqual([]);
  });

  test.each([
    ['a file that nobody asked for', 'other', 1_000, 0],
    ['a long file', 'file', 400_000, 0],
    ['a short file, before there is a place for it', 'file', 1_000, 50],
  ])('lives through a form that ends inside %s', async (_, field, bytes, placeMs) => {
    const { house, left } = await houseWith();
    const { scratch } = house.storage;
    house.storage.scratch = async (extension) => {
      await new Promise((resolve) => setTimeout(resolve, placeMs));
      return scratch(extension);
    };
    const ask = await open(house);
    const body = `--edge\r\ncontent-disposition: form-data; name="${field}"; filename="a.png"\r\n\r\n${'a'.repeat(bytes)}`;
    const headers = { 'content-type': 'multipart/form-data; boundary=edge' };
    expect(await codeOf(await ask('/api/avatars', { method: 'POST', body, headers }))).toEqual([400, 'malformed_form']);
    expect(await left()).toEqual([]);
    expect((await ask('/api/avatars')).status).toBe(200);
  });

  test('answers what the library says against an upload', async () => {
    const register = () => Promise.reject(new SoyleError('avatar_exists', { avatar: 'anna' }));
    const { house } = await houseWith({ register });
    const ask = await open(house);
    expect(await codeOf(await ask('/api/avatars', form({ file: PHOTO, consent: 'true', id: 'anna' })))).toEqual([
      ...[409, 'avatar_exists'],
    ]);
  });

  test.each(['/api/avatars/anna/idle.mp4', '/api/avatar/idle.mp4?id=anna'])(
    'does not answer %s for an avatar that is deleted while its loop is made',
    async (path) => {
      const { house } = await houseWith();
      const avatars = house.avatars()!;
      let gone = false;
      house.avatars = () => ({
        ...avatars,
        facts: (id) => (gone ? fakeAvatars([]) : avatars).facts(id),
        async idle() {
          gone = true;
          return avatars.facts('anna').idlePath;
        },
      });
      const ask = await open(house);
      expect(await codeOf(await ask(path))).toEqual([404, 'avatar_unknown']);
    },
  );

  test('deletes what may be deleted', async () => {
    const { house, removed } = await houseWith();
    const ask = await open(house);
    const gone = await ask('/api/avatars/gul', { method: 'DELETE' });
    expect([gone.status, await gone.json()]).toEqual([200, { id: 'gul', deleted: true }]);
    expect(removed).toEqual(['gul']);
    const refusing = await houseWith({ remove: () => Promise.reject(new SoyleError('avatar_bundled')) });
    const askOther = await open(refusing.house);
    expect(await codeOf(await askOther('/api/avatars/anna', { method: 'DELETE' }))).toEqual([403, 'avatar_bundled']);
  });

  test('lets pages of its own origin and of those named change something, and no others', async () => {
    const { house, registered, removed } = await houseWith({}, { corsOrigins: ['https://shop.example'] });
    const ask = await open(house);
    const change = async (origin: string) => [
      await codeOf(await ask('/api/avatars', { ...form({ file: PHOTO, consent: 'true' }), headers: { origin } })),
      await codeOf(await ask('/api/avatars/gul', { method: 'DELETE', headers: { origin } })),
      await codeOf(await ask('/api/cleanup', { method: 'POST', headers: { origin } })),
    ];
    const forbidden = [403, 'origin_forbidden'];
    for (const origin of ['https://evil.example', 'null', 'http://shop.example', 'http://localhost.evil.example']) {
      expect([origin, await change(origin)]).toEqual([origin, [forbidden, forbidden, forbidden]]);
    }
    expect([registered, removed]).toEqual([[], []]);
    expect((await change('https://shop.example')).map(([status]) => status)).toEqual([202, 200, 200]);
  });

  test('does not take the origins that may read for such that may change', async () => {
    const { house } = await houseWith({}, { corsOrigins: ['*'] });
    const ask = await open(house);
    const headers = { origin: 'https://evil.example' };
    expect((await ask('/api/avatars', { headers })).status).toBe(200);
    expect(await codeOf(await ask('/api/avatars/gul', { method: 'DELETE', headers }))).toEqual([
      403,
      'origin_forbidden',
    ]);
  });

  test('tells how large a picture may be where a video may be larger', async () => {
    const { house } = await houseWith({}, { maxUploadBytes: 200 * 2 ** 20 });
    const { limits } = await (await (await open(house))('/api/avatars')).json();
    expect(limits).toEqual({ picture_bytes: 30 * 2 ** 20, upload_bytes: 200 * 2 ** 20, seconds: 15 });
  });

  test('can be closed to uploads', async () => {
    const { house, registered } = await houseWith({}, { uploads: 'off' });
    const ask = await open(house);
    expect(await (await ask('/api/avatars')).json()).toMatchObject({ uploads: false });
    const closed = [403, 'uploads_closed'];
    expect(await codeOf(await ask('/api/avatars', form({ file: PHOTO, consent: 'true' })))).toEqual(closed);
    expect(await codeOf(await ask('/api/avatars/gul', { method: 'DELETE' }))).toEqual(closed);
    expect(registered).toEqual([]);
  });

  test('tells of a preparation as events', async () => {
    const states = [
      { state: 'preparing', stage: 'face', progress: 0.2 },
      { state: 'preparing', stage: 'loop', progress: 0.6 },
      { state: 'failed', error: new SoyleError('face_not_found') },
    ] as const;
    const { house } = await houseWith({
      async *follow(id) {
        for (const facts of states) yield readyAvatar({ id, ...facts });
      },
    });
    const ask = await open(house);
    const answer = await ask('/api/avatars/gul/events', { headers: { 'accept-language': 'en' } });
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = (await answer.text()).trim().split('\n\n');
    expect(events.map((event) => /^event: (\w+)/.exec(event)?.[1])).toEqual(['progress', 'progress', 'failed']);
    expect(JSON.parse(events[2]!.split('data: ')[1]!)).toMatchObject({ id: 'gul', code: 'face_not_found' });
  });

  test('renders with the avatar that is asked for, if it can speak', async () => {
    const { house } = await houseWith();
    const ask = await open(house);
    const say = (avatar?: string) => ask('/api/generate', post({ text: 'a', avatar }));
    expect((await say('anna')).status).toBe(200);
    expect((await say()).status).toBe(200);
    expect(house.queue.jobs.map(({ avatar }) => avatar)).toEqual(['anna', undefined]);
    expect(await codeOf(await say('nobody'))).toEqual([404, 'avatar_unknown']);
    expect(await codeOf(await say('gul'))).toEqual([409, 'avatar_preparing']);
    expect(await codeOf(await say('bad'))).toEqual([422, 'face_not_found']);
    expect(await codeOf(await say('../anna'))).toEqual([404, 'avatar_unknown']);
    expect(house.queue.jobs.length).toBe(2);
  });

  test('has the old routes for any avatar', async () => {
    const { house } = await houseWith();
    const ask = await open(house);
    expect(await codeOf(await ask('/api/avatar?id=nobody'))).toEqual([404, 'avatar_unknown']);
    expect(await codeOf(await ask('/api/avatars/anna/preview'))).toEqual([404, 'not_found']);
    expect(await codeOf(await ask('/api/avatars/anna/idle.mp4'))).toEqual([404, 'not_found']);
    for (const address of ['/api/avatar?id=', '/api/avatar/idle.mp4?id=']) {
      const early = await ask(`${address}gul`);
      expect(early.headers.get('retry-after')).toBe('2');
      expect(await codeOf(early)).toEqual([409, 'avatar_preparing']);
      expect(await codeOf(await ask(`${address}bad`))).toEqual([422, 'face_not_found']);
    }
    for (const file of ['preview', 'idle.mp4']) {
      expect(await codeOf(await ask(`/api/avatars/gul/${file}`))).toEqual([409, 'avatar_preparing']);
      expect(await codeOf(await ask(`/api/avatars/bad/${file}`))).toEqual([422, 'face_not_found']);
    }
    house.avatars = () => undefined;
    expect(await codeOf(await (await open(house))('/api/avatars'))).toEqual([503, 'loading']);
  });
});

/** Uploads from this machine; answers what the list said beforehand of that, and the status. */
async function uploadTo(house: House, said: Record<string, string>, httpVersion = '1.1'): Promise<[boolean, number]> {
  const { port } = await listen(house);
  const listed = await ask(port, `GET /api/avatars HTTP/${httpVersion}`, said, '');
  const edge = 'edge';
  const part = (name: string, body: string, more = '') =>
    `--${edge}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${body}\r\n`;
  const body = `${part('consent', 'true')}${part('file', 'x', '; filename="a.png"')}--${edge}--\r\n`;
  const type = { 'content-type': `multipart/form-data; boundary=${edge}` };
  const sent = await ask(port, `POST /api/avatars HTTP/${httpVersion}`, { ...said, ...type }, body);
  return [listed.includes('"uploads":true'), Number(sent.split(' ')[1])];
}

/** One request as it is on the wire, and all of its answer: `fetch` chooses its own `Host` and version. */
async function ask(port: number, line: string, headers: Record<string, string>, body: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const all = { ...headers, 'content-length': String(body.length), connection: 'close' };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`${line}\r\n${head.join('')}\r\n${body}`);
  return text(socket);
}

test.each<[Record<string, string>, Partial<HttpSettings>, number]>([
  [{ host: 'localhost' }, {}, 202],
  [{ host: '127.0.0.1:3000' }, {}, 202],
  [{ host: '[::1]:3000' }, {}, 202],
  [{ host: 'evil.example' }, {}, 403],
  [{ host: 'localhost.evil.example' }, {}, 403],
  [{ host: 'localhost:3000', 'x-forwarded-for': '203.0.113.7' }, {}, 403],
  [{ host: 'localhost:3000', 'x-forwarded-proto': 'https' }, {}, 403],
  [{ host: 'localhost:3000', 'x-real-ip': '203.0.113.7' }, {}, 403],
  [{ host: 'localhost:3000', forwarded: 'for=203.0.113.7' }, {}, 403],
  [{ host: 'localhost:3000', via: '1.1 proxy' }, {}, 403],
  [{ host: 'localhost:3000' }, { trustProxy: true }, 403],
  [{ host: 'localhost:3000', origin: 'https://evil.example' }, {}, 403],
  [{ host: 'evil.example', via: '1.1 proxy' }, { uploads: 'on', trustProxy: true }, 202],
])('an upload with %o where the settings are %o: %i, as the list says', async (headers, settings, status) => {
  const { house } = await houseWith({}, { uploads: 'local', ...settings });
  expect(await uploadTo(house, headers)).toEqual([status === 202, status]);
});

test('an upload that nginx passes on as it does by itself', async () => {
  const { house } = await houseWith();
  expect(await uploadTo(house, { host: 'localhost:3000' }, '1.0')).toEqual([false, 403]);
});

test('an upload from another machine under our own name', async () => {
  const { house } = await houseWith();
  const from = (remoteAddress: string) => {
    const bindings = { incoming: { httpVersion: '1.1', socket: { remoteAddress } } };
    return createApp(house).request('/api/avatars', form({ file: PHOTO, consent: 'true' }), bindings);
  };
  expect((await from('192.0.2.4')).status).toBe(403);
  expect((await from('::ffff:127.0.0.1')).status).toBe(202);
  expect((await from('::1')).status).toBe(202);
});

describe('a page behind a proxy', () => {
  const change = async (headers: Record<string, string>, trustProxy = true) => {
    const { house } = await houseWith({}, { uploads: 'on', trustProxy });
    const answer = await createApp(house).request('/api/avatars/gul', { method: 'DELETE', headers });
    return answer.status;
  };
  const behind = { host: 'inside:3000', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example' };

  test.each<[string, Record<string, string>, number]>([
    ['is known by scheme and host', { ...behind, origin: 'https://shop.example' }, 200],
    ['is not one of the same name without TLS', { ...behind, origin: 'http://shop.example' }, 403],
    [
      'is known behind several proxies',
      {
        ...{ origin: 'https://shop.example', 'x-forwarded-host': 'shop.example, middle.example' },
        'x-forwarded-proto': 'https, http',
      },
      200,
    ],
    ['is not a middle proxy', { ...behind, origin: 'https://inside:3000' }, 403],
    [
      'may name the usual port',
      { ...behind, 'x-forwarded-host': 'shop.example:443', origin: 'https://shop.example' },
      200,
    ],
    [
      'is what the browser says',
      { host: 'inside:3000', origin: 'https://a.example', 'sec-fetch-site': 'same-origin' },
      200,
    ],
    [
      'is not what the browser denies',
      { ...behind, origin: 'https://shop.example', 'sec-fetch-site': 'same-site' },
      403,
    ],
  ])('%s', async (_, headers, status) => {
    expect(await change(headers)).toBe(status);
  });

  test('is not believed where no proxy is expected', async () => {
    expect(await change({ ...behind, origin: 'https://shop.example' }, false)).toBe(403);
    expect(await change({ host: 'inside:3000', origin: 'http://inside:3000' }, false)).toBe(200);
  });
});

describe('an own face', () => {
  const FILES = [
    '/api/avatar?id=mine',
    '/api/avatar/idle.mp4?id=mine',
    '/api/avatars/mine/preview',
    '/api/avatars/mine/idle.mp4',
  ];
  const HERS = ['/api/avatar', '/api/avatar/idle.mp4', '/api/avatars/anna/preview', '/api/avatars/anna/idle.mp4'];
  const PAGES = ['/api/avatars/mine', '/api/avatars/mine/events'];
  const shop = 'https://shop.example';
  const evil = 'https://evil.example';

  async function gallery(corsOrigins: HttpSettings['corsOrigins']) {
    const house = await buildHouse({ corsOrigins });
    const { posterPath, idlePath } = house.avatars()!.facts();
    const files = { posterPath, idlePath, previewPath: posterPath };
    const mine = readyAvatar({ id: 'mine', bundled: false, default: false, ...files });
    house.avatars = () => fakeAvatars([readyAvatar(files), mine]);
    const app = createApp(house);
    return { house, get: async (path: string, headers = {}) => app.request(path, { headers }), app };
  }

  test.each<[HttpSettings['corsOrigins']]>([[['*']], [[shop]]])(
    'is not for pages of other sites where CORS is %j',
    async (cors) => {
      const { house, get, app } = await gallery(cors);
      for (const origin of [evil, 'null']) {
        for (const path of [...FILES, ...PAGES]) {
          expect([path, ...(await codeOf(await get(path, { origin })))]).toEqual([path, 404, 'avatar_unknown']);
        }
        const asked = async (id: string) => (await (await get(`/api/avatar?id=${id}`, { origin })).json()).error;
        expect(await asked('mine')).toBe((await asked('nobody')).replace('nobody', 'mine'));
        expect(await asked('nobody')).toMatch(/: anna$/);
        const { avatars } = await (await get('/api/avatars', { origin })).json();
        expect(avatars.map(({ id }: { id: string }) => id)).toEqual(['anna']);
        for (const path of HERS) expect((await get(path, { origin })).status).toBe(200);
      }
      const say = (avatar?: string) => app.request('/api/generate', post({ text: 'a', avatar }, { origin: evil }));
      for (const hidden of ['mine', 'nobody']) {
        const refused = await say(hidden);
        expect([refused.status, (await refused.json()).error]).toEqual([404, expect.stringMatching(/: anna$/)]);
      }
      expect([(await say('anna')).status, (await say()).status, house.queue.jobs.length]).toEqual([200, 200, 2]);
    },
  );

  test('is for pages that are named, for the server’s own and for programs', async () => {
    const { house, get, app } = await gallery(['*', shop]);
    for (const headers of [{ origin: shop }, { origin: 'http://localhost' }, {}]) {
      for (const path of [...FILES, ...PAGES]) expect([path, (await get(path, headers)).status]).toEqual([path, 200]);
      expect((await (await get('/api/avatars', headers)).json()).avatars).toHaveLength(2);
      await app.request('/api/generate', post({ text: 'a', avatar: 'mine' }, headers as Record<string, string>));
    }
    expect(house.queue.jobs.map(({ avatar }) => avatar)).toEqual(['mine', 'mine', 'mine']);
  });

  test.each<[string, Record<string, string>, number]>([
    ['a name that somebody has pointed here', { host: 'evil.example' }, 404],
    ['the same, as its own page', { host: 'evil.example', 'sec-fetch-site': 'same-origin' }, 404],
    ['the same, with its origin', { host: 'evil.example', origin: 'http://evil.example' }, 404],
    ['a name of its own', { host: '127.0.0.1:3000' }, 200],
    ['the same, which says that it is a proxy', { host: 'evil.example', 'x-forwarded-for': '192.0.2.1' }, 404],
    ['the same, in other words', { host: 'evil.example', forwarded: 'for=192.0.2.1', 'x-real-ip': '192.0.2.1' }, 404],
    ['a proxy that says so as no page can', { host: 'shop.example', via: '1.1 proxy' }, 200],
  ])('is asked for by %s', async (_, headers, status) => {
    const { get } = await gallery(['*']);
    for (const path of [...FILES, ...PAGES]) expect([path, (await get(path, headers)).status]).toEqual([path, status]);
    for (const path of HERS) expect([path, (await get(path, headers)).status]).toEqual([path, 200]);
  });

  test('is asked for by a proxy that speaks HTTP/1.0, or one that is expected', async () => {
    const { house, app } = await gallery([]);
    const from = (httpVersion: string) => ({ incoming: { httpVersion, socket: { remoteAddress: '127.0.0.1' } } });
    const headers = { host: 'shop.example', 'x-forwarded-for': '192.0.2.1' };
    expect((await app.request(PAGES[0]!, { headers }, from('1.0'))).status).toBe(200);
    expect((await app.request(PAGES[0]!, { headers }, from('1.1'))).status).toBe(404);
    const expecting = createApp({ ...house, settings: { ...house.settings, trustProxy: true } });
    expect((await expecting.request(PAGES[0]!, { headers }, from('1.1'))).status).toBe(200);
  });

  test.each<[string, Record<string, string>, number]>([
    ['an element on a page of another site', { 'sec-fetch-site': 'cross-site' }, 404],
    ['one that names its page', { 'sec-fetch-site': 'cross-site', referer: `${evil}/` }, 404],
    ['one on a page of a neighbour', { 'sec-fetch-site': 'same-site' }, 404],
    ['one on a page that is named', { 'sec-fetch-site': 'cross-site', referer: `${shop}/page` }, 200],
    ['one on a page of ours', { 'sec-fetch-site': 'same-origin', referer: 'http://localhost/' }, 200],
    ['somebody who typed the address', { 'sec-fetch-site': 'none' }, 200],
  ])('is asked for without an Origin by %s', async (_, headers, status) => {
    const { get } = await gallery(['*', shop]);
    for (const path of [...FILES, ...PAGES]) expect([path, (await get(path, headers)).status]).toEqual([path, status]);
    const { avatars } = await (await get('/api/avatars', headers)).json();
    expect(avatars).toHaveLength(status === 200 ? 2 : 1);
    for (const path of HERS) expect([path, (await get(path, headers)).status]).toEqual([path, 200]);
  });

  test.each<[string, Record<string, string>, string]>([
    ['the server’s own', {}, 'same-origin'],
    ['another site', { referer: `${evil}/page` }, 'same-origin'],
    ['a site called almost as one that is named', { referer: `${shop}.evil.example/` }, 'same-origin'],
    ['one that is named', { referer: `${shop}/` }, 'cross-origin'],
    ['one that is named, with CORS', { origin: shop }, 'cross-origin'],
  ])('can be shown by pages such as this: %s', async (_, headers, policy) => {
    const { get } = await gallery([shop]);
    const policyOf = async (path: string) => (await get(path, headers)).headers.get('cross-origin-resource-policy');
    for (const path of FILES) expect([path, await policyOf(path)]).toEqual([path, policy]);
    for (const path of HERS) expect([path, await policyOf(path)]).toEqual([path, 'cross-origin']);
    expect((await get(FILES[0]!, headers)).headers.get('vary')).toMatch(/Referer/);
  });
});

test('a client that breaks off leaves nothing', async () => {
  const { house, registered, left } = await houseWith({}, { maxUploadBytes: 64 * 1024 * 1024 });
  const { port } = await listen(house);
  const headers = { 'content-type': 'multipart/form-data; boundary=edge' };
  const sending = request({ port, method: 'POST', path: '/api/avatars', headers });
  const ended = new Promise((resolve) => sending.once('close', resolve));
  sending.on('error', () => undefined);
  sending.write('--edge\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n');
  sending.write(Buffer.alloc(200_000));
  await expect.poll(left).toEqual(['0.upload']);
  sending.destroy();
  await ended;
  await expect.poll(left).toEqual([]);
  expect(registered).toEqual([]);
});
