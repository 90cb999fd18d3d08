import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from '../examples/browser.ts';
import { openSite, type Site } from '../examples/site.ts';
import { describeWith } from '../examples/tools.ts';
import { buildHouse, fakeAvatars, listen, readyAvatar } from '../integration/http-helpers.ts';

const posterPath = fileURLToPath(new URL('../../avatars/anna/poster.webp', import.meta.url));

describeWith(['chromium'], 'a page of another site, in a browser', () => {
  let site: Site;
  let browser: Browser;
  beforeAll(async () => {
    [site, browser] = await Promise.all([openSite(), launch()]);
  });
  afterAll(async () => {
    await Promise.all([site?.close(), browser?.close()]);
  });

  /** Whether a page of the site can show an avatar's picture, and read it. */
  async function shows(corsOrigins: string[], id: string) {
    const house = await buildHouse({ corsOrigins });
    const mine = readyAvatar({ id: 'mine', bundled: false, default: false, posterPath });
    house.avatars = () => fakeAvatars([readyAvatar({ posterPath }), mine]);
    const { port } = await listen(house);
    const page = await browser.newPage();
    try {
      await page.goto(site.page('page', '<!doctype html>'));
      return await page.evaluate(async (url) => {
        const picture = Object.assign(new Image(), { src: url });
        const shown = picture.decode().then(
          () => true,
          () => false,
        );
        const read = fetch(url).then(
          ({ ok }) => ok,
          () => false,
        );
        return { shown: await shown, read: await read };
      }, `http://localhost:${port}/api/avatar?id=${id}`);
    } finally {
      await page.close();
    }
  }

  test('shows and reads the bundled faces', async () => {
    expect(await shows(['*'], 'anna')).toEqual({ shown: true, read: true });
  });

  test('neither shows nor reads an own face where everybody may call', async () => {
    expect(await shows(['*'], 'mine')).toEqual({ shown: false, read: false });
  });

  test('shows and reads an own face where it is named, beside everybody or alone', async () => {
    expect(await shows([site.url], 'mine')).toEqual({ shown: true, read: true });
    expect(await shows(['*', site.url], 'mine')).toEqual({ shown: true, read: true });
  });
});
