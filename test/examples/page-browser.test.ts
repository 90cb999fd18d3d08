import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, type Opened, open, type Playback } from './browser.ts';
import { startServer, type TestServer } from './server.ts';
import { openSite, type Site } from './site.ts';
import { aimed, examples } from './specification.ts';
import { describeWith } from './tools.ts';

const LONG_TEXT =
  'Первый чанк этого текста состоит ровно из пятнадцати слов, потому что больше слов в него не входит. ' +
  'Второй чанк короче первого.';

interface Chunk {
  index: number;
  text: string;
  video_url: string;
  duration: number;
}
declare global {
  interface Window {
    example: {
      generateChunks(text: string): Promise<Chunk[]>;
      playChunks(chunks: Chunk[]): Promise<void>;
      sendBotMessage(text: string): Promise<void>;
    };
    streamAvatar(text: string): Promise<void>;
  }
}

describeWith(['chromium'], 'the browser examples of the specification, on another site', () => {
  let server: TestServer;
  let site: Site;
  let browser: Browser;
  beforeAll(async () => {
    [server, site, browser] = await Promise.all([startServer(), openSite(), launch()]);
  });
  afterAll(async () => {
    await Promise.all([server?.close(), site?.close(), browser?.close()]);
  });

  /** A page with the example as a module (it awaits at its top level); `after` it a line of ours. */
  const show = (name: string, body: string, code: string, after: string): Promise<Opened> => {
    const script = `<script type="module">\n${aimed(code, server.url)}\n${after}</script>`;
    return open(browser, site.page(name, `<!doctype html><meta charset="utf-8">${body}${script}`));
  };

  it('fetch: the chunks play one after another, each to its end', async () => {
    const code = examples.fetch;
    const opened = await show(
      'fetch',
      '<video id="video"></video>',
      code,
      'window.example = { generateChunks, playChunks };',
    );
    const [sample] = await opened.ended(1);
    expect(sample?.src.startsWith(`${server.url}/api/chunk/video/`)).toBe(true);
    expect(opened.lines).toEqual(['Играю чанк 0: Длинный текст для озвучки и генерации видео с аватаром.']);

    const chunks = await opened.page.evaluate(async (text) => {
      const made = await window.example.generateChunks(text);
      await window.example.playChunks(made);
      return made;
    }, LONG_TEXT);
    expect(chunks).toHaveLength(2);
    const playbacks = (await opened.ended(3)).slice(1);
    expect(playbacks.map(({ src }) => src)).toEqual(chunks.map(({ video_url }) => server.url + video_url));
    for (const [index, playback] of playbacks.entries()) expectWhole(playback, chunks[index]!.duration);
    expect(opened.faults).toEqual([]);
  });

  it('the page that streams to a web site: as it stands, its video plays every chunk', async () => {
    const opened = await open(browser, site.page('stream', aimed(examples.website, server.url)));
    const [sample] = await opened.ended(1);
    expect(sample?.src.startsWith(`${server.url}/api/chunk/video/`)).toBe(true);

    await opened.page.evaluate((text) => window.streamAvatar(text), LONG_TEXT);
    const playbacks = await opened.ended(3);
    expect(new Set(playbacks.map(({ src }) => src)).size).toBe(3);
    for (const playback of playbacks) expectWhole(playback, playback.duration);
    expect(opened.faults).toEqual([]);
  });

  it('the chat bot: every chunk of its message becomes a video that plays', async () => {
    const body = '<video id="video"></video><div id="chat-messages"></div>';
    const code = `${examples.fetch}\n${examples.chatBot}`;
    const opened = await show('bot', body, code, 'window.example = { sendBotMessage };');
    await opened.ended(1);

    await opened.page.evaluate((text) => window.example.sendBotMessage(text), LONG_TEXT);
    const playbacks = (await opened.ended(3)).slice(1);
    const messages = opened.page.locator('#chat-messages video[controls]');
    const shown = await messages.evaluateAll((videos) => videos.map((video) => (video as HTMLVideoElement).src));
    expect(shown).toHaveLength(2);
    expect(playbacks.map(({ src }) => src).sort()).toEqual(shown.sort());
    for (const playback of playbacks) expectWhole(playback, playback.duration);
    expect(opened.faults).toEqual([]);
  });
});

/** That it was all played, nothing skipped, and pictures were shown. */
function expectWhole(playback: Playback, seconds: number) {
  expect(playback.duration).toBeCloseTo(seconds, 2);
  expect(playback.played).toBeCloseTo(seconds, 1);
  expect(playback.width).toBeGreaterThan(0);
  expect(playback.frames).toBeGreaterThan(0);
}
