import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingQuietStart } from '../../src/audio/chunk-sound.ts';
import { mouthWeights } from '../../src/audio/silence-gate.ts';
import { encodeWav, parseWav } from '../../src/audio/wav.ts';
import { invert } from '../../src/avatar/geometry.ts';
import { readConfig } from '../../src/config.ts';
import { type OpenEngines, openEngines } from '../../src/engines.ts';
import { silentLog } from '../../src/log.ts';
import { decodeFrames } from '../../src/media/decode.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';
import { probe } from '../../src/media/probe.ts';
import { planChunks, renderStream } from '../../src/pipeline.ts';
import { renderChunk, type Studio } from '../../src/render.ts';
import { say } from '../../src/say.ts';
import { openScene } from '../../src/scene.ts';
import { talkingFrames } from '../../src/talking-frames.ts';
import { type Chunk, FPS, type Language, SAMPLES_PER_FRAME } from '../../src/types.ts';

const TEXTS: Record<Language, string> = {
  ru: 'Мама мыла раму. А потом пошла гулять в парк!',
  kk: 'Әке үйде отыр. Ғалым қызық кітап оқып, әңгіме айтты!',
  en: 'My mother opened the window. People walk by and wave!',
};

const media = createMedia({ log: silentLog });
const forever = new AbortController().signal;
let folder: string;
let open: OpenEngines;
let studio: Studio;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'soyle-render-'));
  open = await openEngines(readConfig({ EXECUTION_PROVIDERS: 'cpu' }), silentLog);
  let files = 0;
  studio = { ...open, scratch: async (extension) => join(folder, `${files++}.${extension}`), turn: (work) => work() };
});
afterAll(async () => {
  await open.close();
  await rm(folder, { recursive: true, force: true });
});

async function render(text: string, language: Language, chunkSize = 15): Promise<Chunk[]> {
  const texts = planChunks({ text, kind: 'chunks', chunkSize, split: 'words' });
  const chunks: Chunk[] = [];
  for await (const chunk of renderStream({ texts, language }, studio, forever)) {
    if ('error' in chunk) throw chunk.error;
    chunks.push(chunk);
  }
  return chunks;
}

const masks = new Map<number, Uint8Array>();

/** For every luma sample of loop frame `index`, 1 if its place in the crop has any mask around it. */
function maskOf(index: number): Uint8Array {
  const known = masks.get(index);
  if (known) return known;
  const { width, height, crops, masks: drawn } = open.avatar;
  const mask = drawn[index]!;
  const [a, b, tx, c, d, ty] = invert(crops[index]!);
  const at = (row: number, column: number) =>
    row < 0 || column < 0 || row >= mask.size || column >= mask.size ? 0 : mask.data[row * mask.size + column]!;
  const inside = Uint8Array.from({ length: width * height }, (_, pixel) => {
    const [x, y] = [(pixel % width) + 0.5, Math.floor(pixel / width) + 0.5];
    const column = Math.floor((a * x + b * y + tx) * mask.size - 0.5);
    const row = Math.floor((c * x + d * y + ty) * mask.size - 0.5);
    return at(row, column) || at(row, column + 1) || at(row + 1, column) || at(row + 1, column + 1) ? 1 : 0;
  });
  masks.set(index, inside);
  return inside;
}

/** Luma difference of two pictures of loop frame `index`, inside (1) or outside (0) its mask. */
function lumaError(a: Uint8Array, b: Uint8Array, index: number, side: 0 | 1): { mean: number; max: number } {
  const inside = maskOf(index);
  let [sum, count, max] = [0, 0, 0];
  for (let pixel = 0; pixel < inside.length; pixel++) {
    if (inside[pixel] !== side) continue;
    const difference = a[pixel]! - b[pixel]!;
    sum += difference * difference;
    max = Math.max(max, Math.abs(difference));
    count++;
  }
  return { mean: sum / count, max };
}

