import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, open } from './browser.ts';
import { bundledFfmpeg, type Packet, packets, probe } from './probe.ts';
import { startServer, type TestServer } from './server.ts';
import { openSite, type Site } from './site.ts';
import { aimed, examples } from './specification.ts';
import { describeWith, PYTHON } from './tools.ts';

const run = promisify(execFile);

/** 38 words. */
const TEXT =
  'Первый чанк этого текста состоит ровно из пятнадцати слов, потому что больше слов в него не входит. ' +
  'Второй чанк такой же длинный, как и первый, хотя слова в нём стоят совсем другие. Третий чанк самый из них короткий.';

/** After the page's own blocks: the joining is done once with each ffmpeg of `sys.argv[2]`, {file: PATH}. */
const DRIVER = `
import json, os, sys
results = process_long_text(sys.argv[1])
for output_file, path in json.loads(sys.argv[2]).items():
    os.environ['PATH'] = path
    merge_chunks(len(results), output_file)
json.dump(results, open('results.json', 'w'))
`;

/** A packet of AAC lasts 1024 samples at 48 kHz; so does the run-in that a chunk may have before its sound. */
const PACKET = 1024 / 48_000;
const FRAME = 0.04;
/** The merged tracks count in ticks of 1/12800 and 1/48000 s, and ffprobe prints microseconds. */
const TICK = 0.0002;

interface Result {
  index: number;
  text: string;
  duration: number;
}

describeWith(['python3 with requests', 'ffmpeg', 'chromium'], 'the Python examples of the specification', () => {
  let server: TestServer;
  let folder: string;
  let output: string;
  let results: Result[];
  const inFolder = (...names: string[]) => join(folder, ...names);

  beforeAll(async () => {
    [server, folder] = await Promise.all([startServer(), mkdtemp(join(tmpdir(), 'soyle-python-'))]);
    await mkdir(inFolder('bin'));
    await symlink(bundledFfmpeg, inFolder('bin', 'ffmpeg'));
    const path = process.env.PATH ?? '';
    const paths = { 'bundled.mp4': inFolder('bin') + delimiter + path, 'debian.mp4': path };
    const code = [examples.python, examples.pythonServer].map((block) => aimed(block, server.url));
    await writeFile(inFolder('example.py'), [...code, DRIVER].join('\n'));
    const { stdout } = await run(PYTHON!, ['example.py', TEXT, JSON.stringify(paths)], {
      cwd: folder,
      env: { ...process.env, PYTHONIOENCODING: 'utf-8', NO_PROXY: 'localhost' },
    });
    output = stdout;
    results = JSON.parse(await readFile(inFolder('results.json'), 'utf8')) as Result[];
  }, 120_000);
  afterAll(async () => {
    await server?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('generate and download: the files of the sample text lie in ./chunks', async () => {
    expect(output).toContain('Чанк 0 скачан: ./chunks/video_0.mp4, ./chunks/audio_0.wav');
    expect((await readdir(inFolder('chunks'))).sort()).toEqual(['audio_0.wav', 'video_0.mp4']);
  });

  it('process_long_text: index, text and duration of every chunk', () => {
    expect(results.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(results.map(({ text }) => text).join(' ')).toBe(TEXT);
    expect(results.map(({ text }) => text.split(' ').length)).toEqual([15, 15, 8]);
  });

  it('the files are what the page says: MP4, and WAV 16 kHz mono PCM, as long as `duration` to the millisecond', async () => {
    for (const { index, duration } of results) {
      const video = await probe(inFolder('generated_chunks', `video_${index}.mp4`));
      expect(video.format.format_name).toContain('mp4');
      expect(video.streams.map(({ codec_name }) => codec_name)).toEqual(['h264', 'aac']);
      expect(video.streams[0]?.pix_fmt).toBe('yuv420p');
      const lengths = [video.format, ...video.streams].map((it) => Number(it.duration));
      for (const length of lengths) expect(length).toBeCloseTo(duration, 3);

      const audio = await probe(inFolder('generated_chunks', `audio_${index}.wav`));
      expect(audio.format.format_name).toBe('wav');
      expect(audio.streams).toMatchObject([{ codec_name: 'pcm_s16le', sample_rate: '16000', channels: 1 }]);
      expect(Number(audio.format.duration)).toBe(duration);
    }
  });

  describe.each(['bundled', 'debian'])('merge_chunks with the %s ffmpeg', (name) => {
    const merged = () => inFolder(`${name}.mp4`);
    const seconds = () => results.reduce((sum, { duration }) => sum + duration, 0);
    const part = (index: number) => inFolder('generated_chunks', `video_${index}.mp4`);

    it('says so, and leaves as many pictures as the chunks have, at 40 ms steps, without a hole at a joint', async () => {
      expect(output).toContain(`Видео объединено: ${name}.mp4`);
      const video = await packets(merged(), 'v');
      expect(video).toHaveLength(Math.round(seconds() / FRAME));
      for (const [i, { pts }] of video.entries()) expect(Math.abs(pts - video[0]!.pts - i * FRAME)).toBeLessThan(TICK);
    });

    it('leaves every sound where its picture is; only the silent run-in of a chunk may move, by a packet at most', async () => {
      const sound = await packets(merged(), 'a');
      const [firstPicture] = await packets(merged(), 'v');
      const start = firstPicture!.pts;
      expect(start).toBeLessThan(PACKET + TICK);
      let before = 0;
      let passed = 0;
      for (const { index, duration } of results) {
        const own = await packets(part(index), 'a');
        for (const [i, { pts }] of own.entries()) {
          const moved = sound[passed + i]!.pts - (start + before + pts);
          expect(moved).toBeGreaterThan(-TICK);
          expect(moved).toBeLessThan(TICK + (pts < 0 ? PACKET : 0));
        }
        // What a player hears too much that counts samples instead of heeding their times.
        const runIn = own[0]!.pts < 0 ? PACKET : 0;
        expect(own.length * PACKET - duration).toBeLessThan(PACKET + runIn);
        before += duration;
        passed += own.length;
      }
      expect(sound).toHaveLength(passed);
      expect(holes(sound)).toEqual([]);
      const { format } = await probe(merged());
      expect(Number(format.duration) - before).toBeLessThan(PACKET + 0.001);
    });
  });

  describe('the merged files in a browser', () => {
    let site: Site;
    let browser: Browser;
    beforeAll(async () => {
      [site, browser] = await Promise.all([openSite(), launch()]);
    });
    afterAll(async () => {
      await Promise.all([site?.close(), browser?.close()]);
    });

    it.each(['bundled', 'debian'])('%s.mp4 plays to its end', async (name) => {
      const src = site.file(`${name}.mp4`, inFolder(`${name}.mp4`));
      const opened = await open(browser, site.page(name, `<!doctype html><video src="${src}" autoplay></video>`));
      const [playback] = await opened.ended(1);
      const seconds = results.reduce((sum, { duration }) => sum + duration, 0);
      expect(playback?.played).toBeCloseTo(seconds, 1);
      expect(playback?.width).toBeGreaterThan(0);
      expect(opened.faults).toEqual([]);
    });
  });
});

/** Where a packet does not reach the next one. */
function holes(sound: Packet[]): Packet[] {
  return sound.filter(({ pts, duration }, i) => i + 1 < sound.length && sound[i + 1]!.pts - (pts + duration) > TICK);
}
