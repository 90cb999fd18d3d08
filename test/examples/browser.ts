import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from './tools.ts';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A video that has ended in the page. */
export interface Playback {
  src: string;
  /** Seconds. */
  duration: number;
  /** Seconds of it that were played. */
  played: number;
  width: number;
  frames: number;
}

declare global {
  interface Window {
    playbacks: Playback[];
  }
}

/** Chromium without a window. Sound starts for a click alone, as it does for people, unless a flag says otherwise. */
export const launchChromium = (...flags: string[]): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...flags] });

/** For pages that start their sound by themselves. */
export const launch = (): Promise<Browser> => launchChromium('--autoplay-policy=no-user-gesture-required');

/** Collects the errors of a page from now on: uncaught, in its console, failed requests. */
export function faultsOf(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  return faults;
}

export interface Opened {
  page: Page;
  faults: string[];
  /** What it wrote to its console. */
  lines: string[];
  /** The videos that ended so far, as soon as there are `count`. */
  ended(count: number): Promise<Playback[]>;
}

/** Opens an address in a tab that remembers every video played to its end. */
export async function open(browser: Browser, url: string): Promise<Opened> {
  const page = await browser.newPage();
  const faults = faultsOf(page);
  const lines: string[] = [];
  page.on('console', (message) => message.type() !== 'error' && lines.push(message.text()));
  await page.addInitScript(rememberPlaybacks);
  await page.goto(url);
  const ended = async (count: number) => {
    await page.waitForFunction((n) => window.playbacks.length >= n, count, { timeout: 90_000 });
    return page.evaluate(() => window.playbacks);
  };
  return { page, faults, lines, ended };
}

/** Runs in the page. Media events do not bubble, but they pass the document on their way down. */
function rememberPlaybacks(): void {
  window.playbacks = [];
  const remember = ({ target }: Event) => {
    if (!(target instanceof HTMLVideoElement)) return;
    const { currentSrc: src, duration, played, videoWidth: width } = target;
    let seconds = 0;
    for (let i = 0; i < played.length; i++) seconds += played.end(i) - played.start(i);
    const frames = target.getVideoPlaybackQuality().totalVideoFrames;
    window.playbacks.push({ src, duration, played: seconds, width, frames });
  };
  document.addEventListener('ended', remember, true);
}
