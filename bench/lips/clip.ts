import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { encodeWav } from '../../src/audio/wav.ts';
import { silentLog } from '../../src/log.ts';
import { i420ToRgb, rgbToI420 } from '../../src/media/colour.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';
import { encodeChunk } from '../../src/video/encode.ts';

export interface Clip {
  width: number;
  height: number;
  pcm: Int16Array;
  /** I420, one per video frame of `pcm`. */
  frames: readonly Uint8Array[];
  frameCount: number;
  /** Makes it so wide and high; the frames must be square. */
  side?: number;
}

/** Small enough for a repository, good enough to judge lips by. */
const CRF = 25;

/** Frames and sound as an MP4, encoded by the server's own code. */
export async function writeClip(path: string, clip: Clip): Promise<void> {
  const { pcm, frameCount, side } = clip;
  const { width, height, frames } =
    side === undefined ? clip : { width: side, height: side, frames: await resized(clip, side) };
  const dir = await mkdtemp(join(tmpdir(), 'soyle-clip-'));
  try {
    const audioPath = join(dir, 'sound.wav');
    await writeFile(audioPath, encodeWav(pcm));
    await mkdir(dirname(path), { recursive: true });
    const job = {
      width,
      height,
      frameCount,
      frames: each(frames),
      audioPath,
      outPath: path,
      preset: 'medium',
      crf: CRF,
    };
    await encodeChunk(job, createMedia({ log: silentLog }));
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function resized({ width, height, frames }: Clip, side: number): Promise<Uint8Array[]> {
  return Promise.all(
    frames.map(async (data) => {
      const picture = sharp(i420ToRgb(data, width, height), { raw: { width, height, channels: 3 } });
      return rgbToI420(new Uint8Array(await picture.resize(side, side).raw().toBuffer()), side, side);
    }),
  );
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
