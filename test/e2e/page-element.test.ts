import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../examples/browser.ts';
import { startServer, type TestServer } from '../examples/server.ts';
import { openSite, type Site } from '../examples/site.ts';
import { describeWith } from '../examples/tools.ts';
import { open, record, told } from './page-kit.ts';

interface TalkingAvatar extends HTMLElement {
  say(text: string, options?: { chunkSize?: number }): Promise<{ completed: boolean; played: number; failed: number }>;
}

declare global {
  interface Window {
    said: (string | null)[];
  }
}

/** On a first start bundled avatars other than the default one are prepared after it is ready. */
async function prepared(url: string, avatar: string): Promise<void> {
  const events = await (await fetch(`${url}/api/avatars/${avatar}/events`)).text();
  expect(events).toContain('event: ready');
}

describeWith(['chromium'], '<talking-avatar> on a site of another origin', () => {
  let server: TestServer;
  let site: Site;
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    [server, site, browser] = await Promise.all([startServer(), openSite(), launchChromium()]);
    await prepared(server.url, 'aigul');
    url = site.page(
      'host.html',
      `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Host</title>
      <script type="module" src="${server.url}/talking-avatar.js"></script>
      <talking-avatar language="kk" style="width: 300px"></talking-avatar><button id="go">Go</button>`,
    );
  }, 120_000);
  // Pages left open would go on playing.
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await server?.close();
  });

  const host = async () => {
    const opened = await open(browser, url);
    const say = (text: string, chunkSize?: number) =>
      opened.page.evaluate(
        ([words, size]) => document.querySelector<TalkingAvatar>('talking-avatar')?.say(words, { chunkSize: size }),
        [text, chunkSize] as const,
      );
    const clickToSay = (text: string, chunkSize: number) =>
      opened.page.evaluate(
        ([words, size]) => {
          const avatar = document.querySelector<TalkingAvatar>('talking-avatar');
          const go = document.querySelector<HTMLButtonElement>('#go');
          if (go) go.onclick = () => avatar?.say(words, { chunkSize: size });
        },
        [text, chunkSize] as const,
      );
    return { ...opened, say, clickToSay };
  };

  test('speaks from the server its script came from, and its pictures can be read', async () => {
    const { page, faults, clickToSay } = await host();
    await clickToSay('Қайырлы таң, достар, бүгін күн ашық', 3);
    await page.click('#go');
    await told(page, 'done 2/0');
    const { words, ended, luma } = await record(page);
    expect(words).toEqual(['Қайырлы', 'таң', 'достар', 'бүгін', 'күн', 'ашық']);
    expect(ended.map(({ video }) => video).sort()).toEqual([1, 2]);
    expect(Math.min(...luma)).toBeGreaterThan(50);
    // Playwright does not see the role that an element gives itself; the browser's own tree does.
    const devtools = await page.context().newCDPSession(page);
    const { nodes } = await devtools.send('Accessibility.getFullAXTree');
    const groups = nodes.filter(({ role }) => role?.value === 'group').map(({ name }) => name?.value);
    expect(groups).toEqual(['Talking avatar']);
    expect(faults).toEqual([]);
  });

  test('shows the avatar that is named, and has it speak, with the model that is', async () => {
    const { page, faults, say, asked } = await host();
    const avatar = page.locator('talking-avatar');
    await page.click('#go');
    const first = say('Бірінші мәтін өте ұзақ айтылады, сондықтан оны тоқтатамыз. '.repeat(10));
    await told(page, 'chunkstart');
    await avatar.evaluate((element) => element.setAttribute('avatar', 'aigul'));
    expect(await first).toMatchObject({ completed: false });
    await avatar.evaluate((element) => element.setAttribute('model', 'soyle'));
    const speaking = page.waitForRequest((request) => request.url().endsWith('api/stream_chunks'));
    await page.waitForSelector('talking-avatar video.shown');
    expect(await say('Екінші.')).toEqual({ completed: true, played: 1, failed: 0 });
    expect((await speaking).postDataJSON()).toMatchObject({ avatar: 'aigul', model: 'soyle' });
    expect(asked.filter((url) => url.includes('api/avatar')).slice(-2)).toEqual([
      `${server.url}/api/avatar?id=aigul`,
      `${server.url}/api/avatar/idle.mp4?id=aigul`,
    ]);
    expect(faults).toEqual([]);
  });

  test('says in its place, and in an event, that its avatar cannot be shown, until it can', async () => {
    const lost = site.page(
      'lost.html',
      `<!doctype html><html lang="kk"><link rel="icon" href="data:,"><title>Lost</title>
      <talking-avatar avatar="nobody"></talking-avatar>
      <script type="module">
        window.code = new Promise((resolve) => {
          document.querySelector('talking-avatar').addEventListener('error', ({ detail }) => resolve(detail.code));
        });
        import('${server.url}/talking-avatar.js');
      </script>`,
    );
    const page = await browser.newPage();
    await page.goto(lost);
    expect(await page.evaluate('code')).toBe('avatar_unknown');
    await page.getByText('Мұндай аватар жоқ').waitFor();
    await page.locator('talking-avatar').evaluate((element) => element.setAttribute('avatar', 'aigul'));
    await page.waitForSelector('talking-avatar video.shown');
    expect(await page.getByText('Мұндай аватар жоқ').isVisible()).toBe(false);
  });

  test('says that its avatar is getting ready, which is no error, until it is', async () => {
    const { page } = await host();
    let early = 0;
    // What stood in its place, as often as that changed.
    await page.evaluate(() => {
      const line = document.querySelector('talking-avatar')!.shadowRoot!.querySelector('p')!;
      window.said = [''];
      const read = () => {
        const now = line.hidden ? '' : line.textContent;
        if (now !== window.said.at(-1)) window.said.push(now);
      };
      new MutationObserver(read).observe(line, { attributes: true, childList: true });
    });
    await page.route(`${server.url}/api/avatar?id=aigul`, (route) => {
      if (early === 4) return route.continue();
      early++;
      return route.fulfill({
        status: 409,
        headers: { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': '*', 'Retry-After': '1' },
        json: { error: 'Avatar "aigul" is still being prepared', code: 'avatar_preparing' },
      });
    });
    await page.locator('talking-avatar').evaluate((element) => element.setAttribute('avatar', 'aigul'));
    await page.waitForSelector('talking-avatar video.shown');
    // Twice the picture, twice the question why there is none.
    expect(early).toBe(4);
    expect((await record(page)).events).toEqual([]);
    expect(await page.evaluate(() => window.said)).toEqual(['', 'The avatar is getting ready…', '']);
    const line = page.locator('talking-avatar p');
    expect([await line.isVisible(), await line.getAttribute('role')]).toEqual([false, 'status']);
  });

  test('is no wider than a portrait, unless the page says so', async () => {
    const { page } = await open(browser, url, { viewport: { width: 1280, height: 800 } });
    const avatar = page.locator('talking-avatar');
    expect(await avatar.boundingBox()).toMatchObject({ width: 300, height: 300 });
    await avatar.evaluate((element) => element.removeAttribute('style'));
    expect(await avatar.boundingBox()).toMatchObject({ width: 512, height: 512 });
    await page.setViewportSize({ width: 316, height: 800 });
    expect(await avatar.boundingBox()).toMatchObject({ width: 300, height: 300 });
  });

  test('asks for a click where the browser lets no sound start by itself', async () => {
    // Whatever Playwright evaluates counts as a user's gesture: until the button is there the page is on its own.
    const unasked = site.page(
      'unasked.html',
      `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Unasked</title>
      <talking-avatar language="kk"></talking-avatar>
      <script type="module">
        import '${server.url}/talking-avatar.js';
        const avatar = document.querySelector('talking-avatar');
        const button = avatar.shadowRoot.querySelector('button');
        new MutationObserver(() => button.hidden || console.info('wants a click')).observe(button, { attributes: true });
        window.spoken = avatar.say('Сәлем!');
      </script>`,
    );
    const page = await browser.newPage();
    const wanted = page.waitForEvent('console', (message) => message.text() === 'wants a click');
    await page.goto(unasked);
    await wanted;
    await page.getByRole('button', { name: 'Play with sound' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate('spoken')).toEqual({ completed: true, played: 1, failed: 0 });
    expect(await page.getByRole('button', { name: 'Play with sound' }).isVisible()).toBe(false);
  });

  test('a new say() takes the place of the old one', async () => {
    const { page, faults, say } = await host();
    await page.click('#go');
    const first = say('Бірінші мәтін өте ұзақ айтылады, сондықтан оны тоқтатамыз. '.repeat(10));
    await told(page, 'chunkstart');
    const second = say('Екінші.');
    expect(await first).toMatchObject({ completed: false });
    expect(await second).toEqual({ completed: true, played: 1, failed: 0 });
    expect((await record(page)).words.at(-1)).toBe('Екінші');
    expect(faults).toEqual([]);
  });

  test('skips a chunk whose video is gone and speaks the others', async () => {
    const { page, say } = await host();
    await page.click('#go');
    await page.route(/\/api\/chunk\/video\/\w+_1$/, (route) => route.abort());
    expect(await say('бір екі үш төрт бес алты', 2)).toEqual({ completed: true, played: 2, failed: 1 });
    const { events } = await record(page);
    expect(events).toContain('error media 1');
    expect(events.filter((line) => line.startsWith('chunkstart'))).toEqual(['chunkstart 0', 'chunkstart 2']);
  });

  test('keeps the still picture for those who want no motion', async () => {
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForSelector('talking-avatar img.shown');
    const idle = page.locator('talking-avatar video').first();
    await expect.poll(() => idle.evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThanOrEqual(2);
    expect(await idle.evaluate((video: HTMLVideoElement) => [video.paused, video.className])).toEqual([true, '']);
  });
});
