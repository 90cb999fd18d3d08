import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type OpenEngines, openEngines } from '../../src/engines.ts';
import { silentLog } from '../../src/log.ts';
import { i420ToRgb } from '../../src/media/colour.ts';
import { decodeFrames } from '../../src/media/decode.ts';
import { probe } from '../../src/media/probe.ts';
import { planChunks, type RenderRequest, renderStream } from '../../src/pipeline.ts';
import type { Studio } from '../../src/render.ts';
import type { Chunk, Look } from '../../src/types.ts';

const POSTER = fileURLToPath(new URL('../../avatars/anna/poster.webp', import.meta.url));
const SIDE = 480;
const forever = new AbortController().signal;

/** The bundled avatar cut out of her grey background, as a PNG: what is grey and joined to the picture's border goes. */
async function cutOut(path: string): Promise<void> {
  const poster = sharp(POSTER).resize(SIDE, SIDE).removeAlpha();
  const rgb = new Uint8Array(await poster.raw().toBuffer());
  const rgba = new Uint8Array(SIDE * SIDE * 4);
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++)
    rgba.set([...rgb.subarray(3 * pixel, 3 * pixel + 3), 255], 4 * pixel);
  const isGrey = (pixel: number): boolean => {
    const [red, green, blue] = rgb.subarray(3 * pixel, 3 * pixel + 3) as unknown as [number, number, number];
    return Math.max(red, green, blue) - Math.min(red, green, blue) < 22 && green > 75;
  };
  const reached = Array.from({ length: SIDE }, (_, at) => [at, at * SIDE, at * SIDE + SIDE - 1]).flat();
  for (let pixel = reached.pop(); pixel !== undefined; pixel = reached.pop()) {
    if (rgba[4 * pixel + 3] === 0 || !isGrey(pixel)) continue;
    rgba[4 * pixel + 3] = 0;
    const x = pixel % SIDE;
    if (x > 0) reached.push(pixel - 1);
    if (x < SIDE - 1) reached.push(pixel + 1);
    if (pixel >= SIDE) reached.push(pixel - SIDE);
    if (pixel < SIDE * (SIDE - 1)) reached.push(pixel + SIDE);
  }
  await sharp(rgba, { raw: { width: SIDE, height: SIDE, channels: 4 } })
    .png()
    .toFile(path);
}

let dir = '';
let open: OpenEngines;
let studio: Studio;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-looks-'));
  await Promise.all(['avatars/cutout', 'backgrounds'].map((folder) => mkdir(join(dir, folder), { recursive: true })));
  await cutOut(join(dir, 'avatars/cutout/anna.png'));
  const backdrop = { create: { width: 90, height: 60, channels: 3, background: '#304080' } } as const;
  await sharp(backdrop).png().toFile(join(dir, 'backgrounds/night.png'));
  const settings = readConfig({
    ...{ AVATARS_DIR: join(dir, 'avatars'), AVATAR: 'cutout', BACKGROUNDS_DIR: join(dir, 'backgrounds') },
    ...{ INFERENCE_WORKERS: '1', EXECUTION_PROVIDERS: 'cpu', TTS_CACHE_DISK_MB: '0' },
  });
  open = await openEngines(settings, silentLog);
  let files = 0;
  studio = { ...open, scratch: async (extension) => join(dir, `${files++}.${extension}`), turn: (work) => work() };
});
afterAll(async () => {
  await open?.close();
  await rm(dir, { recursive: true });
});

async function render(look: Look, more: Partial<RenderRequest> = {}): Promise<Chunk[]> {
  const texts = planChunks({ text: 'Привет, мир!', kind: 'chunks', chunkSize: 15, split: 'words' });
  const chunks: Chunk[] = [];
  for await (const chunk of renderStream({ texts, language: 'ru', look, ...more }, studio, forever)) {
    if ('error' in chunk) throw chunk.error;
    chunks.push(chunk);
  }
  return chunks;
}

/** Colour of the first frame's pixel at a share of its width and height, 0…255 each. */
async function pixelAt({ videoPath }: Chunk, u: number, v: number): Promise<number[]> {
  const { width, height, frames } = await decodeFrames(open.media, videoPath, {
    fps: 25,
    maxSide: 1920,
    maxFrames: 500,
  });
  const rgb = i420ToRgb(frames[0]!, width, height);
  const at = 3 * (Math.floor(v * height) * width + Math.floor(u * width));
  return [...rgb.subarray(at, at + 3)];
}
const isNear = (wanted: readonly number[]) => (colour: number[]) =>
  colour.every((value, channel) => Math.abs(value - wanted[channel]!) < 14);

