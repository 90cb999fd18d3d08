import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { encodeWav } from '../../src/audio/wav.ts';
import type { FaceFinder } from '../../src/avatar/face.ts';
import type { LipSync } from '../../src/lipsync/lipsync.ts';
import type { LipsModel } from '../../src/lipsync/manifest.ts';
import { rgbToI420 } from '../../src/media/colour.ts';
import type { Media } from '../../src/media/ffmpeg.ts';
import { SAMPLES_PER_FRAME } from '../../src/types.ts';
import { encodeChunk } from '../../src/video/encode.ts';
import { place } from '../lips/place.ts';
import { sit } from '../lips/sitters.ts';
import { median, timed } from '../measure.ts';
import { speaking } from './speaking.ts';

const RUNS = 5;

export interface Cost {
  /** Median of pasting alone, ms per frame that speaks. */
  paste: number;
  /** Lips, pasting and encoding, ms per frame. */
  whole: number;
}

/** What a picture costs that is scaled to `side`×`side` first. */
export async function measureCost(
  path: string,
  side: number,
  pcm: Int16Array,
  { lips, model, finder, media }: { lips: LipSync; model: LipsModel; finder: FaceFinder; media: Media },
): Promise<Cost> {
  const pixels = await sharp(path).autoOrient().resize(side, side).flatten().removeAlpha().raw().toBuffer();
  const frame = { width: side, height: side, data: rgbToI420(pixels, side, side) };
  const sitter = await sit(path, frame, finder);
  if (!sitter) throw new Error(`no face in ${path}`);
  const placed = place(sitter, model.framing, lips.size);
  const [audioPath, outPath] = ['wav', 'mp4'].map((kind) => join(tmpdir(), `soyle-paste-${process.pid}.${kind}`));
  await writeFile(audioPath!, encodeWav(pcm));
  const times: number[] = [];
  async function* pictures(): AsyncGenerator<Uint8Array> {
    for await (const { data, ms } of speaking(sitter!, placed, pcm, lips)) {
      if (ms > 0) times.push(ms);
      yield data;
    }
  }
  const frameCount = pcm.length / SAMPLES_PER_FRAME;
  const render = () =>
    encodeChunk(
      { width: side, height: side, frames: pictures(), frameCount, audioPath: audioPath!, outPath: outPath! },
      media,
    );
  try {
    await render();
    const runs: number[] = [];
    for (let run = 0; run < RUNS; run++) runs.push(await timed(render));
    return { paste: median(times), whole: median(runs) / frameCount };
  } finally {
    await Promise.all([audioPath!, outPath!].map((file) => rm(file, { force: true })));
  }
}
