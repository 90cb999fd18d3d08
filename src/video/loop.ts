import { rm, writeFile } from 'node:fs/promises';
import { encodeWav } from '../audio/wav.ts';
import type { Media } from '../media/ffmpeg.ts';
import { type Frame, SAMPLES_PER_FRAME } from '../types.ts';
import { type EncodeJob, encodeChunk } from './encode.ts';

/** A silent loop of `frames` as an MP4 like a chunk's, so that players treat both alike. Throws as `encodeChunk` does. */
export async function encodeLoop(
  loop: Iterable<Frame> & { readonly length: number },
  outPath: string,
  quality: Pick<EncodeJob, 'preset' | 'crf' | 'threads'>,
  media: Media,
  signal?: AbortSignal,
): Promise<void> {
  const [first] = loop;
  if (!first) throw new RangeError('a loop without frames');
  const audioPath = `${outPath}.wav`;
  const frames = (async function* () {
    for (const { data } of loop) yield data;
  })();
  try {
    await writeFile(audioPath, encodeWav(new Int16Array(loop.length * SAMPLES_PER_FRAME)));
    const { width, height } = first;
    await encodeChunk(
      { ...quality, width, height, frames, frameCount: loop.length, audioPath, outPath },
      media,
      signal,
    );
  } finally {
    await rm(audioPath, { force: true });
  }
}