describe('an avatar that was cut out', () => {
  it('stands before a screen, and is told from it', async () => {
    expect(open.avatar.screen).toBeDefined();
    const [chunk] = await render({});
    expect(await pixelAt(chunk!, 0.05, 0.05)).toSatisfy(isNear([0, 177, 64]));
  });

  it.each<[string, Look, number[]]>([
    ['a colour', { background: { colour: '#c08020' } }, [0xc0, 0x80, 0x20]],
    ['a picture', { background: { picture: 'night' }, resolution: 240 }, [0x30, 0x40, 0x80]],
  ])('can stand before %s, her face as it was', async (_, look, colour) => {
    const [plain] = await render({ resolution: look.resolution });
    const [chunk] = await render(look);
    expect(await pixelAt(chunk!, 0.05, 0.05)).toSatisfy(isNear(colour));
    expect(await pixelAt(chunk!, 0.95, 0.3)).toSatisfy(isNear(colour));
    expect(await pixelAt(chunk!, 0.5, 0.3)).toSatisfy(isNear(await pixelAt(plain!, 0.5, 0.3)));
  });

  it('can stand before nothing', async () => {
    const [webm] = await render({ background: 'transparent', resolution: 240 });
    expect(webm).toMatchObject({ format: 'webm', videoPath: expect.stringMatching(/\.webm$/) });
    expect((await probe(open.media, webm!.videoPath, 'matroska')).video).toMatchObject({
      ...{ codec: 'vp9', alpha: true, width: 240, height: 240 },
    });
    const [stacked] = await render({ format: 'stacked-mp4', crop: 'head', resolution: 128 });
    expect(await pixelAt(stacked!, 0.05, 0.55)).toSatisfy(isNear([0, 0, 0]));
    expect(await pixelAt(stacked!, 0.5, 0.75)).toSatisfy(isNear([255, 255, 255]));
  });
});

describe('looks', () => {
  it('cut the face out of the picture', async () => {
    const [chunk] = await render({ crop: 'head' });
    const { video } = await probe(open.media, chunk!.videoPath, 'mov');
    expect(video!.height).toBeLessThan(SIDE);
    const { face } = open.avatar;
    expect(video!.height).toBeGreaterThan(face.height);
  });

  it('name the model, and pads if it takes them, for one request', async () => {
    const still = { staticMode: true } as const;
    const own = await render(still);
    const other = await render({ ...still, model: 'soyle-wav2lip' });
    const padded = await render({ ...still, model: 'soyle-wav2lip', pads: [0, 20, 0, 0] });
    const unheeded = await render({ ...still, pads: [20, 20, 20, 20] });
    const frames = await Promise.all(
      [own, other, padded, unheeded].map(async ([chunk]) => {
        const options = { fps: 25, maxSide: 1920, maxFrames: 500 };
        return (await decodeFrames(open.media, chunk!.videoPath, options)).frames;
      }),
    );
    const isAs = (one: number, another: number) =>
      frames[one]!.every((frame, index) => Buffer.compare(frame, frames[another]![index]!) === 0);
    expect([isAs(0, 1), isAs(1, 2), isAs(0, 3)]).toEqual([false, false, true]);
    expect([own, padded, unheeded].map(([chunk]) => chunk!.warnings)).toEqual([undefined, undefined, ['pads_ignored']]);
    expect((await open.shelf.list()).filter(({ loaded }) => loaded).map(({ id }) => id)).toEqual([
      'soyle',
      'soyle-wav2lip',
    ]);
  });

  it('are refused when there is no such thing', async () => {
    const unknown = render({ model: 'lips' });
    await expect(unknown).rejects.toMatchObject({
      code: 'model_unknown',
      params: { model: 'lips', known: 'soyle, soyle-wav2lip, gan, nogan' },
    });
    await expect(render({ model: 'gan' })).rejects.toMatchObject({ code: 'model_unavailable' });
    const missing = render({ background: { picture: 'beach' } });
    await expect(missing).rejects.toMatchObject({ code: 'background_unknown', params: { known: 'night' } });
  });
});
