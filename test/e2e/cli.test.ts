import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { parseWav } from '../../src/audio/wav.ts';
import { silentLog } from '../../src/log.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';
import { probe } from '../../src/media/probe.ts';
import { FRAME_MS, SAMPLES_PER_FRAME } from '../../src/types.ts';
import { describeWith } from '../examples/tools.ts';
import { type Program, ROOT, start } from './program.ts';

const media = createMedia({ log: silentLog });
const LONG = 'Ночь, улица, фонарь, аптека, бессмысленный и тусклый свет. '.repeat(40);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'soyle-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

/** `soyle` called in the test's own folder. */
const soyle = (args: string[], env: Record<string, string> = {}): Program =>
  start([join(ROOT, 'bin', 'soyle.js'), ...args], { cwd: folder, env: { EXECUTION_PROVIDERS: 'cpu', ...env } });

async function finished(program: Program): Promise<{ code: number | null; lines: string[]; stderr: string }> {
  const { code } = await program.exit;
  return { code, lines: program.stdout.split('\n').filter(Boolean), stderr: program.stderr };
}

/** The duration that the container and both tracks of an MP4 declare, ms; they must agree. */
async function durationOf(path: string): Promise<number> {
  const { durationSeconds, video, audio } = await probe(media, path, 'mov');
  expect([video?.durationSeconds, audio?.durationSeconds]).toEqual([durationSeconds, durationSeconds]);
  expect(video?.frames).toBe(Math.round((durationSeconds! * 1000) / FRAME_MS));
  return Math.round(durationSeconds! * 1000);
}

describe('soyle say', () => {
  it('writes one MP4 and says how long it is', async () => {
    const { code, lines, stderr } = await finished(soyle(['say', 'Сәлем, әлем! Қалың қалай?', '-l', 'kk']));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await readdir(folder)).toEqual(['out.mp4']);
    const ms = await durationOf(join(folder, 'out.mp4'));
    expect(ms).toBeGreaterThan(500);
    expect(lines).toEqual([`${join(folder, 'out.mp4')}  ${(ms / 1000).toFixed(2)} s`]);
  });

  it('reads standard input and writes an MP4 and a WAV of the same length per chunk', async () => {
    const program = soyle([
      'say',
      '-',
      '--language',
      'en',
      '--chunks',
      'deep/parts',
      '--chunk-size',
      '3',
      '--intensity',
      '1.2',
    ]);
    program.stdin.end('People walk by\nand wave at us. Bye!\n');
    const { code, lines } = await finished(program);
    expect(code).toBe(0);
    const parts = join(folder, 'deep', 'parts');
    expect((await readdir(parts)).sort()).toEqual(
      ['000', '001', '002'].flatMap((name) => [`${name}.mp4`, `${name}.wav`]),
    );
    for (const [index, name] of ['000', '001', '002'].entries()) {
      const ms = await durationOf(join(parts, `${name}.mp4`));
      const { pcm } = parseWav(await readFile(join(parts, `${name}.wav`)));
      expect(pcm.length).toBe((ms / FRAME_MS) * SAMPLES_PER_FRAME);
      expect(lines[index]).toBe(`${join(parts, name)}.mp4  ${(ms / 1000).toFixed(2)} s`);
    }
  });

  it('overwrites an earlier answer, and writes where it is told', async () => {
    await mkdir(join(folder, 'films'));
    await writeFile(join(folder, 'films', 'Hi there.MP4'), 'old');
    const { code } = await finished(soyle(['say', 'Hello', '-l', 'en', '-o', 'films/Hi there.MP4']));
    expect(code).toBe(0);
    expect(await durationOf(join(folder, 'films', 'Hi there.MP4'))).toBeGreaterThan(200);
    expect(await readdir(join(folder, 'films'))).toEqual(['Hi there.MP4']);
  });

  it('shows the avatar as asked, in the kind of file asked for', async () => {
    const look = ['--model', 'soyle', '--crop', 'head', '--resolution', '128', '--format', 'webm'];
    const { code, stderr } = await finished(soyle(['say', 'Hello', '-l', 'en', ...look]));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await readdir(folder)).toEqual(['out.webm']);
    const { video } = await probe(media, join(folder, 'out.webm'), 'matroska');
    expect(video).toMatchObject({ codec: 'vp9', height: 128 });
  });

  it('names a chunk that could not be made, says so by its exit code and leaves no part of it', async () => {
    const ffmpeg = join(folder, 'ffmpeg');
    const refuse = 'case "$*" in *libx264*) echo encoder is out of order >&2; exit 1;; esac';
    await writeFile(ffmpeg, `#!/bin/sh\n${refuse}\nexec "${media.ffmpegPath}" "$@"\n`);
    await chmod(ffmpeg, 0o755);
    const program = soyle(['say', 'раз два', '--chunks', 'parts', '--chunk-size', '1'], { FFMPEG_PATH: ffmpeg });
    const { code, lines } = await finished(program);
    expect(code).toBe(1);
    expect(lines.filter((line) => /^chunk [01] failed: Video encoding failed/.test(line))).toHaveLength(2);
    expect(lines[0]).toContain('encoder is out of order');
    expect(await readdir(join(folder, 'parts'))).toEqual([]);
  });
});

