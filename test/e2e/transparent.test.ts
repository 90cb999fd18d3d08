import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
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

/** What became of a player that nobody touched. */
interface Shown {
  plays: number;
  /** On its right. */
  pixel: Pixel;
  /** Whether it shows its play button. */
  asks: boolean;
}

describeWith(['chromium'], 'transparent video in a browser', () => {
  let folder: string;
  let site: Site;
  let browser: Browser;
  let withoutCard: Browser;
  /** Lets sound start for a click alone. */
  let strict: Browser;

  beforeAll(async () => {
    [site, folder] = await Promise.all([openSite(), mkdtemp(join(tmpdir(), 'soyle-alpha-'))]);
    [browser, withoutCard, strict] = await Promise.all([
      launch(),
      launchChromium('--disable-3d-apis', AUTOPLAY),
      launchChromium(),
    ]);
    site.file('stacked-video.js', fileURLToPath(new URL('../../web/stacked-video.js', import.meta.url)));
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), withoutCard?.close(), strict?.close()]);
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
    expectPerson(right!);
  }

  function expectPerson(pixel: Pixel): void {
    expect(pixel[3]).toBeGreaterThan(247);
    const wanted = [PERSON.slice(1, 3), PERSON.slice(3, 5), PERSON.slice(5)].map((hex) => Number.parseInt(hex, 16));
    for (const [channel, value] of wanted.entries()) expect(Math.abs(pixel[channel]! - value)).toBeLessThan(12);
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

  /** Takes the page a moment in which a video that may start by itself would have. */
  const WAIT = `const moment = () => new Promise((resolve) => setTimeout(resolve, 600));
    const seen = (video, type) => new Promise((resolve) => video.addEventListener(type, resolve, { once: true }));`;

  /**
   * Opens a page of its own and runs a script in it, for whatever Playwright evaluates counts as a person's gesture.
   *
   * @param script body of an async function that knows `player`, `video`, `button`, `pixel()`; what it returns is answered
   */
  async function unasked<T>(html: string, script: string): Promise<{ page: Page; answer: T; faults: string[] }> {
    const page = await strict.newPage();
    const faults = faultsOf(page);
    const told = page.waitForEvent('console', (message) => message.text().startsWith('answer '));
    const body = `<!doctype html><html lang="kk"><link rel="icon" href="data:,"><title>T</title>${html}
      <script type="module">
        import '${site.url}/stacked-video.js';
        const player = document.querySelector('#player') ?? document.createElement('stacked-video');
        const { video } = player;
        const button = player.shadowRoot.querySelector('button');
        const pixel = () => {
          const context = new OffscreenCanvas(${WIDTH}, ${HEIGHT}).getContext('2d');
          context.drawImage(player.shadowRoot.querySelector('canvas'), 0, 0, ${WIDTH}, ${HEIGHT});
          return [...context.getImageData(${(WIDTH * 3) / 4}, ${HEIGHT / 2}, 1, 1).data];
        };
        let plays = 0;
        video.addEventListener('play', () => plays++);
        ${WAIT}
        const run = async () => { ${script} };
        run().then((answer) => console.info('answer ' + JSON.stringify(answer)), (fault) => console.error(fault));
      </script>`;
    await page.goto(site.page(`${crypto.randomUUID()}.html`, body));
    const answer = JSON.parse((await told).text().slice('answer '.length)) as T;
    return { page, answer, faults };
  }

  describe('under the rules that browsers have for sound', () => {
    let media: string;
    let other: string;
    const stacked = (attributes: string) => `<stacked-video id="player" ${attributes}></stacked-video>`;

    // Pages left open would go on playing.
    afterEach(() => Promise.all(strict.contexts().map((context) => context.close())));
    beforeAll(async () => {
      const look = { background: 'transparent', format: 'stacked-mp4' } as const;
      media = await clip('unasked.mp4', look);
      other = await clip('unasked-too.mp4', look);
    });

    test('a muted <stacked-video> plays by itself, once', async () => {
      const script = 'await seen(video, "ended"); return { plays, pixel: pixel(), asks: !button.hidden };';
      const { answer, faults } = await unasked<Shown>(stacked(`src="${media}" autoplay muted`), script);
      expect(answer).toMatchObject({ plays: 1, asks: false });
      expectPerson(answer.pixel);
      expect(faults).toEqual([]);
    });

    test('one made by a script, or told so later, plays too', async () => {
      const script = `
        player.setAttribute('src', '${media}');
        await seen(video, 'loadeddata');
        player.setAttribute('autoplay', '');
        player.setAttribute('muted', '');
        await moment();
        const before = plays;
        document.body.append(player);
        await seen(video, 'ended');
        return { before, plays };`;
      const { answer, faults } = await unasked('', script);
      expect(answer).toEqual({ before: 0, plays: 1 });
      expect(faults).toEqual([]);
    });

    test('without autoplay it shows its first frame and waits', async () => {
      const script =
        'await seen(video, "loadeddata"); await moment(); return { plays, pixel: pixel(), asks: !button.hidden };';
      for (const attributes of ['', 'muted']) {
        const { answer, page } = await unasked<Shown>(stacked(`src="${media}" ${attributes}`), script);
        expect(answer).toMatchObject({ plays: 0, asks: false });
        expectPerson(answer.pixel);
        await page.close();
      }
    });

    test('where its sound is refused it shows its first frame and a button, which the keyboard reaches', async () => {
      const script = `
        await new Promise((resolve) => new MutationObserver(resolve).observe(button, { attributes: true }));
        await moment();
        return { plays, pixel: pixel(), asks: !button.hidden };`;
      const { answer, page, faults } = await unasked<Shown>(stacked(`src="${media}" autoplay`), script);
      expect(answer).toMatchObject({ plays: 0, asks: true });
      expectPerson(answer.pixel);
      const button = page.getByRole('button', { name: 'Дыбысты қосу' });
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await button.waitFor({ state: 'hidden' });
      const ended = (player: HTMLElement & { video?: HTMLVideoElement }) => player.video?.ended;
      await expect.poll(() => page.locator('#player').evaluate(ended), { timeout: 10_000 }).toBe(true);
      expect(faults).toEqual([]);
    });

    test('muted after it was refused it plays, with sound again it asks', async () => {
      const script = `
        const changed = () => new Promise((resolve) => new MutationObserver(resolve).observe(button, { attributes: true }));
        await changed();
        player.setAttribute('muted', '');
        await seen(video, 'playing');
        const muted = !button.hidden;
        const asked = changed();
        player.removeAttribute('muted');
        await asked;
        return { muted, loud: !button.hidden, paused: video.paused };`;
      const { answer } = await unasked(stacked(`src="${media}" autoplay loop`), script);
      expect(answer).toEqual({ muted: false, loud: true, paused: true });
    });

    test('another file takes the place of the one that plays', async () => {
      const script = `
        await seen(video, 'playing');
        player.setAttribute('src', '${other}');
        await seen(video, 'emptied');
        await seen(video, 'ended');
        return { plays, file: video.currentSrc };`;
      const { answer, faults } = await unasked(stacked(`src="${media}" autoplay muted`), script);
      expect(answer).toEqual({ plays: 2, file: other });
      expect(faults).toEqual([]);
    });

    test('moved within the page it plays on; taken out it stops, and goes on when it is back', async () => {
      const script = `
        await seen(video, 'playing');
        document.body.append(document.createElement('div'));
        document.querySelector('div').append(player);
        await moment();
        const moved = [video.paused, plays];
        player.remove();
        await seen(video, 'pause');
        await moment();
        const out = [video.paused, plays];
        document.body.append(player);
        await seen(video, 'playing');
        return { moved, out, back: [video.paused, plays] };`;
      const { answer, faults } = await unasked(stacked(`src="${media}" autoplay muted loop`), script);
      expect(answer).toEqual({ moved: [false, 1], out: [true, 1], back: [false, 2] });
      expect(faults).toEqual([]);
    });

    test('it does not start unseen, nor after pause()', async () => {
      const unseen = `
        await seen(video, 'canplaythrough');
        await moment();
        const before = plays;
        player.scrollIntoView();
        await seen(video, 'playing');
        return [before, plays];`;
      const markup = `<div style="height: 300vh"></div>${stacked('autoplay muted loop')}`;
      const { answer } = await unasked(markup, `player.setAttribute('src', '${media}'); ${unseen}`);
      expect(answer).toEqual([0, 1]);
      const held = `
        player.setAttribute('src', '${media}');
        player.pause();
        await seen(video, 'canplaythrough');
        await moment();
        return plays;`;
      expect((await unasked(stacked('autoplay muted'), held)).answer).toBe(0);
    });
  });
});
