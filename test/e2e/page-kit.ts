import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { faultsOf } from '../examples/browser.ts';

/** What a `<talking-avatar>` did, as its page saw it. */
export interface Record {
  /** Events of the element in order: `chunkstart 0`, `error media 1`, `done 2/1` (played and failed). */
  events: string[];
  /** Words in the order they were told. */
  words: string[];
  /** Words that were lit in the page's transcript when they were told. */
  lit: string[];
  /** Videos of the element that played to their end, by their place in it. */
  ended: { video: number; width: number }[];
  /** Mean luma, 0…255, of the speaking video on top at every screen refresh of a speech; 0 where there was no picture. */
  luma: number[];
}

declare global {
  interface Window {
    record: Record;
  }
}

export interface Opened {
  page: Page;
  faults: string[];
  /** Addresses it asked for. */
  asked: string[];
}

/** Opens an address in a fresh context and waits until the avatar is to be seen: idling, or the picture of a photo. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  rest: 'video' | 'img' = 'video',
): Promise<Opened> {
  const context = await browser.newContext({ locale: 'ru-RU', ...options });
  const page = await context.newPage();
  const faults = faultsOf(page);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(url);
  // Playwright's selectors look into open shadow roots.
  await page.waitForSelector(`talking-avatar ${rest}.shown`);
  await page.evaluate(observe);
  return { page, faults, asked };
}

/** Waits until the element has told an event that begins so. */
export const told = (page: Page, event: string, timeout = 90_000) =>
  page.waitForFunction((start) => window.record.events.some((line) => line.startsWith(start)), event, { timeout });

export const record = (page: Page): Promise<Record> => page.evaluate(() => window.record);

/** Runs in the page. */
function observe(): void {
  const avatar = document.querySelector('talking-avatar');
  const videos = [...(avatar?.shadowRoot?.querySelectorAll('video') ?? [])];
  const record: Record = { events: [], words: [], lit: [], ended: [], luma: [] };
  window.record = record;

  for (const type of ['start', 'chunkready', 'chunkstart', 'chunkend', 'buffering', 'done', 'error']) {
    avatar?.addEventListener(type, (event) => {
      const { index, code, played, failed } = (event as CustomEvent).detail;
      const parts = [type, code, index, type === 'done' ? `${played}/${failed}` : undefined];
      record.events.push(parts.filter((part) => part !== undefined).join(' '));
    });
  }
  avatar?.addEventListener('word', (event) => {
    record.words.push((event as CustomEvent).detail.text);
    record.lit.push(document.querySelector('.word.now')?.textContent ?? '');
  });
  videos.forEach((video, index) => {
    video.addEventListener('ended', () => record.ended.push({ video: index, width: video.videoWidth }));
  });

  const canvas = new OffscreenCanvas(16, 16);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const sample = () => {
    // From the first chunk to the last, but not while a late one is waited for: then the idle loop shows.
    const last = record.events.findLast((line) => /^(chunkstart|buffering|done|error)/.test(line));
    const [, ...speakers] = videos;
    const top = speakers.findLast((video) => video.classList.contains('shown'));
    if (last?.startsWith('chunkstart') && context) {
      context.clearRect(0, 0, 16, 16);
      if (top) context.drawImage(top, 0, 0, 16, 16);
      const { data } = context.getImageData(0, 0, 16, 16);
      let sum = 0;
      for (let i = 0; i < data.length; i += 4) sum += data[i]! * 0.299 + data[i + 1]! * 0.587 + data[i + 2]! * 0.114;
      record.luma.push(sum / 256);
    }
    requestAnimationFrame(sample);
  };
  sample();
}