describe.each(Object.keys(TEXTS) as Language[])('a chunk in %s', (language) => {
  let chunk: Chunk;
  let pcm: Int16Array;
  let pictures: Uint8Array[];
  beforeAll(async () => {
    const speech = await say({ text: TEXTS[language], language }, open.speech, forever);
    const text = { index: 0, offset: 0, text: TEXTS[language] };
    const scene = await openScene(undefined, {}, studio, forever);
    const made = await renderChunk(text, speech, { pose: 0 }, scene, studio, forever);
    if ('error' in made) throw made.error;
    chunk = made;
    pcm = parseWav(await readFile(chunk.audioPath)).pcm;
    pictures = [];
    for await (const picture of talkingFrames(pcm, { pose: 0 }, open.avatar, open.lips, forever))
      pictures.push(picture.slice());
  });

  it('has one duration: of the WAV to the sample, of the container, of both tracks', async () => {
    expect(chunk.durationMs).toBe(chunk.frames * 40);
    const wav = parseWav(await readFile(chunk.audioPath));
    expect(wav).toMatchObject({ sampleRate: 16_000, channels: 1 });
    expect(wav.pcm.length).toBe(chunk.frames * SAMPLES_PER_FRAME);
    expect(missingQuietStart(wav.pcm)).toBe(0);
    const { durationSeconds, video, audio } = await probe(media, chunk.videoPath, 'mov');
    expect(durationSeconds).toBe(chunk.durationMs / 1000);
    expect(video?.durationSeconds).toBe(chunk.durationMs / 1000);
    expect(audio?.durationSeconds).toBe(chunk.durationMs / 1000);
  });

  it('moves the mouth while speech sounds, and shows the avatar’s own frames in silence', () => {
    const weights = mouthWeights(pcm);
    expect(pictures.length).toBe(weights.length);
    const silent = weights.filter((weight) => weight === 0).length;
    expect(silent).toBeGreaterThan(0);
    const moved = pictures.filter((picture, index) => {
      const own = open.avatar.frames[index % open.avatar.frames.length]!.data;
      if (weights[index] === 0) expect(Buffer.compare(picture, own)).toBe(0);
      return lumaError(picture, own, index % open.avatar.frames.length, 1).mean > 4;
    });
    expect(moved.length).toBeGreaterThan(0.5 * (weights.length - silent));
  });

  it('touches no pixel outside the mask before encoding', () => {
    for (const [index, picture] of pictures.entries()) {
      const own = open.avatar.frames[index % open.avatar.frames.length]!.data;
      expect(lumaError(picture, own, index % open.avatar.frames.length, 0).max).toBe(0);
    }
  });

  it('keeps 40 dB outside the mask after decoding, against the same frames encoded without a mouth', async () => {
    const plainPath = join(folder, `plain-${language}.mp4`);
    const audioPath = join(folder, `plain-${language}.wav`);
    await writeFile(audioPath, encodeWav(pcm));
    const { width, height, frames } = open.avatar;
    const own = async function* () {
      for (let index = 0; index < pictures.length; index++) yield frames[index % frames.length]!.data;
    };
    await open.encode(
      { width, height, frames: own(), frameCount: pictures.length, audioPath, outPath: plainPath },
      forever,
    );
    const options = { fps: FPS, maxSide: width, maxFrames: 1000 };
    const [spoken, plain] = await Promise.all(
      [chunk.videoPath, plainPath].map((path) => decodeFrames(media, path, options)),
    );
    expect(spoken!.frames.length).toBe(pictures.length);
    const worst = Math.max(
      ...spoken!.frames.map(
        (picture, index) => lumaError(picture, plain!.frames[index]!, index % frames.length, 0).mean,
      ),
    );
    expect(10 * Math.log10(255 ** 2 / worst)).toBeGreaterThanOrEqual(40);
  });
});

describe('renderStream', () => {
  it('continues the avatar’s pose from chunk to chunk', async () => {
    const [first, second] = await render('раз два', 'ru', 1);
    const options = { fps: FPS, maxSide: open.avatar.width, maxFrames: 1000 };
    const { frames } = await decodeFrames(media, second!.videoPath, options);
    const errors = open.avatar.frames.map(({ data }, index) => lumaError(frames[0]!, data, index, 0).mean);
    expect(errors.indexOf(Math.min(...errors))).toBe(first!.frames % open.avatar.frames.length);
  });

  it('makes a short silent chunk of a text with nothing to pronounce', async () => {
    const [chunk] = await render('… — !!! 🙂', 'ru', 15);
    expect(chunk!.durationMs).toBe(480);
    const wav = parseWav(await readFile(chunk!.audioPath));
    expect(wav.pcm.every((sample) => sample === 0)).toBe(true);
  });

  it('gives word times that point into the text as written', async () => {
    const text = 'Тестовый   текст,\nс переносом & знаками';
    const [chunk] = await render(text, 'ru');
    expect(chunk!.words.map((word) => word.text)).toContain('переносом');
    for (const word of chunk!.words) {
      expect(chunk!.text.slice(word.textOffset, word.textOffset + word.text.length)).toBe(word.text);
      expect(word.endMs).toBeGreaterThan(word.startMs);
      expect(word.endMs).toBeLessThanOrEqual(chunk!.durationMs);
    }
  });
});
