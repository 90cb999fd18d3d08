import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type RunningServer, serve } from '../../src/http/server.ts';
import { silentLog } from '../../src/log.ts';
import { decodeFrames } from '../../src/media/decode.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';
import { createServices, type Services } from '../../src/services.ts';
import { FPS } from '../../src/types.ts';
import { encodeLoop } from '../../src/video/loop.ts';
import { bytesOf, post } from './http-helpers.ts';

/* Avatars brought over HTTP to the real server, with the real networks, in folders of this test's own. */

const PREPARING_MS = 120_000;
const media = createMedia({ log: silentLog });

let root: string;
let avatars: string;
let services: Services;
let server: RunningServer;

async function start(): Promise<void> {
  services = await createServices(
    readConfig({
      ...{ EXECUTION_PROVIDERS: 'cpu', INFERENCE_WORKERS: '1', AVATARS_DIR: avatars, AVATAR: 'anna' },
      ...{ OUTPUT_DIR: join(root, 'outputs'), MAX_UPLOAD_BYTES: '5000000' },
    }),
    silentLog,
  );
  await services.load();
  server = await serve(services.app, { host: '127.0.0.1', port: 0 });
}

async function stop(): Promise<void> {
  await server.close(0);
  await services.close();
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'soyle-avatars-'));
  avatars = join(root, 'avatars');
  await mkdir(avatars);
  await cp(join('avatars', 'anna'), join(avatars, 'anna'), { recursive: true });
  await writeFile(join(root, 'outside'), 'untouched');
  await start();
}, PREPARING_MS);
afterAll(async () => {
  await stop();
  await rm(root, { recursive: true, force: true });
});

const ask = (path: string, init?: RequestInit) => fetch(server.url + path, init);
const photo = () =>
  sharp(join('avatars', 'vera', 'poster.webp'))
    .resize(400)
    .png()
    .toBuffer();

/** The loop of a bundled avatar, 360×360. */
async function smallLoop(id: string): Promise<Uint8Array> {
  const source = join('avatars', id, 'loop.mp4');
  const { frames, ...size } = await decodeFrames(media, source, { fps: FPS, maxSide: 360, maxFrames: 150 });
  const path = join(root, 'loop.mp4');
  const loop = frames.map((data) => ({ ...size, data }));
  await encodeLoop(loop, path, { crf: 18 }, media);
  const file = await readFile(path);
  await rm(path);
  return file;
}

function upload(file: Uint8Array, fields: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries({ consent: 'true', ...fields })) body.set(name, value);
  body.set('file', new Blob([new Uint8Array(file)]), '../../../outside');
  return ask('/api/avatars', { method: 'POST', body, headers });
}

const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code?: string }).code];

/** Uploads, follows the events to their end, and answers the last one. */
async function register(file: Uint8Array, fields: Record<string, string>) {
  const answer = await upload(file, fields);
  expect(answer.status).toBe(202);
  const { events_url } = (await answer.json()) as { events_url: string };
  const events = (await (await ask(events_url)).text()).trim().split('\n\n');
  return JSON.parse(events.at(-1)!.split('data: ')[1]!);
}

async function say(avatar: string): Promise<{ width: number; height: number }> {
  const answer = await ask('/api/generate', post({ text: 'раз', avatar }));
  expect(answer.status).toBe(200);
  const path = join(root, 'said.mp4');
  await writeFile(path, await bytesOf(answer));
  return decodeFrames(media, path, { fps: FPS, maxSide: 2000, maxFrames: 1 });
}

/** What lies in the folders that an upload must not touch. */
const outside = async () => [
  await readdir(root),
  await readFile(join(root, 'outside'), 'utf8'),
  await readdir(avatars),
];

