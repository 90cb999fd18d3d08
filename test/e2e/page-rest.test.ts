import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { FPS } from '../../src/types.ts';
import { launchChromium } from '../examples/browser.ts';
import { startServer, type TestServer } from '../examples/server.ts';
import { describeWith } from '../examples/tools.ts';
import { open, record, told } from './page-kit.ts';

/** 20 words: chunks of 5 and 15. */
const TEXT =
  'Бүгін таңертең біз ерте тұрып, ыстық шай ішіп, көлдің үстінен күннің қалай көтерілетінін ұзақ тамашаладық, ' +
  'содан кейін қайтадан үйге келдік.';

describeWith(['chromium'], 'the avatar at rest', () => {
  let browser: Browser;
  let server: TestServer | undefined;
  let avatars: string;

  beforeAll(async () => {
    browser = await launchChromium();
    avatars = await mkdtemp(join(tmpdir(), 'soyle-avatars-'));
  });
  // Pages left open would go on playing.
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await server?.close();
    server = undefined;
  });
  afterAll(async () => {
    await browser?.close();
    await rm(avatars, { recursive: true, force: true });
  });

  test('takes over the pose in which it was stopped', async () => {
    server = await startServer();
    const { page, faults } = await open(browser, server.url, { locale: 'kk-KZ' });
    await page.getByLabel('Мәтін', { exact: true }).fill(TEXT);
    const asked = page.waitForRequest((request) => request.url().endsWith('/api/stream_chunks'));
    await page.getByRole('button', { name: 'Айту' }).click();
    const { pose } = (await asked).postDataJSON();
    // The second word of the second chunk.
    await page.waitForFunction(() => window.record.words.length >= 7);
    const { first, second, idle, loop } = await page.evaluate(async () => {
      const videos = document.querySelector('talking-avatar')?.shadowRoot?.querySelectorAll('video') ?? [];
      const [idle, ...speakers] = [...videos] as [HTMLVideoElement, ...HTMLVideoElement[]];
      document.querySelector<HTMLButtonElement>('#stop')?.click();
      const shown = speakers.find((video) => video.classList.contains('shown'));
      const before = speakers.find((video) => video !== shown);
      await new Promise((resolve) => idle.addEventListener('seeked', resolve, { once: true }));
      return { first: before?.duration, second: shown?.currentTime, idle: idle.currentTime, loop: idle.duration };
    });
    expect(second).toBeGreaterThan(0.2);
    expect(idle).toBeCloseTo((pose / FPS + (first ?? 0) + (second ?? 0)) % loop, 1);
    expect(faults).toEqual([]);
  });

  test('of a photo that is to be still is its picture, and it speaks all the same', async () => {
    const photo = join(avatars, 'photo');
    await mkdir(photo);
    await copyFile(new URL('../../avatars/anna/poster.webp', import.meta.url), join(photo, 'me.webp'));
    await writeFile(join(photo, 'avatar.json'), JSON.stringify({ name: 'Me', source: 'me.webp', idle: 'still' }));
    server = await startServer({ AVATARS_DIR: avatars, AVATAR: 'photo' });
    const { page, faults } = await open(browser, server.url, { locale: 'kk-KZ' }, 'img');
    await page.getByLabel('Мәтін', { exact: true }).fill(TEXT);
    await page.getByRole('button', { name: 'Айту' }).click();
    await told(page, 'done 2/0');
    const { luma } = await record(page);
    expect(Math.min(...luma)).toBeGreaterThan(50);
    expect(await page.locator('talking-avatar .shown').evaluateAll((all) => all.map(({ tagName }) => tagName))).toEqual(
      ['IMG'],
    );
    expect(await page.locator('#problem').isHidden()).toBe(true);
    expect(faults).toEqual([]);
  });
});
