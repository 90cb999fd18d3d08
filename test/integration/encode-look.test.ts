import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/audio/wav.ts';
import { probe } from '../../src/media/probe.ts';
import { SAMPLES_PER_FRAME } from '../../src/types.ts';
import { joinChunks } from '../../src/video/concat.ts';
import { type EncodeJob, encodeChunk } from '../../src/video/encode.ts';
import { hum, outputOf, packets, programs, shown } from './media-kit.ts';

const SIZE = { width: 128, height: 96 };
const AREA = SIZE.width * SIZE.height;
const COUNT = 12;

/** Grey that grows lighter with every frame; the matte is white on the right half, black on the left. */
function picture(frame: number, alpha: boolean): Uint8Array {
  const data = new Uint8Array((AREA * (alpha ? 5 : 3)) / 2).fill(128);
  data.fill(40 + 10 * frame, 0, AREA);
  for (let at = (AREA * 3) / 2; at < data.length; at++) data[at] = at % SIZE.width < SIZE.width / 2 ? 0 : 255;
  return data;
}

describe.each(programs)('looks encoded by the %s ffmpeg', (_, media) => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'soyle-look-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  async function encode(name: string, look: Partial<EncodeJob>): Promise<{ outPath: string; audioPath: string }> {
    const [outPath, audioPath] = [join(dir, name), join(dir, `${name}.wav`)];
    await writeFile(audioPath, encodeWav(hum(COUNT * SAMPLES_PER_FRAME, 400)));
    async function* frames() {
      for (let frame = 0; frame < COUNT; frame++) yield picture(frame, look.alpha ?? false);
    }
    await encodeChunk({ ...SIZE, ...look, frames: frames(), frameCount: COUNT, audioPath, outPath }, media);
    return { outPath, audioPath };
  }

  /** Every frame of a file as raw bytes; VP9's matte is read by libvpx alone. */
  const decode = (path: string, format: string, ...input: string[]): Promise<Buffer> =>
    outputOf(media.ffmpegPath, [
      '-v',
      'error',
      ...input,
      '-i',
      path,
      '-vsync',
      '0',
      '-f',
      'rawvideo',
      '-pix_fmt',
      format,
      '-',
    ]);

  /** The matte's mean on the left and on the right, away from the edge between them. */
  function mattes(plane: Uint8Array, width: number): [left: number, right: number] {
    const mean = (from: number, to: number): number => {
      const values = plane.filter((_, at) => at % width >= from && at % width < to);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    return [mean(0, width / 2 - 4), mean(width / 2 + 4, width)];
  }

  function expectMatte(plane: Uint8Array, width: number, [dark, light]: [number, number]): void {
    const [left, right] = mattes(plane, width);
    expect(Math.abs(left - dark)).toBeLessThan(4);
    expect(Math.abs(right - light)).toBeLessThan(4);
  }

  it('writes a WebM with every frame and its matte', async () => {
    const { outPath } = await encode('person.webm', { format: 'webm', alpha: true });
    const { streams, format } = await shown(media, outPath, '-show_streams', '-show_format');
    expect(streams).toMatchObject([
      { codec_name: 'vp9', width: SIZE.width, height: SIZE.height },
      { codec_name: 'opus', sample_rate: '48000', channels: 1 },
    ]);
    expect(Math.abs(Number(format.duration) - COUNT * 0.04)).toBeLessThan(0.021);
    const times = await packets(media, outPath, 'v', 'pts_time');
    expect(times.map((time) => Math.round((time - times[0]!) * 1000))).toEqual(times.map((_, index) => 40 * index));
    expect((await probe(media, outPath, 'matroska')).video).toMatchObject({ alpha: true });
    const pictures = await decode(outPath, 'yuva420p', '-c:v', 'libvpx-vp9');
    const bytes = (AREA * 5) / 2;
    expect(pictures).toHaveLength(COUNT * bytes);
    for (let frame = 0; frame < COUNT; frame++) {
      const [own, wanted] = [pictures.subarray(frame * bytes, (frame + 1) * bytes), 40 + 10 * frame];
      expect(Math.abs(own[AREA - 1]! - wanted)).toBeLessThan(6);
      expectMatte(own.subarray((AREA * 3) / 2), SIZE.width, [0, 255]);
    }
  });

  it.each([
    ['as it is', undefined],
    ['scaled', { width: 64, height: 48 }],
  ])('stacks colours and matte %s, as an MP4 of exact length', async (name, scaled) => {
    const { outPath } = await encode(`${name}.mp4`, { format: 'stacked-mp4', alpha: true, scaled });
    const { width, height } = scaled ?? SIZE;
    const { streams, format } = await shown(media, outPath, '-show_streams', '-show_format');
    expect(streams[0]).toMatchObject({ codec_name: 'h264', width, height: 2 * height, pix_fmt: 'yuv420p' });
    expect(format.duration).toBe((COUNT * 0.04).toFixed(6));
    const pictures = await decode(outPath, 'yuv420p');
    const bytes = width * height * 3;
    expect(pictures).toHaveLength(COUNT * bytes);
    for (let frame = 0; frame < COUNT; frame++) {
      const own = pictures.subarray(frame * bytes, (frame + 1) * bytes);
      expect(Math.abs(own[0]! - (40 + 10 * frame))).toBeLessThan(6);
      // Limited range, so that a browser shows black and white.
      expectMatte(own.subarray(width * height, 2 * width * height), width, [16, 235]);
    }
  });

  it.each([
    ['mp4', 'h264'],
    ['webm', 'vp9'],
  ] as const)('scales an opaque %s', async (format, codec) => {
    const { outPath } = await encode(`small.${format}`, { format, scaled: { width: 64, height: 48 } });
    const { streams } = await shown(media, outPath, '-show_streams');
    expect(streams[0]).toMatchObject({ codec_name: codec, width: 64, height: 48, color_space: 'smpte170m' });
    expect(await packets(media, outPath, 'v', 'pts')).toHaveLength(COUNT);
  });

  it('joins transparent chunks, their mattes untouched', async () => {
    const parts = await Promise.all(
      ['one.webm', 'two.webm'].map((name) => encode(name, { format: 'webm', alpha: true })),
    );
    const [outPath, audioPath] = [join(dir, 'joined.webm'), join(dir, 'joined.wav')];
    await writeFile(audioPath, encodeWav(hum(2 * COUNT * SAMPLES_PER_FRAME, 400)));
    const videoPaths = parts.map((part) => part.outPath);
    const partsMs = parts.map(() => COUNT * 40);
    await joinChunks(
      { format: 'webm', alpha: true, videoPaths, partsMs, audioPath, durationMs: 2 * COUNT * 40, outPath },
      media,
    );
    const bytes = (AREA * 5) / 2;
    const pictures = await decode(outPath, 'yuva420p', '-c:v', 'libvpx-vp9');
    expect(pictures).toHaveLength(2 * COUNT * bytes);
    expect((await probe(media, outPath, 'matroska')).video).toMatchObject({ alpha: true });
    for (let frame = 0; frame < 2 * COUNT; frame++) {
      const own = pictures.subarray(frame * bytes, (frame + 1) * bytes);
      expectMatte(own.subarray((AREA * 3) / 2), SIZE.width, [0, 255]);
    }
    const times = await packets(media, outPath, 'v', 'pts_time');
    for (const [index, time] of times.entries()) expect(Math.abs(time - times[0]! - index * 0.04)).toBeLessThan(0.0015);
  });

  it('leaves nothing behind when it is aborted', async () => {
    const client = new AbortController();
    const outPath = join(dir, 'aborted.webm');
    const audioPath = join(dir, 'aborted.wav');
    await writeFile(audioPath, encodeWav(hum(COUNT * SAMPLES_PER_FRAME, 400)));
    async function* frames() {
      yield picture(0, true);
      client.abort(new Error('the client left'));
      yield picture(1, true);
    }
    const job = { ...SIZE, format: 'webm', alpha: true, frames: frames(), frameCount: 2, audioPath, outPath } as const;
    await expect(encodeChunk(job, media, client.signal)).rejects.toThrow('the client left');
    await expect(shown(media, outPath, '-show_format')).rejects.toThrow();
  });
});