describe('soyle say, told something impossible', () => {
  beforeEach(async () => {
    await mkdir(join(folder, 'folder.mp4'));
    await writeFile(join(folder, 'file'), '');
  });

  it.each<[string, string[], RegExp]>([
    ['an empty text', ['say', ''], /^soyle: Text must not be empty$/],
    ['a text of white space', ['say', ' \n\t'], /^soyle: Text must not be empty$/],
    ['nothing on standard input', ['say', '-'], /^soyle: Text must not be empty$/],
    ['no text', ['say'], /^error: missing required argument 'text'$/],
    ['a language it does not speak', ['say', 'Hallo', '-l', 'de'], /^error: .*'de' is invalid.* ru, kk, en, auto\.$/],
    ['a folder that is not there', ['say', 'a', '-o', 'no/out.mp4'], /^soyle: Cannot write .*no: .*no such folder\.$/],
    ['an output that is a folder', ['say', 'a', '-o', 'folder.mp4'], /^soyle: Cannot write folder\.mp4: .*a folder\.$/],
    ['another kind of file', ['say', 'a', '-o', 'out.avi'], /^soyle: Cannot write out\.avi: .*\.mp4\.$/],
    [
      'two kinds of output',
      ['say', 'a', '-o', 'a.mp4', '--chunks', 'b'],
      /^error: .*--chunks.* cannot be used with .*-o/,
    ],
    ['a chunks folder that is a file', ['say', 'a', '--chunks', 'file'], /^soyle: Cannot .*file/],
    ['a chunks folder inside a file', ['say', 'a', '--chunks', 'file/sub'], /^soyle: Cannot .*file.sub/],
    ['chunks of no words', ['say', 'a', '--chunks', 'b', '--chunk-size', '0'], /^error: .*'0' is invalid/],
    ['too much intensity', ['say', 'a', '--intensity', '2'], /^error: .*'2' is invalid.* 0\.5 to 1\.5\.$/],
    [
      'a WebM called otherwise',
      ['say', 'a', '-o', 'a.mp4', '--format', 'webm'],
      /^soyle: Cannot write a\.mp4: .*\.webm\.$/,
    ],
    ['nothing behind, in an .mp4', ['say', 'a', '-o', 'a.mp4', '--background', 'transparent'], /\.webm\.$/],
    ['a picture of a bad name', ['say', 'a', '--background', '../b'], /^error: .*'\.\.\/b' is invalid/],
    [
      'a part there is not',
      ['say', 'a', '--crop', 'feet'],
      /^error: .*'feet' is invalid.* full, bust, head, square\.$/,
    ],
    ['too small a picture', ['say', 'a', '--resolution', '63'], /^error: .*'63' is invalid.* 64 to 1920\.$/],
    ['a model that is not there', ['say', 'a', '--model', 'lips'], /^soyle: There is no lips model "lips"/],
    [
      'a backdrop behind one who cannot be cut out',
      ['say', 'a', '--background', '#102030'],
      /^soyle: Avatar ".*" cannot be told/,
    ],
    ['an avatar that is not there', ['say', 'a', '--avatar', 'nobody'], /^soyle: .*nobody/],
  ])('refuses %s in one line, and writes nothing', async (_, args, message) => {
    const program = soyle(args);
    program.stdin.end();
    const { code, lines, stderr } = await finished(program);
    expect(stderr.split('\n')[0]).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ code, lines }).toEqual({ code: 1, lines: [] });
    expect((await readdir(folder)).sort()).toEqual(['file', 'folder.mp4']);
  });

  it('names a program that is no ffmpeg', async () => {
    const { code, stderr } = await finished(soyle(['say', 'a'], { FFMPEG_PATH: join(folder, 'file') }));
    expect(stderr).toMatch(/^soyle: .*file does not run: .*\n$/);
    expect(code).toBe(1);
  });
});

describe('soyle say, interrupted', () => {
  it('while it makes one MP4, ends with 130 and leaves neither file nor process', async () => {
    const program = soyle(['say', LONG]);
    await vi.waitFor(
      async () => expect(await readdir(folder)).toContainEqual(expect.stringMatching(/^\.part-.*mp4$/)),
      {
        timeout: 30_000,
      },
    );
    program.interrupt('SIGINT');
    const { code, lines, stderr } = await finished(program);
    expect({ code, lines, stderr }).toEqual({ code: 130, lines: [], stderr: '' });
    expect(await readdir(folder)).toEqual([]);
    await vi.waitFor(async () => expect(await program.processes()).toEqual([]), { timeout: 5000 });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('by %s while it makes chunks, keeps the finished ones', async (signal) => {
    const program = soyle(['say', LONG, '--chunks', '.', '--chunk-size', '4']);
    await vi.waitFor(() => expect(program.stdout).toContain('000.mp4'), { timeout: 30_000 });
    expect((await program.processes()).length).toBeGreaterThan(1);
    program.kill(signal);
    const { code, lines } = await finished(program);
    expect(code).toBe(130);
    const names = lines.map((line) => /(\d{3})\.mp4/.exec(line)?.[1]);
    expect((await readdir(folder)).sort()).toEqual(names.flatMap((name) => [`${name}.mp4`, `${name}.wav`]));
    expect(names.length).toBeLessThan(60);
    await vi.waitFor(async () => expect(await program.processes()).toEqual([]), { timeout: 5000 });
  });
});

describeWith(['ffmpeg'], 'soyle say with the operating system’s ffmpeg', () => {
  it('declares the same exact durations', async () => {
    const system = { FFMPEG_PATH: '/usr/bin/ffmpeg', FFPROBE_PATH: '/usr/bin/ffprobe' };
    const text = 'Мама мыла раму. А потом пошла гулять!';
    const programs = [soyle(['say', text, '-o', 'bundled.mp4']), soyle(['say', text, '-o', 'system.mp4'], system)];
    expect((await Promise.all(programs.map(finished))).map(({ code }) => code)).toEqual([0, 0]);
    const [bundled, own] = await Promise.all(
      ['bundled.mp4', 'system.mp4'].map((name) => durationOf(join(folder, name))),
    );
    expect(own).toBe(bundled);
  });
});
