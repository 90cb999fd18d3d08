import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../examples/browser.ts';
import { startServer, type TestServer } from '../examples/server.ts';
import { describeWith } from '../examples/tools.ts';
import { open, told } from './page-kit.ts';

const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describeWith(['chromium'], 'the voice menu', () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(), launchChromium()]);
  });
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test('lists every voice of the server under its language, the default first, then those of the spoken language', async () => {
    const { page, faults } = await open(browser, server.url);
    const menu = page.getByLabel('Голос', { exact: true });
    await page.waitForSelector('#voice optgroup:last-child option', { state: 'attached' });
    const groups = await menu
      .locator('optgroup')
      .evaluateAll((all) => all.map((group) => [(group as HTMLOptGroupElement).label, group.childElementCount]));
    const { details } = (await (await fetch(`${server.url}/api/voices`)).json()) as { details: { language: string }[] };
    const count = (code: string) => details.filter(({ language }) => language === code).length;
    expect(count('kk')).toBeGreaterThan(0);
    expect(groups).toEqual([
      ['Русский', count('ru')],
      ['Қазақша', count('kk')],
      ['English', count('en')],
    ]);
    expect(await menu.locator('option').first().textContent()).toBe('По умолчанию');
    await page.getByRole('radio', { name: 'English' }).check({ force: true });
    expect(
      await menu.locator('optgroup').evaluateAll((all) => all.map((group) => (group as HTMLOptGroupElement).label)),
    ).toEqual(['English', 'Русский', 'Қазақша']);
    expect(faults).toEqual([]);
  });

  test("without a choice plays the server's own voice of the spoken language", async () => {
    const { page, faults } = await open(browser, server.url, { locale: 'kk-KZ' });
    const heard = page.waitForRequest((request) => request.url().endsWith('/tts'));
    const listen = page.getByRole('button', { name: 'Тыңдау' });
    await listen.click();
    expect((await heard).postDataJSON()).toMatchObject({ language: 'kk' });
    expect(await listen.getAttribute('aria-pressed')).toBe('true');
    await page.waitForSelector('#listen[aria-pressed="false"]');
    expect(await page.getByRole('alert').isVisible()).toBe(false);
    expect(faults).toEqual([]);
  });

  test('plays a sample by keyboard, and the avatar speaks with the chosen voice', async () => {
    const { page, asked, faults } = await open(browser, server.url, { locale: 'en-US' });
    await page.waitForSelector('#voice optgroup', { state: 'attached' });
    await page.getByLabel('Voice', { exact: true }).selectOption({ label: 'Қазақша' });
    expect(await page.getByRole('radio', { name: 'Қазақша' }).isChecked()).toBe(true);
    await page.getByLabel('Voice', { exact: true }).focus();
    await page.keyboard.press('Tab');
    const listen = page.getByRole('button', { name: 'Listen' });
    expect(await listen.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    expect(await listen.getAttribute('aria-pressed')).toBe('true');
    await page.waitForSelector('#listen[aria-pressed="false"]');
    expect(asked.filter((url) => url.includes('api/voices/sample'))).not.toEqual([]);

    const speaking = page.waitForRequest((request) => request.url().endsWith('api/stream_chunks'));
    await page.getByLabel('Text', { exact: true }).fill('Сәлем, әлем!');
    await page.getByRole('button', { name: 'Speak' }).click();
    expect((await speaking).postDataJSON()).toMatchObject({ language: 'kk', voice: 'kk', engine: 'espeak' });
    await told(page, 'done 1/0');

    await page.getByRole('radio', { name: 'English' }).check({ force: true });
    expect(await page.getByLabel('Voice', { exact: true }).inputValue()).toBe('');
    expect(faults).toEqual([]);
  });

  test('fits a phone', async () => {
    const { page, faults } = await open(browser, server.url, phone);
    await page.waitForSelector('#voice optgroup', { state: 'attached' });
    await page.getByLabel('Голос', { exact: true }).selectOption({ label: 'Русский, Alicia' });
    await page.getByRole('button', { name: 'Послушать' }).tap();
    await page.waitForSelector('#listen[aria-pressed="true"]');
    await page.getByRole('button', { name: 'Послушать' }).tap();
    expect(await page.getByRole('button', { name: 'Послушать' }).getAttribute('aria-pressed')).toBe('false');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(faults).toEqual([]);
  });
});
