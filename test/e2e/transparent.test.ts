import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeWav } from '../../src/audio/wav.ts';
import { silentLog } from '../../src/log.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';
import { encodingOf, planShot, showFrames } from '../../src/shot.ts';
import { type Look, SAMPLES_PER_FRAME } from '../../src/types.ts';
import { joinChunks } from '../../src/video/concat.ts';
import { encodeChunk } from '../../src/video/encode.ts';
import { plainFrame } from '../../src/video/picture.ts';
import { faultsOf, launch, launchChromium } from '../examples/browser.ts';
import { openSite, type Site } from '../examples/site.ts';
import { describeWith } from '../examples/tools.ts';

const AUTOPLAY = '--autoplay-policy=no-user-gesture-required';
const [WIDTH, HEIGHT, FRAMES] = [128, 96, 25];
const SCREEN = '#14aa46';
const PERSON = '#c08070';

/** The screen on the left, something like skin on the right. */
function halves(): Uint8Array {
  const { data } = plainFrame(SCREEN, { width: WIDTH, height: HEIGHT });
  const person = plainFrame(PERSON, { width: WIDTH, height: HEIGHT }).data;
  const right = (at: number, width: number, rows: number) => {
    for (let row = 0; row < rows; row++) {
      const from = at + row * width + width / 2;
      data.set(person.subarray(from, from + width / 2), from);
    }
  };
  right(0, WIDTH, HEIGHT);
  right(WIDTH * HEIGHT, WIDTH / 2, HEIGHT / 2);
  right((WIDTH * HEIGHT * 5) / 4, WIDTH / 2, HEIGHT / 2);
  return data;
}

const screenOf = (): { u: number; v: number } => {
  const { data } = plainFrame(SCREEN, { width: 2, height: 2 });
  return { u: data[4]! - 128, v: data[5]! - 128 };
};

/** A pixel of what is seen of an element: red, green, blue, alpha; read in the page. */
type Pixel = [number, number, number, number];

describeWith(['chromium'], 'transparent video in a browser', () => {
  let folder: string;
  let site: Site;
  let browser: Browser;
  let withoutCard: Browser;

  beforeAll(async () => {
    [site, folder] = await Promise.all([openSite(), mkdtemp(join(tmpdir(), 'soyle-alpha-'))]);
    [browser, withoutCard] = await Promise.all([launch(), launchChromium('--disable-3d-apis', AUTOPLAY)]);
    site.file('stacked-video.js', fileURLToPath(new URL('../../web/stacked-video.js', import.meta.url)));
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), withoutCard?.close()]);
    await site?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The address of a clip that lasts a second. */
  async function clip(name: string, look: Look): Promise<string> {
    const avatar = { id: 'a', width: WIDTH, height: HEIGHT, face: { x: 70, y: 20, width: 30, height: 40 } };
    const shot = await planShot({ ...avatar, screen: screenOf() }, look, () => Promise.reject(new Error('no picture')));
    const [outPath, audioPath] = [join(folder, name), join(folder, `${name}.wav`)];
    await writeFile(audioPath, encodeWav(new Int16Array(FRAMES * SAMPLES_PER_FRAME)));
    async function* pictures() {
      for (let frame = 0; frame < FRAMES; frame++) yield halves();
    }
    const frames = showFrames(pictures(), { ...avatar, screen: screenOf() }, shot);
    const job = { ...encodingOf(shot), frames, frameCount: FRAMES, audioPath, outPath };
    await encodeChunk(job, createMedia({ log: silentLog }));
    return site.file(name, outPath);
  }

  /** Plays a page's `#player` to its end, then reads a pixel on its left and one on its right. */
  async function played(
    html: string,
    media: string,
    by: Browser = browser,
  ): Promise<{ pixels: Pixel[]; duration: number; faults: string[] }> {
    const page = await by.newPage();
    const faults = faultsOf(page);
    await page.goto(site.page(`${crypto.randomUUID()}.html`, `<!doctype html><title>T</title>${html}`));
    const seen = await page.evaluate(
      async ({ media, width, height }) => {
        const player = document.querySelector('#player') as HTMLElement & { video?: HTMLVideoElement };
        if (player.localName.includes('-')) await customElements.whenDefined(player.localName);
        const video = player.video ?? (player as HTMLVideoElement);
        video.src = media;
        const ended = new Promise((resolve, reject) => {
          video.onended = resolve;
          video.onerror = () => reject(new Error(video.error?.message));
        });
        await video.play();
        await ended;
        const picture = player.shadowRoot?.querySelector('canvas') ?? video;
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext('2d')!;
        context.drawImage(picture, 0, 0, width, height);
        const pixel = (x: number) => [...context.getImageData(x, height / 2, 1, 1).data];
        return { pixels: [pixel(width / 4), pixel((width * 3) / 4)], duration: video.duration };
      },
      { media, width: WIDTH, height: HEIGHT },
    );
    await page.close();
    return { ...(seen as { pixels: Pixel[]; duration: number }), faults };
  }

  function expectCutOut([left, right]: Pixel[]): void {
    expect(left![3]).toBeLessThan(8);
    expect(right![3]).toBeGreaterThan(247);
    const wanted = [PERSON.slice(1, 3), PERSON.slice(3, 5), PERSON.slice(5)].map((hex) => Number.parseInt(hex, 16));
    for (const [channel, value] of wanted.entries()) expect(Math.abs(right![channel]! - value)).toBeLessThan(12);
  }

  test('WebM plays as it is', async () => {
    const media = await clip('person.webm', { background: 'transparent' });
    const { pixels, duration, faults } = await played('<video id="player"></video>', media);
    expectCutOut(pixels);
    expect(Math.abs(duration - 1)).toBeLessThan(0.03);
    expect(faults).toEqual([]);
  });

  test('WebM that was joined of others plays as they do', async () => {
    const parts = ['one.webm', 'two.webm'];
    for (const name of parts) await clip(name, { background: 'transparent' });
    const [audioPath, outPath] = [join(folder, 'joined.wav'), join(folder, 'joined.webm')];
    await writeFile(audioPath, encodeWav(new Int16Array(2 * FRAMES * SAMPLES_PER_FRAME)));
    const videoPaths = parts.map((name) => join(folder, name));
    const job = { format: 'webm', alpha: true, videoPaths, partsMs: [1000, 1000], audioPath, outPath } as const;
    await joinChunks({ ...job, durationMs: 2000 }, createMedia({ log: silentLog }));
    const { pixels, duration, faults } = await played('<video id="player"></video>', site.file('joined.webm', outPath));
    expectCutOut(pixels);
    expect(Math.abs(duration - 2)).toBeLessThan(0.03);
    expect(faults).toEqual([]);
  });

  test.each([
    ['as it is', {}, true],
    ['scaled', { resolution: 64 }, true],
    ['where the browser has no WebGL', {}, false],
  ])('<stacked-video> plays the stacked MP4 %s', async (name, size, card) => {
    const look = { background: 'transparent', format: 'stacked-mp4', ...size } as const;
    const media = await clip(`${name.replaceAll(' ', '-')}.mp4`, look);
    const module = `<script type="module" src="${site.url}/stacked-video.js"></script>`;
    const by = card ? browser : withoutCard;
    const { pixels, duration, faults } = await played(
      `<stacked-video id="player"></stacked-video>${module}`,
      media,
      by,
    );
    expectCutOut(pixels);
    expect(duration).toBe(1);
    expect(faults).toEqual([]);
  });
});
