import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../examples/browser.ts';
import { startServer, type TestServer } from '../examples/server.ts';
import { describeWith } from '../examples/tools.ts';
import { open, record, told } from './page-kit.ts';

/** 20 words: a first chunk of 5, and 15. */
const TEXT =
  'Сегодня утром мы проснулись рано, выпили горячего чая и долго смотрели, как над озером тихо поднимается ' +
  'солнце и улетает туман.';
const WORDS = TEXT.match(/\p{L}+/gu) ?? [];

/** Of a text, code points; not the default, so that the page can know it from the server alone. */
const LIMIT = 4_000;

const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describeWith(['chromium'], 'the page', () => {
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer({ MAX_TEXT_CHARS: String(LIMIT) }), launchChromium()]);
  });
  // Pages left open would go on playing.
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const busy = async () => {
    const { queue } = (await (await fetch(`${server.url}/api/health`)).json()) as { queue: { active: number } };
    return queue.active;
  };

  test('speaks two chunks to their end without a blank picture, lighting the words in order', async () => {
    const { page, faults } = await open(browser, server.url);
    await page.getByLabel('Текст', { exact: true }).fill(TEXT);
    await page.getByRole('button', { name: 'Сказать' }).click();
    await told(page, 'done');

    const { events, words, lit, ended, luma } = await record(page);
    expect(events.filter((line) => !line.startsWith('chunkready') && !line.startsWith('buffering'))).toEqual([
      'start',
      'chunkstart 0',
      'chunkend 0',
      'chunkstart 1',
      'chunkend 1',
      'done 2/0',
    ]);
    expect(ended.map(({ video }) => video).sort()).toEqual([1, 2]);
    expect(Math.min(...ended.map(({ width }) => width))).toBeGreaterThan(0);
    expect(words).toEqual(WORDS);
    expect(lit.map((word) => word.replace(/[.,]/g, ''))).toEqual(WORDS);
    // The avatar is bright; black or nothing at a single refresh would be near 0.
    expect(luma.length).toBeGreaterThan(50);
    expect(Math.min(...luma)).toBeGreaterThan(50);

    await page.getByText('Скачать фрагменты').click();
    const [video, sound] = await Promise.all(
      ['MP4: Фрагмент 2', 'WAV: Фрагмент 2'].map((name) => page.getByRole('link', { name }).getAttribute('href')),
    );
    expect((await fetch(new URL(video ?? '', server.url))).headers.get('content-type')).toBe('video/mp4');
    expect((await fetch(new URL(sound ?? '', server.url))).headers.get('content-type')).toBe('audio/wav');
    expect(faults).toEqual([]);
  });

  test('stops at once, and the server with it', async () => {
    const { page, faults } = await open(browser, server.url);
    await page.getByLabel('Текст', { exact: true }).fill(`${TEXT} `.repeat(20));
    await page.getByRole('button', { name: 'Сказать' }).click();
    await told(page, 'chunkstart');
    expect(await busy()).toBe(1);
    await page.getByRole('button', { name: 'Стоп' }).click();
    await expect.poll(() => page.getByRole('status').textContent()).toBe('Остановлено');
    const sounding = () =>
      page.evaluate(() => {
        const videos = document.querySelector('talking-avatar')?.shadowRoot?.querySelectorAll('video') ?? [];
        return [...videos].filter((video) => !video.muted && !video.paused).length;
      });
    expect(await sounding()).toBe(0);
    await expect.poll(busy, { timeout: 10_000 }).toBe(0);
    expect((await record(page)).events.join()).not.toMatch(/done|error/);
    expect(faults).toEqual([]);
  });

  test('fits a phone, at rest and while speaking', async () => {
    const { page, faults } = await open(browser, server.url, phone);
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(await overflow()).toBe(0);
    await page.getByLabel('Текст', { exact: true }).fill(`${'оченьдлинное'.repeat(8)} ${TEXT}`);
    await page.getByRole('button', { name: 'Сказать' }).tap();
    await told(page, 'chunkstart 1');
    expect(await overflow()).toBe(0);
    /** Of the transcript, in lines: those to be seen, and those above them. */
    const lines = () =>
      page.locator('#transcript').evaluate((box) => {
        const height = Number.parseFloat(getComputedStyle(box).lineHeight);
        return { seen: box.clientHeight / height, above: box.scrollTop / height };
      });
    expect((await lines()).seen).toBeCloseTo(4, 1);
    await expect.poll(async () => (await lines()).above).toBeGreaterThan(2);
    await page.getByRole('button', { name: 'Стоп' }).tap();
    await expect.poll(async () => (await lines()).above).toBe(0);
    expect(faults).toEqual([]);
  });

  test('works under the prefix and asks for nothing outside of it', async () => {
    const { page, faults, asked } = await open(browser, `${server.url}/r/`);
    await page.getByLabel('Текст', { exact: true }).fill('Проверка связи.');
    await page.getByRole('button', { name: 'Сказать' }).click();
    await told(page, 'done 1/0');
    expect(asked.filter((url) => !url.startsWith(`${server.url}/r/`))).toEqual([]);
    expect(asked.some((url) => url.includes('/r/api/chunk/video/'))).toBe(true);
    expect(faults).toEqual([]);
  });

  test('needs no mouse', async () => {
    const { page, faults } = await open(browser, server.url);
    const focused = () => page.evaluate(() => document.activeElement?.id);
    const seen: (string | undefined)[] = [];
    while ((await focused()) !== 'text' && seen.length < 10) {
      await page.keyboard.press('Tab');
      seen.push(await focused());
    }
    // The first is the link to the avatars.
    expect(seen).toEqual(['', 'interface', 'text']);
    await page.keyboard.insertText(`${TEXT} `.repeat(5));
    await page.keyboard.press('Control+Enter');
    await told(page, 'chunkstart');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('status').textContent()).toBe('Остановлено');
    expect(faults).toEqual([]);
  });

  test('speaks the language of its reader, who may choose another', async () => {
    const { page, faults } = await open(browser, server.url, { locale: 'kk-KZ' });
    expect(await page.locator('html').getAttribute('lang')).toBe('kk');
    expect(await page.getByRole('radio', { name: 'Қазақша' }).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Айту' }).click();
    expect(await page.getByRole('alert').textContent()).toBe('Алдымен мәтін жазыңыз.');
    await page.getByLabel('Бет тілі').selectOption('en');
    expect(await page.getByRole('alert').textContent()).toBe('Write a text first.');
    expect(await page.title()).toBe('Söyle — talking avatar');
    expect(faults).toEqual([]);
  });

  test("holds the text to the server's limit and counts as the server does", async () => {
    const { page } = await open(browser, server.url, { locale: 'en-GB' });
    const text = page.getByLabel('Text', { exact: true });
    await text.fill('👋'.repeat(LIMIT));
    await expect.poll(() => page.locator('#counter').textContent()).toBe('4,000 of 4,000 characters');
    expect(await text.getAttribute('aria-invalid')).toBe('false');
    await text.press('End');
    await page.keyboard.insertText('!');
    expect(await page.locator('#counter').textContent()).toBe('4,001 of 4,000 characters');
    await page.getByRole('button', { name: 'Speak' }).click();
    expect(await page.getByRole('alert').textContent()).toBe('The text is too long: at most 4,000 characters.');
    expect((await record(page)).events).toEqual([]);
  });

  test('takes a complaint back once it has been heeded, and asks for a quick first chunk', async () => {
    const { page, faults } = await open(browser, server.url, { locale: 'en-GB' });
    const alert = page.getByRole('alert');
    await page.getByLabel('Text', { exact: true }).fill('One.');
    await page.getByLabel('Words per chunk').fill('0');
    await page.getByRole('button', { name: 'Speak' }).click();
    expect(await alert.textContent()).toBe('Words per chunk must be between 1 and 200.');
    await page.getByLabel('Words per chunk').fill('300');
    expect(await alert.isVisible()).toBe(true);
    await page.getByLabel('Words per chunk').fill('20');
    expect(await alert.isVisible()).toBe(false);
    const asked = page.waitForRequest((request) => request.url().endsWith('/api/stream_chunks'));
    await page.getByRole('button', { name: 'Speak' }).click();
    expect((await asked).postDataJSON()).toMatchObject({ chunk_size: 20, first_chunk_size: 5, split: 'smart' });
    await told(page, 'done 1/0');
    expect(faults).toEqual([]);
  });

  test('refusing a text leaves the speech under way alone', async () => {
    const { page, faults } = await open(browser, server.url, { locale: 'kk-KZ' });
    await page.getByLabel('Мәтін', { exact: true }).fill('Сәлеметсіз бе, достар!');
    await page.getByRole('button', { name: 'Айту' }).click();
    await told(page, 'chunkstart');
    await page.getByLabel('Мәтін', { exact: true }).fill('');
    await page.getByRole('button', { name: 'Айту' }).click();
    expect(await page.getByRole('alert').textContent()).toBe('Алдымен мәтін жазыңыз.');
    await told(page, 'done 1/0');
    await expect.poll(() => page.getByRole('status').textContent()).toBe('Айтылды');
    expect(await page.getByRole('button', { name: 'Тоқтату' }).isDisabled()).toBe(true);
    expect(faults).toEqual([]);
  });

  test('works where the browser keeps no data for sites', async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    await context.addInitScript(() => {
      const refuse = () => {
        throw new DOMException('Access is denied for this document.', 'SecurityError');
      };
      Object.defineProperty(window, 'localStorage', { get: refuse });
    });
    const page = await context.newPage();
    await page.goto(server.url);
    await expect.poll(() => page.getByRole('status').textContent()).toBe('Ready to speak');
    await page.getByLabel('Page language').selectOption('kk');
    expect(await page.title()).toBe('Söyle — сөйлейтін аватар');
  });

  test('says what is wrong, and waits for a server that is loading', async () => {
    const { page } = await open(browser, server.url, { locale: 'en-GB' });
    const alert = () => page.getByRole('alert').textContent();
    const speak = () => page.getByRole('button', { name: 'Speak' }).click();
    await page.getByRole('button', { name: 'English' }).click();
    const refuse = (status: number, code: string, waitSeconds: string) =>
      page.route('**/api/stream_chunks', (route) =>
        route.fulfill({ status, headers: { 'Retry-After': waitSeconds }, json: { error: code, code } }),
      );

    await refuse(429, 'queue_full', '7');
    await speak();
    await expect.poll(alert).toBe('The server is busy. Try again in 7\u00a0s.');

    await page.unroute('**/api/stream_chunks');
    await page.context().setOffline(true);
    await speak();
    await expect.poll(alert).toBe('The server cannot be reached. Check the connection and try again.');
    await page.context().setOffline(false);

    // Refused once as loading; the page sees that it is ready by now and asks again by itself.
    await page.route(
      '**/api/stream_chunks',
      (route) => route.fulfill({ status: 503, json: { error: 'loading', code: 'loading' } }),
      { times: 1 },
    );
    await speak();
    await told(page, 'chunkstart');
    expect(await page.locator('#problem').isHidden()).toBe(true);
    await page.keyboard.press('Escape');
  });
});
