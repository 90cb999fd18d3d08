import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/audio/wav.ts';
import { decodeFrames } from '../../src/media/decode.ts';
import type { Media } from '../../src/media/ffmpeg.ts';
import { SAMPLES_PER_FRAME } from '../../src/types.ts';
import { joinChunks } from '../../src/video/concat.ts';
import { encodeChunk } from '../../src/video/encode.ts';
import { hum, lumaPsnr, outputOf, packets, programs, shown, soundToNoise } from './media-kit.ts';

const LOOP = fileURLToPath(new URL('../../avatars/anna/loop.mp4', import.meta.url));
const SIDE = 720;
/** Video ticks of one frame: ffmpeg's clock for 25 fps is 1/12800 s. */
const STEP = 512;
/** 16 kHz samples as long as AAC priming, and a few. */
const QUIET = 400;

const ffmpeg = (media: Media, ...args: string[]): Promise<Buffer> =>
  outputOf(media.ffmpegPath, ['-hide_banner', '-nostdin', '-v', 'warning', ...args]);

describe.each(programs)('chunks encoded by the %s ffmpeg', (_, media) => {
  let dir = '';
  let loop: Uint8Array[] = [];
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'soyle-encode-'));
    ({ frames: loop } = await decodeFrames(media, LOOP, { fps: 25, maxSide: SIDE, maxFrames: 12 }));
  });
  afterAll(() => rm(dir, { recursive: true }));

  async function* pictures(count: number): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < count; i++) yield loop[i % loop.length]!;
  }

  async function chunk(name: string, frameCount: number, silence: number): Promise<string> {
    const audioPath = join(dir, `${name}.wav`);
    const outPath = join(dir, `${name}.mp4`);
    await writeFile(audioPath, encodeWav(hum(frameCount * SAMPLES_PER_FRAME, silence)));
    await encodeChunk(
      { width: SIDE, height: SIDE, frames: pictures(frameCount), frameCount, audioPath, outPath },
      media,
    );
    return outPath;
  }

  it.each([64, 220, 720])(
    'takes %i² pictures from a giver with three buffers who writes into the oldest',
    async (side) => {
      const count = 60;
      const luma = side * side;
      const buffers = Array.from({ length: 3 }, () => new Uint8Array((luma * 3) / 2).fill(128));
      const grey = (frame: number) => 30 + 3 * frame;
      async function* recycled(): AsyncGenerator<Uint8Array> {
        for (let frame = 0; frame < count; frame++) yield buffers[frame % 3]!.fill(grey(frame), 0, luma);
      }
      const [audioPath, outPath] = [join(dir, `recycled-${side}.wav`), join(dir, `recycled-${side}.mp4`)];
      await writeFile(audioPath, encodeWav(hum(count * SAMPLES_PER_FRAME, 0)));
      await encodeChunk(
        { width: side, height: side, frames: recycled(), frameCount: count, audioPath, outPath },
        media,
      );
      const { frames } = await decodeFrames(media, outPath, { fps: 25, maxSide: side, maxFrames: count });
      const seen = frames.map((picture) => picture.subarray(0, luma).reduce((sum, value) => sum + value, 0) / luma);
      for (const [frame, value] of seen.entries()) expect(Math.abs(value - grey(frame))).toBeLessThan(1.5);
    },
  );

  it.each([
    [1, 0],
    [1, QUIET],
    [2, 0],
    [12, 0],
    [12, QUIET],
    [125, 0],
    [125, QUIET],
  ])('%i frames last exactly so long in container and tracks (sound after %i samples)', async (count, silence) => {
    const path = await chunk(`exact-${count}-${silence}`, count, silence);
    for (const [, reader] of programs) {
      const { format, streams } = await shown(reader, path, '-show_format', '-show_streams');
      const [video, audio] = streams;
      const wanted = (count * 0.04).toFixed(6);
      expect([format.duration, video!.duration, audio!.duration]).toEqual([wanted, wanted, wanted]);
      expect([format.start_time, video!.start_time, audio!.start_time]).toEqual(Array(3).fill('0.000000'));
      expect(video).toMatchObject({
        ...{
          codec_name: 'h264',
          pix_fmt: 'yuv420p',
          width: SIDE,
          height: SIDE,
          has_b_frames: 0,
          nb_frames: `${count}`,
        },
        ...{ color_space: 'smpte170m', r_frame_rate: '25/1', time_base: '1/12800' },
      });
      expect(audio).toMatchObject({ codec_name: 'aac', sample_rate: '48000', channels: 1 });
    }
    expect(await packets(media, path, 'v', 'pts')).toEqual(Array.from({ length: count }, (_, i) => i * STEP));
  });

  it('looks like what went in', async () => {
    const path = await chunk('quality', 12, QUIET);
    const { frames } = await decodeFrames(media, path, { fps: 25, maxSide: SIDE, maxFrames: 99 });
    expect(frames.length).toBe(12);
    expect(lumaPsnr(loop, frames, SIDE * SIDE).worst).toBeGreaterThan(40);
  });

  it.each([0, QUIET])('sounds like what went in, at the same moment (sound after %i samples)', async (silence) => {
    const path = await chunk(`sound-${silence}`, 25, silence);
    const meant = hum(25 * SAMPLES_PER_FRAME, silence);
    for (const [, reader] of programs) {
      const raw = await ffmpeg(reader, '-i', path, '-f', 's16le', '-ar', '16000', '-');
      const heard = new Int16Array(raw.buffer, raw.byteOffset, raw.length / 2);
      expect(heard.length - meant.length).toBeGreaterThanOrEqual(0);
      expect(heard.length - meant.length).toBeLessThan(342);
      expect(soundToNoise(meant, heard)).toBeGreaterThan(25);
    }
  });

  describe.each(programs)('joined with -c copy by the %s ffmpeg', (joiner, other) => {
    const counts = [3, 12, 25, 7];
    const total = counts.reduce((sum, count) => sum + count);

    async function joined(silence: number): Promise<{ path: string; warnings: string }> {
      const paths = await Promise.all(
        counts.map((count) => chunk(`joint-${joiner}-${silence}-${count}`, count, silence)),
      );
      const list = join(dir, `${joiner}-${silence}.txt`);
      const path = join(dir, `${joiner}-${silence}.mp4`);
      await writeFile(list, paths.map((part) => `file '${part}'\n`).join(''));
      const warnings = await ffmpeg(other, '-y', '-f', 'concat', '-safe', '0', '-i', list, '-c', 'copy', path)
        .then(() => '')
        .catch((error) => String(error));
      return { path, warnings };
    }

    it('has no hole and no overlap in picture or sound when every chunk begins quietly', async () => {
      const { path, warnings } = await joined(QUIET);
      expect(warnings).toBe('');
      expect(await packets(media, path, 'v', 'pts')).toEqual(Array.from({ length: total }, (_, i) => i * STEP));
      const sound = await packets(media, path, 'a', 'pts');
      const lengths = await packets(media, path, 'a', 'duration');
      const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((sum, length) => sum + length, 0));
      expect(sound).toEqual(starts);
      const { streams } = await shown(media, path, '-show_streams');
      expect(streams.map(({ duration }) => duration)).toEqual(Array(2).fill((total * 0.04).toFixed(6)));
    });

    it('has no hole in the picture, and the sound never drifts, when chunks begin loudly', async () => {
      const { path } = await joined(0);
      const [first, ...later] = await packets(media, path, 'v', 'pts');
      expect(first).toBeLessThanOrEqual(Math.ceil((1024 / 48_000) * 12_800));
      expect(later).toEqual(later.map((_, i) => first! + (i + 1) * STEP));
      const { streams } = await shown(media, path, '-show_streams');
      // The priming of the first chunk alone is left.
      expect(Number(streams[1]!.duration)).toBeCloseTo(total * 0.04 + 1024 / 48_000, 5);
    });
  });

  it('joins chunks exactly: the pictures copied, the sound encoded once', async () => {
    const counts = [5, 9, 12];
    const total = counts.reduce((sum, count) => sum + count);
    const videoPaths = await Promise.all(counts.map((count) => chunk(`part-${count}`, count, 0)));
    const [audioPath, outPath] = [join(dir, "it's whole.wav"), join(dir, "it's whole.mp4")];
    const meant = hum(total * SAMPLES_PER_FRAME, 0);
    await writeFile(audioPath, encodeWav(meant));
    await joinChunks({ videoPaths, audioPath, durationMs: total * 40, outPath }, media);
    const { format, streams } = await shown(media, outPath, '-show_format', '-show_streams');
    expect([format, ...streams].map(({ duration }) => duration)).toEqual(Array(3).fill((total * 0.04).toFixed(6)));
    expect(await packets(media, outPath, 'v', 'pts')).toEqual(Array.from({ length: total }, (_, i) => i * STEP));
    const raw = await ffmpeg(media, '-i', outPath, '-f', 's16le', '-ar', '16000', '-');
    expect(soundToNoise(meant, new Int16Array(raw.buffer, raw.byteOffset, raw.length / 2))).toBeGreaterThan(25);
  });

  it('leaves no other file behind', async () => {
    expect((await readdir(dir)).filter((name) => !/\.(wav|mp4|txt)$/.test(name))).toEqual([]);
  });
});
