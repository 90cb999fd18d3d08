import { createHash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CatalogueEntry } from '../../src/voices/catalogue.ts';
import { type AddOptions, addVoice, removeVoice } from '../../src/voices/manage.ts';
import { readOnnxMetadata } from '../../src/voices/onnx-metadata.ts';
import {
  type Answer,
  Arrivals,
  cutOff,
  type FileServer,
  gated,
  serveFiles,
  stalling,
  whole,
} from '../fixtures/voices/file-server.ts';
import { piperConfig, RAW, RAW_SPEAKERS } from '../fixtures/voices/random-weights.ts';

const ID = 'random-weights';
let voicesDir: string;
let model: Buffer;
let config: Buffer;
let server: FileServer | undefined;
let arrivals: Arrivals;

beforeEach(async () => {
  arrivals = new Arrivals();
  voicesDir = join(await mkdtemp(join(tmpdir(), 'soyle-voices-')), 'voices');
  model = await readFile(RAW);
  config = Buffer.from(JSON.stringify(await piperConfig('ru')));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(join(voicesDir, '..'), { recursive: true, force: true });
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A server with these answers, and the entry of the list that points to it. */
async function serve(answers: Record<string, Answer> = {}, more: object = {}): Promise<CatalogueEntry> {
  server = await serveFiles({ '/voice.onnx': whole(model), '/voice.onnx.json': whole(config), ...answers });
  const file = (path: string, bytes: Buffer) => ({
    url: `${server!.url}${path}`,
    size: bytes.length,
    sha256: sha256(bytes),
    stated: 'https://example.com/list',
  });
  return {
    id: ID,
    kind: 'piper',
    name: 'Random weights',
    language: 'ru',
    licence: 'CC0-1.0',
    licencePage: 'https://example.com/licence',
    files: { model: file('/voice.onnx', model), config: file('/voice.onnx.json', config) },
    ...more,
  };
}

const add = (entry: CatalogueEntry, options: Partial<AddOptions> = {}) =>
  addVoice(entry, voicesDir, {
    signal: new AbortController().signal,
    retryMs: 0,
    onProgress: arrivals.report,
    ...options,
  });
/** Nothing but hidden folders: no half of a voice that a server could take for one. */
const visible = async () => (await readdir(voicesDir)).filter((name) => !name.startsWith('.'));
const requestsFor = (path: string) => server!.requests.filter((request) => request.path === path);

describe('adding a voice', () => {
  it('puts everything that sherpa-onnx needs into the folder, and nothing beside it', async () => {
    const progress: [number, number][] = [];
    const voice = await add(await serve(), { onProgress: (...now) => progress.push(now) });
    expect(voice).toMatchObject({ id: ID, kind: 'vits', sampleRate: 22_050, languages: ['ru'], licence: 'CC0-1.0' });
    expect((await readdir(voice.dir)).sort()).toEqual(['model.onnx', 'piper.json', 'tokens.txt', 'voice.json']);
    expect(await readdir(voicesDir)).toEqual([ID]);
    expect(Object.fromEntries(await readOnnxMetadata(join(voice.dir, 'model.onnx')))).toEqual({
      ...{ model_type: 'vits', comment: 'piper', language: 'ru', voice: 'ru', has_espeak: '1', add_blank: '1' },
      ...{ n_speakers: '1', sample_rate: '22050' },
    });
    // The network itself is untouched: what was added stands behind it.
    expect((await readFile(join(voice.dir, 'model.onnx'))).subarray(0, model.length)).toEqual(model);
    const total = model.length + config.length;
    expect(progress.at(-1)).toEqual([total, total]);
  });

  it('names the speakers as the list does, or by their numbers', async () => {
    model = await readFile(RAW_SPEAKERS);
    config = Buffer.from(JSON.stringify(await piperConfig('kk', { speakers: 2 })));
    const numbered = await add(await serve());
    expect(numbered.speakers.map(({ id }) => id)).toEqual(['s0', 's1']);
    await server?.close();
    const speakers = [
      { id: 'm1', name: 'One', gender: 'male' },
      { id: 'f1', name: 'Two', gender: 'female' },
    ];
    const named = await add(await serve({}, { id: 'named', speakers }));
    expect(named.speakers).toEqual(speakers);
  });

  it('answers a voice that is there already without a download', async () => {
    const entry = await serve();
    await add(entry);
    const before = server!.requests.length;
    expect(await add(entry)).toMatchObject({ id: ID });
    expect(server!.requests).toHaveLength(before);
  });

  it('follows redirects', async () => {
    const to: Answer = (_, response) => response.writeHead(302, { location: '/elsewhere' }).end();
    const entry = await serve({ '/voice.onnx': to, '/elsewhere': whole(model) });
    expect(await add(entry)).toMatchObject({ id: ID });
  });

  it('continues where the connection was cut', async () => {
    const entry = await serve({ '/voice.onnx': cutOff(model, 3, arrivals) });
    await add(entry);
    const half = Math.ceil(model.length / 2);
    const [first, second, third] = requestsFor('/voice.onnx');
    expect(first!.range).toBeUndefined();
    expect(second!.range).toBe(`bytes=${half}-`);
    expect(third!.range).toBe(`bytes=${half + Math.ceil((model.length - half) / 2)}-`);
  });

  it('starts again where a server does not know of parts', async () => {
    const entry = await serve({
      '/voice.onnx': (request, response, n) =>
        n === 1 ? cutOff(model, 2, arrivals)(request, response, n) : response.writeHead(200).end(model),
    });
    expect(await add(entry)).toMatchObject({ id: ID });
  });

  it('refuses a part that is not the one that is missing', async () => {
    const entry = await serve({
      '/voice.onnx': (request, response, n) =>
        n === 1
          ? cutOff(model, 2, arrivals)(request, response, n)
          : response.writeHead(206, { 'content-range': `bytes 7-9/${model.length}` }).end('abc'),
    });
    await expect(add(entry)).rejects.toThrow('sent bytes from 7 on instead of from');
  });

  it('gives up on a connection that keeps breaking, and continues with the next call', async () => {
    const entry = await serve({ '/voice.onnx': cutOff(model, 5, arrivals) });
    await expect(add(entry)).rejects.toThrow(/Call the same command again: it continues/);
    expect(requestsFor('/voice.onnx')).toHaveLength(4);
    expect(await visible()).toEqual([]);
    await add(entry);
    expect(requestsFor('/voice.onnx').at(-1)!.range).toMatch(/^bytes=[1-9]/);
    expect(await visible()).toEqual([ID]);
  });

  it('tries again when the server is busy', async () => {
    const busy: Answer = (request, response, n) =>
      n < 3 ? response.writeHead(n === 1 ? 503 : 429).end() : whole(model)(request, response, n);
    expect(await add(await serve({ '/voice.onnx': busy }))).toMatchObject({ id: ID });
  });

  it('does not wait for ever for a server that stopped sending', async () => {
    const entry = await serve({
      '/voice.onnx': (request, response, n) => (n === 1 ? stalling(model) : whole(model))(request, response, n),
    });
    expect(await add(entry, { stallMs: 200 })).toMatchObject({ id: ID });
    expect(requestsFor('/voice.onnx')).toHaveLength(2);
  });

  it.each([
    [
      'tampered with',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(1), Buffer.of(0)]),
      /is not the file that .* describes/,
    ],
    [
      'longer than it should be',
      (bytes: Buffer) => Buffer.concat([bytes, Buffer.of(0)]),
      /is longer than the \d+ bytes/,
    ],
    ['truncated', (bytes: Buffer) => bytes.subarray(0, -1), /the connection ended after \d+ of \d+ bytes/],
  ])('refuses a file that is %s', async (_, change, message) => {
    const changed = change(model);
    const entry = await serve({ '/voice.onnx': (__, response) => response.writeHead(200).end(changed) });
    await expect(add(entry)).rejects.toThrow(message);
    expect(await visible()).toEqual([]);
  });

  it('forgets a file that was tampered with, and takes the right one later', async () => {
    const bad = Buffer.alloc(model.length, 7);
    const entry = await serve({
      '/voice.onnx': (request, response, n) => whole(n === 1 ? bad : model)(request, response, n),
    });
    await expect(add(entry)).rejects.toThrow('is not the file');
    expect(await add(entry)).toMatchObject({ id: ID });
    expect(requestsFor('/voice.onnx')[1]!.range).toBeUndefined();
  });

  it('says that a file is no longer there', async () => {
    const entry = await serve({ '/voice.onnx': (_, response) => response.writeHead(404).end() });
    await expect(add(entry)).rejects.toThrow('the entry in models/voices.json has to be mended');
    expect(requestsFor('/voice.onnx')).toHaveLength(1);
  });

  it('says what to do without the internet', async () => {
    const entry = await serve();
    await server!.close();
    await expect(add(entry)).rejects.toThrow(/cannot be reached .* connected to the internet\?.* copy its folder/);
  });

  it('says what to do when the disk is full, before it starts', async () => {
    const entry = await serve();
    const full = add(entry, { freeBytes: async () => 2 ** 20 });
    await expect(full).rejects.toThrow(/needs 33 MB, and 1 MB are free in .* Make room/);
    expect(server!.requests).toEqual([]);
  });

  it('keeps what a stopped call has fetched, its changed network included', async () => {
    const entry = await serve();
    const part = join(voicesDir, `.part-${ID}`);
    await mkdir(part, { recursive: true });
    await writeFile(join(part, 'model.onnx'), model);
    await appendFile(join(part, 'model.onnx'), 'metadata that were half written');
    const voice = await add(entry);
    expect(requestsFor('/voice.onnx')).toEqual([]);
    expect((await readOnnxMetadata(join(voice.dir, 'model.onnx'))).get('comment')).toBe('piper');
  });

  it('stops at once when it is told to', async () => {
    const { answer, reached } = gated(whole(model));
    const entry = await serve({ '/voice.onnx': answer });
    const controller = new AbortController();
    const reason = new Error('enough');
    const adding = add(entry, { signal: controller.signal });
    await reached;
    controller.abort(reason);
    await expect(adding).rejects.toBe(reason);
    expect(await visible()).toEqual([]);
  });

  it('lets one at a time add a voice', async () => {
    const { answer, reached, open } = gated(whole(model));
    const entry = await serve({ '/voice.onnx': answer });
    const first = add(entry);
    await reached;
    await expect(add(entry)).rejects.toThrow(`is being added or removed by process ${process.pid}`);
    await expect(removeVoice(voicesDir, ID)).rejects.toThrow('is being added or removed');
    open();
    expect(await first).toMatchObject({ id: ID });
  });

  it('takes over the lock of a process that died', async () => {
    await mkdir(voicesDir, { recursive: true });
    await writeFile(join(voicesDir, `.lock-${ID}`), '999999999');
    expect(await add(await serve())).toMatchObject({ id: ID });
    expect(await readdir(voicesDir)).toEqual([ID]);
  });
});