describe('a photo', () => {
  it('becomes an avatar that idles and speaks', { timeout: PREPARING_MS }, async () => {
    const last = await register(await photo(), { id: 'photo', name: '../../Вера', gender: 'male' });
    expect(last).toMatchObject({
      id: 'photo',
      name: '../../Вера',
      state: 'ready',
      progress: 1,
      width: 400,
      height: 400,
    });
    const { report, ...facts } = await (await ask('/api/avatars/photo')).json();
    expect(facts).toMatchObject({ bundled: false, default: false, consent_at: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(facts.gender).toBe('male');
    expect(report).toMatchObject({ quality: expect.stringMatching(/^(good|fair|poor)$/), frames: { withFace: 1 } });
    const preview = await bytesOf(await ask(facts.preview_url));
    expect(await sharp(preview).metadata()).toMatchObject({ format: 'jpeg', width: 400 });
    const idle = await ask(facts.idle_url, { headers: { range: 'bytes=4-7' } });
    expect([idle.status, await idle.text()]).toEqual([206, 'ftyp']);
    const poster = await ask('/api/avatar?id=photo');
    expect(poster.headers.get('link')).toContain('idle.mp4?id=photo');
    expect(await say('photo')).toMatchObject({ width: 400, height: 400 });
    expect((await readdir(join(avatars, 'photo'))).sort()).toEqual(['.cache', 'avatar.json', 'source.png']);
  });

  it('is there again after a restart, and conflicts with another of its name', { timeout: PREPARING_MS }, async () => {
    const before = await (await ask('/api/avatars/photo')).json();
    await stop();
    await start();
    await vi.waitFor(async () => expect(await (await ask('/api/avatars/photo')).json()).toEqual(before));
    expect(await codeOf(await upload(await photo(), { id: 'photo' }))).toEqual([409, 'avatar_exists']);
    expect(await codeOf(await upload(await photo(), { id: 'anna' }))).toEqual([409, 'avatar_exists']);
  });

  it('is deleted with its files; a bundled avatar is not', async () => {
    expect((await ask('/api/avatars/photo', { method: 'DELETE' })).status).toBe(200);
    expect(await readdir(avatars)).toEqual(['anna']);
    expect(await codeOf(await ask('/api/avatars/photo'))).toEqual([404, 'avatar_unknown']);
    expect(await codeOf(await ask('/api/generate', post({ text: 'раз', avatar: 'photo' })))).toEqual([
      ...[404, 'avatar_unknown'],
    ]);
    expect(await codeOf(await ask('/api/avatars/anna', { method: 'DELETE' }))).toEqual([403, 'avatar_bundled']);
  });
});

describe('a video', () => {
  it('becomes an avatar too, its loop found', { timeout: PREPARING_MS }, async () => {
    const last = await register(await smallLoop('max'), { id: 'video' });
    expect(last).toMatchObject({ state: 'ready', kind: 'video', width: 360, height: 360 });
    const { report } = await (await ask('/api/avatars/video')).json();
    expect(report.loop.kind).toBe('source');
    expect(last.duration).toBe(report.frames.total / FPS);
    expect(await say('video')).toMatchObject({ width: 360, height: 360 });
  });

  it('that was dropped into the folder is taken as well', { timeout: PREPARING_MS }, async () => {
    await mkdir(join(avatars, 'dropped'));
    await sharp(await photo()).toFile(join(avatars, 'dropped', 'face.jpg'));
    const state = async () => (await (await ask('/api/avatars/dropped')).json()).state;
    await vi.waitFor(async () => expect(await state()).toBe('ready'), { timeout: PREPARING_MS, interval: 200 });
  });
});

describe('what is refused', () => {
  const text = (content: string) => async () => Buffer.from(content, 'latin1');

  it.each<[string, () => Promise<Uint8Array>, number, string]>([
    ['a playlist', text('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'), 415, 'media_unsupported'],
    ['a concat list', text('ffconcat version 1.0\nfile ../../outside\n'), 415, 'media_unsupported'],
    [
      'an SVG',
      text('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'),
      415,
      'media_unsupported',
    ],
    [
      'a playlist with the head of an MP4',
      text('\0\0\0\x18ftypisom\0\0\0\0isomavc1\n#EXTM3U\nfile:///etc/passwd'),
      422,
      'media_damaged',
    ],
    [
      'a script that begins like a GIF',
      text('GIF89a/*<script>*/=1;#EXTM3U\nfile:///etc/passwd'),
      422,
      'media_no_picture',
    ],
    ['a file over the limit', async () => new Uint8Array(5_000_001), 413, 'body_too_large'],
  ])('%s, at once', async (_, content, status, code) => {
    const before = await outside();
    expect(await codeOf(await upload(await content(), { id: 'evil' }))).toEqual([status, code]);
    expect(await outside()).toEqual(before);
    expect(await codeOf(await ask('/api/avatars/evil'))).toEqual([404, 'avatar_unknown']);
  });

  it.each<[string, () => Promise<Uint8Array>, string]>([
    [
      'a picture without a face',
      () =>
        sharp({ create: { width: 300, height: 300, channels: 3, background: 'teal' } })
          .png()
          .toBuffer(),
      'face_not_found',
    ],
    ['a picture that breaks off', async () => (await photo()).subarray(0, 50_000), 'media_damaged'],
  ])('%s, once it was looked at', { timeout: PREPARING_MS }, async (_, content, code) => {
    const before = await outside();
    expect(await register(await content(), { id: 'evil' })).toMatchObject({ state: 'failed', code });
    expect(await outside()).toEqual(before);
    expect((await ask('/api/avatars/evil', { method: 'DELETE' })).status).toBe(200);
  });

  it.each(['id', 'face', 'idle', 'consent'])('a way out of the folder in "%s"', async (field) => {
    const before = await outside();
    expect((await upload(await photo(), { [field]: '../../outside' })).status).toBe(400);
    expect(await outside()).toEqual(before);
  });

  it('a page of another origin', async () => {
    const headers = { origin: 'https://evil.example' };
    expect(await codeOf(await upload(await photo(), { id: 'evil' }, headers))).toEqual([403, 'origin_forbidden']);
    const remove = await ask('/api/avatars/video', { method: 'DELETE', headers });
    expect(await codeOf(remove)).toEqual([403, 'origin_forbidden']);
  });
});
