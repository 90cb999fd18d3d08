import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shapeOf } from './markdown.ts';
import { probe } from './probe.ts';
import { startServer, type TestServer } from './server.ts';
import { aimed, blocks, documentedRoutes, examples, parseJson, requestLine } from './specification.ts';
import { describeWith } from './tools.ts';

const run = promisify(execFile);
const HOUR_MS = 60 * 60 * 1000;

interface Answer {
  total_chunks: number;
  language: string;
  chunks: { text: string; video_url: string; audio_url: string; duration: number }[];
}

describeWith(['bash', 'curl', 'jq'], 'the requests of the specification', () => {
  let server: TestServer;
  let folder: string;
  beforeAll(async () => {
    [server, folder] = await Promise.all([startServer(), mkdtemp(join(tmpdir(), 'soyle-curl-'))]);
  });
  afterAll(async () => {
    await server?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const shell = async (code: string): Promise<string> => {
    const options = { cwd: folder, env: { ...process.env, NO_PROXY: 'localhost' } };
    return (await run('bash', ['-euo', 'pipefail', '-c', code], options)).stdout;
  };
  /** The documented request, with the documented headers. */
  const request = async (body: unknown): Promise<Answer> => {
    const [route] = documentedRoutes(server.url);
    const [method, url] = route!.split(' ');
    const headers = [examples.headers.trim().split(': ') as [string, string]];
    const response = await fetch(url!, { method, headers, body: JSON.stringify(body) });
    expect(response.status).toBe(200);
    return (await response.json()) as Answer;
  };
  const lastPart = (url = '') => url.slice(url.lastIndexOf('/') + 1);

  it('are all looked at: no code block of the page is left out of these suites', () => {
    const used = Object.values(examples).flat();
    expect(blocks.map(({ code }) => code)).toEqual(used);
  });

  it('the sample request is answered with the documented fields, besides them only who spoke; the files as documented', async () => {
    const answer = await request(parseJson(examples.request));
    const { chunks: documented, ...envelope } = parseJson(examples.response) as Answer;
    const { chunks, ...rest } = answer;
    expect(shapeOf(rest)).toEqual(shapeOf(envelope));
    expect(answer).toMatchObject({ success: true, total_chunks: chunks.length, language: 'ru' });
    for (const chunk of chunks) {
      expect(shapeOf(chunk)).toEqual(shapeOf({ ...documented[0]!, engine: 'espeak' }));
      expect(chunk.video_url).toMatch(/^\/api\/chunk\/video\/\w+$/);
      expect(chunk.audio_url).toMatch(/^\/api\/chunk\/audio\/\w+$/);
    }

    const [, videoRoute, audioRoute] = documentedRoutes(server.url).map((route) => route.replace('GET ', ''));
    const video = await fetch(videoRoute!.replace('{chunk_id}', lastPart(chunks[0]?.video_url)));
    expect([video.status, video.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    const audio = await fetch(audioRoute!.replace('{chunk_id}', lastPart(chunks[0]?.audio_url)));
    expect([audio.status, audio.headers.get('content-type')]).toEqual([200, 'audio/wav']);
  });

  it('language and chunk_size may be left out', async () => {
    const { text } = parseJson(examples.request) as { text: string };
    expect(await request({ text })).toMatchObject({ success: true, total_chunks: 1, language: 'ru' });
  });

  it('curl: generates, and downloads the video and the audio of a chunk', async () => {
    const made = await request({ text: 'Один чанк.' });
    const ids = [lastPart(made.chunks[0]?.video_url)];
    const answer = JSON.parse(await shell(aimed(examples.curl, server.url, ids))) as Answer;
    expect(answer).toMatchObject({ success: true, total_chunks: 1, language: 'ru' });

    const { duration } = made.chunks[0]!;
    for (const [file, codecs] of Object.entries({
      'chunk_video_0.mp4': ['h264', 'aac'],
      'chunk_audio_0.wav': ['pcm_s16le'],
    })) {
      const { format, streams } = await probe(join(folder, file));
      expect(streams.map(({ codec_name }) => codec_name)).toEqual(codecs);
      expect(Number(format.duration)).toBeCloseTo(duration, 3);
    }
  });

  it('the quick test', async () => {
    const answer = JSON.parse(await shell(aimed(examples.quickTest, server.url))) as Answer;
    expect(answer).toMatchObject({
      success: true,
      total_chunks: 1,
      chunks: [{ text: 'Привет мир! Это тестовое сообщение.' }],
    });
  });

  const settings = examples.chunkSizes.map((code) => parseJson(code) as { chunk_size: number });
  it.each(settings)('the setting chunk_size $chunk_size', async (setting) => {
    const words = Array.from({ length: setting.chunk_size + 2 }, () => 'да');
    const { chunks } = await request({ text: words.join(' '), ...setting });
    expect(chunks.map(({ text }) => text.split(' ').length)).toEqual([setting.chunk_size, 2]);
  });

  it('health: the documented fields, and more', async () => {
    const { method, path } = requestLine(examples.health);
    const response = await fetch(server.url + path, { method });
    expect(response.status).toBe(200);
    const documented = parseJson(examples.healthResponse) as { device: string };
    const { device, ...healthy } = documented;
    const answer = (await response.json()) as typeof documented;
    expect(answer).toMatchObject(healthy);
    expect([device, 'cpu']).toContain(answer.device);
  });

  it('cleanup: deletes files older than an hour, and no others', async () => {
    const [old, young] = [await request({ text: 'Старый.' }), await request({ text: 'Новый.' })];
    const files = await readdir(server.outputDir);
    const past = new Date(Date.now() - HOUR_MS - 60_000);
    const oldId = lastPart(old.chunks[0]?.video_url);
    await Promise.all(
      files.filter((name) => name.startsWith(oldId)).map((name) => utimes(join(server.outputDir, name), past, past)),
    );

    const { method, path } = requestLine(examples.cleanup);
    const response = await fetch(server.url + path, { method });
    expect(await response.json()).toEqual({ message: 'Удалено файлов: 2', removed: 2 });
    const status = async ({ chunks }: Answer) => (await fetch(server.url + chunks[0]?.video_url)).status;
    expect([await status(old), await status(young)]).toEqual([404, 200]);
  });

  it('a text of 100 words becomes 7 chunks', async () => {
    const text = Array.from({ length: 100 }, () => 'да').join(' ');
    expect((await request({ text })).total_chunks).toBe(7);
  });
});