describe('removing a voice', () => {
  it.each(['../victim', '..', '.', '.lock-x', ''])('touches nothing outside of the folder: "%s"', async (id) => {
    await add(await serve());
    const victim = join(voicesDir, '..', 'victim');
    await mkdir(victim, { recursive: true });
    await expect(removeVoice(voicesDir, id)).rejects.toThrow(`There is no voice "${id}"`);
    expect(await readdir(voicesDir)).toEqual([ID]);
    expect(await readdir(victim)).toEqual([]);
  });

  it('leaves nothing of it', async () => {
    await add(await serve());
    await removeVoice(voicesDir, ID);
    expect(await readdir(voicesDir)).toEqual([]);
  });

  it('takes the rest of a broken-off download away', async () => {
    const entry = await serve({ '/voice.onnx': (_, response) => response.writeHead(404).end() });
    await expect(add(entry)).rejects.toThrow();
    await removeVoice(voicesDir, ID);
    expect(await readdir(voicesDir)).toEqual([]);
  });

  it('says that there is none, with or without a folder', async () => {
    await expect(removeVoice(voicesDir, ID)).rejects.toThrow(`There is no voice "${ID}"`);
    await add(await serve());
    await expect(removeVoice(voicesDir, 'other')).rejects.toThrow('There is no voice "other"');
  });
});

it('refuses a voice whose files do not fit together, however well they arrived', async () => {
  model = Buffer.from('<html>not a network</html>');
  await expect(add(await serve())).rejects.toThrow(/model\.onnx is not usable: it is no ONNX file/);
  expect(await visible()).toEqual([]);
});
