import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BootError, LateError } from '../../src/errors.ts';
import { silentLog } from '../../src/log.ts';
import { STDIN, STDOUT } from '../../src/media/args.ts';
import { decodeFrames, SCREEN, sniffFile } from '../../src/media/decode.ts';
import { checkMedia, createMedia, runFfmpeg } from '../../src/media/ffmpeg.ts';
import { probe } from '../../src/media/probe.ts';
import { plainFrame } from '../../src/video/picture.ts';
import { outputOf, programs } from './media-kit.ts';

const OPTIONS = { fps: 25, maxSide: 320, maxFrames: 50 };

describe.each(programs)('media through the %s ffmpeg', (_, media) => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'soyle-media-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  /** A second of one colour, as ffmpeg's options say. */
  async function video(name: string, options: string[], source = 'color=red:s=160x120:r=25:d=1'): Promise<string> {
    const path = join(dir, name);
    const input = ['-f', 'lavfi', '-i', source];
    await outputOf(media.ffmpegPath, ['-v', 'error', '-nostdin', '-y', ...input, ...options, path]);
    return path;
  }
  const colourOf = ({ width, height, frames }: { width: number; height: number; frames: Uint8Array[] }): number[] => {
    const [frame] = frames;
    return [frame![0]!, frame![width * height]!, frame![width * height * 1.25]!];
  };
  /** Red in BT.601, limited range. */
  const RED = [81, 90, 240];
  const isRed = (colour: number[]): boolean => colour.every((value, i) => Math.abs(value - RED[i]!) <= 3);

  it('runs', async () => {
    await checkMedia(media);
  });

  it.each([
    ['mp4', 'mov', ['-pix_fmt', 'yuv420p']],
    ['mov', 'mov', ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p']],
    ['mkv', 'matroska', ['-c:v', 'libx264', '-pix_fmt', 'yuv444p']],
    ['webm', 'matroska', ['-c:v', 'libvpx', '-pix_fmt', 'yuv420p']],
    ['gif', 'gif', []],
  ])('decodes %s', async (extension, container, options) => {
    const path = await video(`plain.${extension}`, options);
    expect(await sniffFile(path)).toEqual({ kind: 'stream', container });
    const decoded = await decodeFrames(media, path, OPTIONS);
    expect([decoded.width, decoded.height, decoded.frames.length]).toEqual([160, 120, 25]);
    expect(colourOf(decoded)).toSatisfy(isRed);
  });

  it.each([
    ['webm', ['-c:v', 'libvpx-vp9', '-pix_fmt', 'yuva420p', '-auto-alt-ref', '0']],
    ['mkv', ['-c:v', 'libvpx', '-pix_fmt', 'yuva420p', '-auto-alt-ref', '0']],
    ['mov', ['-c:v', 'qtrle', '-pix_fmt', 'argb']],
  ])('puts a screen behind what is transparent: %s', async (extension, options) => {
    const halfSeen = 'color=red:s=160x120:r=25:d=1,format=rgba,geq=r=r(X\\,Y):g=0:b=0:a=255*gt(X\\,80)';
    const { frames } = await decodeFrames(media, await video(`alpha.${extension}`, options, halfSeen), OPTIONS);
    expect(frames).toHaveLength(25);
    const luma = frames.at(-1)!.subarray(60 * 160, 61 * 160);
    const [red, green] = [luma[140]!, luma[20]!];
    expect(Math.abs(red - RED[0]!)).toBeLessThan(5);
    const screen = plainFrame(SCREEN, { width: 2, height: 2 }).data[0]!;
    expect(Math.abs(green - screen)).toBeLessThan(5);
  });

  it('makes one kind of colour of every matrix and range', async () => {
    const bt709 = ['-vf', 'scale=out_color_matrix=bt709,format=yuv420p', '-x264-params', 'colormatrix=bt709'];
    const full = ['-vf', 'scale=out_range=pc,format=yuv420p', '-x264-params', 'colormatrix=smpte170m:fullrange=on'];
    const rgb = ['-c:v', 'libx264rgb', '-pix_fmt', 'rgb24'];
    for (const [name, options] of Object.entries({ bt709, full, rgb })) {
      expect(colourOf(await decodeFrames(media, await video(`${name}.mp4`, options), OPTIONS))).toSatisfy(isRed);
    }
  });

  it('brings any rate to 25 frames a second, cuts, and scales down to even sides', async () => {
    const path = await video('slow.mp4', ['-pix_fmt', 'yuv444p'], 'testsrc=s=641x361:r=10:d=2');
    const decoded = await decodeFrames(media, path, { ...OPTIONS, maxFrames: 20 });
    expect([decoded.width, decoded.height, decoded.frames.length]).toEqual([320, 180, 20]);
    expect((await decodeFrames(media, path, { ...OPTIONS, maxFrames: 200 })).frames.length).toBe(50);
    expect(decoded.frames.every((frame) => frame.length === (320 * 180 * 3) / 2)).toBe(true);
  });

  it('shows what was filmed with a turned phone upright', async () => {
    const path = await video(
      'phone.mp4',
      ['-pix_fmt', 'yuv420p'],
      'color=red:s=160x120:r=25:d=0.2,drawbox=w=80:c=blue:t=fill',
    );
    const bytes = await readFile(path);
    // The matrix of the track's header (ISO 14496-12, 8.3.2): a quarter turn to the right.
    const at = bytes.indexOf('tkhd') + 44;
    for (const [i, value] of [0, 1, 0, -1, 0, 0, 120, 0].entries()) bytes.writeInt32BE(value * 65_536, at + 4 * i);
    await writeFile(path, bytes);
    const { width, height, frames } = await decodeFrames(media, path, OPTIONS);
    expect([width, height]).toEqual([120, 160]);
    const redness = (y: number) => frames[0]![width * height * 1.25 + (y / 2) * (width / 2) + 10]!;
    expect(redness(20)).toBeLessThan(128);
    expect(redness(140)).toBeGreaterThan(200);
  });

  it('keeps frames that are known to be the same once', async () => {
    const path = await video('blinking.mp4', ['-pix_fmt', 'yuv420p'], 'testsrc=s=160x120:r=25:d=0.24');
    const { frames: all } = await decodeFrames(media, path, OPTIONS);
    const { frames } = await decodeFrames(media, path, { ...OPTIONS, same: [0, 1, 1, 0, 4, 4] });
    expect(frames.map((frame) => frames.indexOf(frame))).toEqual([0, 1, 1, 0, 4, 4]);
    for (const index of [0, 1, 4]) expect(frames[index]).toEqual(all[index]);
  });

  it('probes tracks, times and frames', async () => {
    const sound = ['-f', 'lavfi', '-i', 'sine=d=1:r=44100', '-pix_fmt', 'yuv420p', '-shortest'];
    const path = await video('both.mp4', sound);
    const found = await probe(media, path, 'mov');
    expect(found.video).toMatchObject({ width: 160, height: 120, durationSeconds: 1, frames: 25 });
    expect(found.audio).toMatchObject({ codec: 'aac', sampleRate: 44_100 });
    expect(found.durationSeconds).toBeCloseTo(1, 1);
  });

  it.each([
    ['a playlist', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'],
    ['a concat list', 'ffconcat version 1.0\nfile /etc/passwd\n'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
    ['an empty file', ''],
  ])('refuses %s that calls itself a video', async (name, text) => {
    const path = join(dir, `${name}.mp4`);
    await writeFile(path, text);
    await expect(decodeFrames(media, path, OPTIONS)).rejects.toMatchObject({ code: 'media_unsupported' });
  });

  it('cannot read a video of noise or of sound alone', async () => {
    const noise = join(dir, 'noise.mp4');
    await writeFile(noise, Buffer.concat([Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomavc1'), Buffer.alloc(5000, 7)]));
    await expect(decodeFrames(media, noise, OPTIONS)).rejects.toMatchObject({ code: 'media_damaged' });
    const sound = await video('sound.wav', [], 'sine=d=0.1');
    await expect(decodeFrames(media, sound, OPTIONS)).rejects.toMatchObject({ code: 'media_no_picture' });
  });

  it('stops decoding when aborted', async () => {
    const path = await video('abort.mp4', ['-pix_fmt', 'yuv420p']);
    await expect(decodeFrames(media, path, OPTIONS, AbortSignal.abort('gone'))).rejects.toBe('gone');
  });

  it('does not say of a file that it is damaged where the time was too short', async () => {
    const path = await video('slow.mp4', ['-pix_fmt', 'yuv420p']);
    const late = { code: 'preparation_failed', cause: expect.any(LateError) };
    await expect(decodeFrames(media, path, { ...OPTIONS, timeoutMs: 1 })).rejects.toMatchObject(late);
    await expect(probe(media, path, 'mov', undefined, 1)).rejects.toMatchObject(late);
  });

  it('stops ffmpeg that takes too long', async () => {
    const stalled = new Promise<never>(() => {});
    const silent = async function* (): AsyncGenerator<Uint8Array> {
      yield await stalled;
    };
    const raw = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-video_size', '2x2'];
    const command = { inputs: [{ source: STDIN, options: raw }], options: ['-f', 'rawvideo'], output: STDOUT } as const;
    const failure = (cause: Error): Error => cause;
    const running = runFfmpeg(media, command, { stdin: silent(), timeoutMs: 200, failure });
    await expect(running).rejects.toThrow('ffmpeg was stopped after 200 ms');
  });
});

describe('checkMedia', () => {
  const opened = (ffmpegPath: string) => createMedia({ ffmpegPath, log: silentLog });

  it('says which program does not run', async () => {
    const checking = checkMedia(opened('/nowhere/ffmpeg'));
    await expect(checking).rejects.toBeInstanceOf(BootError);
    await expect(checking).rejects.toThrow('/nowhere/ffmpeg does not run');
  });

  it('says what a program lacks', async () => {
    await expect(checkMedia(opened('/bin/echo'))).rejects.toThrow('built without libx264 and aac');
  });
});
