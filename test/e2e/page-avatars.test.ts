import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { faultsOf, launchChromium } from '../examples/browser.ts';
import { startServer, type TestServer } from '../examples/server.ts';
import { describeWith } from '../examples/tools.ts';

const bundled = (path: string) => fileURLToPath(new URL(`../../avatars/${path}`, import.meta.url));
const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const MAX_BYTES = 4 * 1024 * 1024;

interface Avatar {
  id: string;
  bundled: boolean;
  report?: { face: { x: number; width: number }; picture: { width: number } };
}

describeWith(['chromium'], 'the page of avatars', () => {
  let server: TestServer;
  let browser: Browser;
  let folder: string;
  let two: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'soyle-page-avatars-'));
    const avatars = join(folder, 'avatars');
    await mkdir(avatars);
    await cp(bundled('anna'), join(avatars, 'anna'), { recursive: true });
    two = join(folder, 'two.jpg');
    await writeFile(two, await twoFaces());
    const env = { AVATARS_DIR: avatars, AVATAR: 'anna', MAX_UPLOAD_BYTES: String(MAX_BYTES) };
    [server, browser] = await Promise.all([startServer(env), launchChromium()]);
  });
  // Pages left open would go on playing.
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    for (const { id } of (await listed()).filter((one) => !one.bundled)) {
      await fetch(`${server.url}/api/avatars/${id}`, { method: 'DELETE' });
    }
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = async (path: string) => (await fetch(`${server.url}/api/avatars${path}`)).json();
  const listed = async () => ((await ask('')) as { avatars: Avatar[] }).avatars;

  async function open(path: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1180, height: 720 }, ...options });
    const page = await context.newPage();
    const faults = faultsOf(page);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${server.url}${path}`);
    await page.waitForSelector('.tile');
    return { page, faults, asked };
  }

  /** Fills the form, but for what a test is about. */
  async function bring(page: Page, file: string, name: string) {
    await page.setInputFiles('#file', file);
    await page.waitForSelector('#picked');
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByRole('checkbox').check();
  }
  const create = (page: Page) => page.getByRole('button', { name: 'Create the avatar' }).click();
  const ready = (page: Page, name: string) =>
    page.waitForSelector(`#name:text-is("${name}") >> visible=true`, { timeout: 90_000 });
  const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

  test('lists who there is and shows the report in the language of the page, the avatar idling', async () => {
    const { page, faults } = await open('/avatars');
    await page.waitForSelector('#avatar video.shown');
    const tiles = page.getByRole('navigation', { name: 'All avatars' }).getByRole('link');
    expect(await tiles.allInnerTexts()).toEqual(['Your face', 'Anna\nGood']);
    expect(await tiles.last().getAttribute('aria-current')).toBe('true');
    expect(await page.locator('#verdict').textContent()).toBe('Good: the avatar will look natural.');
    await expect.poll(() => page.locator('#drawn').evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(720);
    await page.getByLabel('Page language').selectOption('kk');
    expect(await page.locator('#verdict').textContent()).toBe('Жақсы: аватар табиғи көрінеді.');
    expect(await page.title()).toBe('Аватарлар — Söyle');
    // Whom the server came with nobody deletes.
    expect(await page.getByRole('button', { name: 'Жою' }).isVisible()).toBe(false);
    expect(faults).toEqual([]);
  });

  test('makes an avatar of a photo, which says a sentence, and deletes it when asked twice', async () => {
    const { page, faults } = await open('/avatars#+new');
    await page.setInputFiles('#file', bundled('anna/poster.webp'));
    await page.getByLabel('Name', { exact: true }).fill('Әсем Ән');
    expect(await page.getByLabel('Id for requests').inputValue()).toBe('asem-an');
    await create(page);
    expect(await page.getByRole('alert').textContent()).toContain('tick the box');
    await page.getByRole('checkbox').check();
    await create(page);
    await ready(page, 'Әсем Ән');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe('#asem-an');
    expect(new URL(page.url()).hash).toBe('#asem-an');
    expect(await page.getByRole('alert').isVisible()).toBe(false);
    expect(await page.locator('.findings li').count()).toBeGreaterThan(0);
    await page.waitForSelector('#avatar video.shown');

    const speaking = page.waitForRequest((request) => request.url().endsWith('api/stream_chunks'));
    await page.getByLabel('Try a sentence').fill('Сәлем!');
    await page.getByLabel('Try a sentence').press('Enter');
    expect((await speaking).postDataJSON()).toMatchObject({ text: 'Сәлем!', avatar: 'asem-an', language: 'auto' });
    await expect.poll(() => page.locator('#status').textContent(), { timeout: 60_000 }).toBe('Said');

    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Keep' }).click();
    expect((await listed()).map(({ id }) => id)).toContain('asem-an');
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.waitForSelector('#name:text-is("Anna")');
    expect((await listed()).map(({ id }) => id)).toEqual(['anna']);
    expect(faults).toEqual([]);
  });

  test('of several faces takes the one that was clicked, or marked by keyboard after the report told of them', async () => {
    const { page, faults } = await open('/avatars#+new');
    const side = async (id: string) => {
      const { report } = (await ask(`/${id}`)) as Avatar;
      return report && (report.face.x + report.face.width / 2) / report.picture.width;
    };
    await bring(page, two, 'Right');
    const { x, y, width, height } = (await page.locator('#aim').boundingBox())!;
    await page.mouse.click(x + width * 0.75, y + height * 0.5);
    await create(page);
    await ready(page, 'Right');
    expect(await side('right')).toBeGreaterThan(0.6);

    await page.getByRole('link', { name: 'Your face' }).click();
    // Nothing is left of the one before.
    await expect.poll(() => page.getByLabel('Name', { exact: true }).inputValue()).toBe('');
    expect(await page.getByRole('checkbox').isChecked()).toBe(false);
    await bring(page, two, 'Pair');
    await create(page);
    await ready(page, 'Pair');
    expect(await side('pair')).toBeLessThan(0.4);
    const shape = (await page.locator('#avatar').boundingBox())!;
    expect(shape.width / shape.height).toBeCloseTo(1304 / 704, 1);

    const shown = () => page.locator('#drawn').getAttribute('src');
    const before = await shown();
    await page.getByRole('button', { name: 'Choose another face' }).click();
    await page.getByRole('button', { name: /Which face/ }).focus();
    for (let press = 0; press < 3; press++) await page.keyboard.press('Shift+ArrowRight');
    await create(page);
    await expect.poll(() => side('pair').catch(() => undefined), { timeout: 60_000 }).toBeGreaterThan(0.6);
    await ready(page, 'Pair');
    // The report is drawn on the new one, whose id is the same.
    await expect.poll(shown).not.toBe(before);

    await page.getByRole('button', { name: 'Choose another face' }).click();
    await page.getByRole('button', { name: /Which face/ }).focus();
    for (let press = 0; press < 30; press++) await page.keyboard.press('Shift+ArrowUp');
    await create(page);
    await page.getByText('There is no face where the mark is').waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Choose another face' }).click();
    expect(await page.getByRole('checkbox').isChecked()).toBe(true);
    expect(faults).toEqual([]);
  });

  test('of another face of the same file keeps who is there until the new one has come', async () => {
    const { page } = await open('/avatars#+new');
    const ids = async () => (await listed()).map(({ id }) => id).sort();
    const another = () => page.getByRole('button', { name: 'Choose another face' }).click();
    const alert = page.getByRole('alert');
    await bring(page, two, 'Pair');
    await create(page);
    await ready(page, 'Pair');

    await another();
    await page.getByLabel('Id for requests').fill('other');
    await page.route('**/api/avatars', (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    );
    await create(page);
    await expect.poll(() => alert.textContent()).toContain('cannot be reached');
    expect(await ids()).toEqual(['anna', 'pair']);
    await page.unroute('**/api/avatars');
    await create(page);
    await expect.poll(ids).toEqual(['anna', 'other']);
    await ready(page, 'Pair');

    await another();
    // From another tab.
    await fetch(`${server.url}/api/avatars/other`, { method: 'DELETE' });
    await create(page);
    await expect.poll(ids).toEqual(['anna', 'other']);
    await ready(page, 'Pair');
    expect(await alert.isVisible()).toBe(false);
  });

  test('marks what has to be put right, and moves nothing to say so', async () => {
    // High enough that nothing is scrolled.
    const { page } = await open('/avatars#+new', { viewport: { width: 1180, height: 900 } });
    await bring(page, two, 'Pair');
    const [id, alert] = [page.getByLabel('Id for requests'), page.getByRole('alert')];
    const place = () => page.locator('#aim').boundingBox();
    const colour = (shown: Locator, of: 'color' | 'borderTopColor') =>
      shown.evaluate((element, name) => getComputedStyle(element)[name], of);
    const before = await place();
    for (const [wrong, words] of [
      ['No Id', 'Id: only a–z'],
      ['anna', 'There is such an id already'],
    ] as const) {
      await id.fill(wrong);
      await create(page);
      await expect.poll(() => alert.textContent()).toContain(words);
      await expect.poll(() => id.evaluate((field) => document.activeElement === field)).toBe(true);
      expect(await id.getAttribute('aria-invalid')).toBe('true');
      // The colour of what is wrong, as the message has it.
      expect(await colour(id, 'borderTopColor')).toBe(await colour(alert, 'color'));
      expect(await place()).toEqual(before);
    }
    await id.fill('pair');
    expect(await id.getAttribute('aria-invalid')).toBeNull();
    expect(await alert.isVisible()).toBe(false);
    expect(await place()).toEqual(before);
    await page.getByRole('checkbox').uncheck();
    await create(page);
    expect(await page.getByRole('checkbox').getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('checkbox').check();
    expect(await page.getByRole('checkbox').getAttribute('aria-invalid')).toBeNull();
  });

  test('makes an avatar of a clip that was dropped on the page', async () => {
    const { page, faults } = await open('/avatars');
    const clip = await readFile(bundled('anna/loop.mp4'), 'base64');
    const drop = await page.evaluateHandle((base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], 'me.mp4', { type: 'video/mp4' }));
      transfer.items.add(new File([bytes], 'too.mp4', { type: 'video/mp4' }));
      return transfer;
    }, clip);
    await page.dispatchEvent('body', 'drop', { dataTransfer: drop });
    await page.waitForSelector('#clip');
    const alert = page.getByRole('alert');
    expect(await alert.textContent()).toBe('An avatar is made of one file: “me.mp4” was taken, the others were not.');
    expect(await page.getByText('A photo in pauses').isVisible()).toBe(false);
    await page.getByLabel('Name', { exact: true }).fill('Clip');
    await page.getByRole('checkbox').check();
    await create(page);
    await page.getByRole('listitem').filter({ hasText: 'Choosing the loop' }).waitFor();
    await ready(page, 'Clip');
    expect(await page.locator('#facts').textContent()).toMatch(/^Video · 720 × 720 · .* · id: clip$/);
    expect(faults).toEqual([]);
  });

  test('asks before the folder of an avatar that failed is deleted', async () => {
    const dropped = join(folder, 'avatars', 'typo');
    await mkdir(dropped);
    await cp(bundled('anna/poster.webp'), join(dropped, 'me.webp'));
    await writeFile(join(dropped, 'avatar.json'), '{ "name": ');
    await expect.poll(async () => (await listed()).map(({ id }) => id), { timeout: 20_000 }).toContain('typo');
    const { page, faults } = await open('/avatars#typo');
    await page.getByText('This file did not become an avatar').waitFor();
    expect(await page.getByRole('button', { name: 'Remove from the list' }).isVisible()).toBe(false);
    const deletion = page.getByRole('button', { name: 'Delete' });
    const dialog = page.getByRole('dialog');
    await deletion.click();
    expect(await dialog.textContent()).toContain('The folder “typo” on the server is deleted with all of its files');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect((await readdir(dropped)).sort()).toEqual(['avatar.json', 'me.webp']);
    await deletion.click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.waitForSelector('#name:text-is("Anna") >> visible=true');
    expect((await listed()).map(({ id }) => id)).toEqual(['anna']);
    await expect(readdir(dropped)).rejects.toThrow('ENOENT');
    expect(faults).toEqual([]);
  });

  test('cancels unasked what was sent from here alone', async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    const dropped = { id: 'dropped', name: 'Dropped', state: 'preparing', progress: 0, default: false, bundled: false };
    await page.route('**/api/avatars', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), avatars: [dropped] } });
    });
    // An answer that never comes: it is being prepared for ever.
    await page.route('**/api/avatars/dropped/events', () => undefined);
    await page.goto(`${server.url}/avatars#dropped`);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click();
    expect(await page.getByRole('button', { name: 'Cancel' }).isVisible()).toBe(false);
  });

  test('replaces a refused try by the next one with the same file, and takes it off the list unasked', async () => {
    const { page, faults } = await open('/avatars#+new');
    const tiles = page.getByRole('navigation', { name: 'All avatars' }).getByRole('link');
    await writeFile(join(folder, 'wall.png'), await blank());
    for (const name of [undefined, undefined, 'Other name']) {
      await page.setInputFiles('#file', join(folder, 'wall.png'));
      if (name) await page.getByLabel('Name', { exact: true }).fill(name);
      await page.getByRole('checkbox').check();
      await create(page);
      await page.getByText('This file did not become an avatar').waitFor();
      expect(await tiles.allInnerTexts()).toEqual(['Your face', `${name ?? 'wall'}\nFailed`, 'Anna\nGood']);
      if (!name) await page.getByRole('link', { name: 'Take another file' }).click();
    }
    await page.getByRole('button', { name: 'Remove from the list' }).click();
    await page.waitForSelector('#name:text-is("Anna") >> visible=true');
    expect(await tiles.allInnerTexts()).toEqual(['Your face', 'Anna\nGood']);
    expect(faults).toEqual([]);
  });

  test('is one stop of the Tab key, from which an own face and its place in the picture are reached', async () => {
    const { page, faults } = await open('/avatars');
    await page.waitForSelector('#avatar video.shown');
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute('href') ?? document.activeElement?.id);
    await page.getByLabel('Page language').focus();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('#anna');
    await page.keyboard.press('Tab');
    expect(await focused()).not.toMatch(/^#/);
    await page.keyboard.press('Shift+Tab');
    for (const [key, place] of [
      ['ArrowLeft', '#+new'],
      ['ArrowLeft', '#+new'],
      ['End', '#anna'],
      ['Home', '#+new'],
    ] as const) {
      await page.keyboard.press(key);
      expect(await focused()).toBe(place);
    }
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('file');

    await page.setInputFiles('#file', two);
    await expect.poll(focused).toBe('aim');
    const aim = page.locator('#aim');
    expect(await aim.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
    const mark = page.locator('.mark-face');
    const place = async () => (await mark.boundingBox())!.x;
    await page.keyboard.press('Enter');
    expect(await page.locator('#under').textContent()).toContain('Arrows move the mark');
    const middle = await place();
    await page.keyboard.press('ArrowRight');
    const step = (await place()) - middle;
    expect(step).toBeGreaterThan(0);
    await page.keyboard.press('Shift+ArrowLeft');
    expect((middle + step - (await place())) / step).toBeCloseTo(5);
    for (const key of ['Escape', 'Delete']) {
      await page.keyboard.press(key);
      expect(await mark.isVisible()).toBe(false);
      await page.keyboard.press('Space');
      expect(await place()).toBeCloseTo(middle);
    }
    expect(faults).toEqual([]);
  });

  test('keeps the way to bring an own face in sight of many', async () => {
    const many = Array.from({ length: 30 }, (_, n) => ({ id: `one-${n}`, name: `One ${n}`, state: 'failed' }));
    for (const options of [{}, phone]) {
      const context = await browser.newContext({ locale: 'en-GB', ...options });
      const page = await context.newPage();
      await page.route('**/api/avatars', async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), avatars: many } });
      });
      await page.goto(`${server.url}/avatars#one-25`);
      const chosen = page.getByRole('link', { name: 'One 25' });
      await expect.poll(() => chosen.boundingBox().then((box) => box && box.x < page.viewportSize()!.width)).toBe(true);
      const own = page.getByRole('link', { name: 'Your face' });
      const box = (await own.boundingBox())!;
      expect(box.x).toBeGreaterThan(0);
      expect((await chosen.boundingBox())!.x).toBeGreaterThan(box.x + box.width);
      await own.click();
      await page.getByRole('button', { name: 'Create the avatar' }).waitFor();
    }
  });

  test('says why a picture is none of a face, and offers to take another', async () => {
    const { page, faults } = await open('/avatars#+new');
    await writeFile(join(folder, 'blank.png'), await blank());
    await bring(page, join(folder, 'blank.png'), 'Nobody');
    await create(page);
    await page.getByText('This file did not become an avatar').waitFor();
    expect(await page.locator('#reason').textContent()).toContain('No face was found');
    await page.getByLabel('Page language').selectOption('ru');
    await expect.poll(() => page.locator('#reason').textContent()).toContain('Лицо не найдено');
    // An address of nobody leads to somebody who can speak.
    await page.evaluate(() => {
      location.hash = 'nobody-here';
    });
    await page.waitForSelector('#name:text-is("Anna") >> visible=true');
    expect(await page.getByRole('alert').textContent()).toBe('Такого аватара больше нет.');
    await page.getByRole('link', { name: 'Nobody' }).click();
    await page.getByRole('link', { name: 'Взять другой файл' }).click();
    await page.getByRole('button', { name: 'Создать аватар' }).waitFor();
    expect(faults).toEqual([]);
  });

  test('refuses what is too large before it is sent, and tells what the server refuses', async () => {
    const { page, asked } = await open('/avatars#+new');
    const large = join(folder, 'large.png');
    await writeFile(large, Buffer.alloc(MAX_BYTES + 1));
    await page.setInputFiles('#file', large);
    const alert = () => page.getByRole('alert').textContent();
    await expect.poll(alert).toBe('The file is too large: at most 4 MB, and this one has 4.1 MB.');
    await create(page);
    for (const [name, type, words] of [
      ['Empty.png', 'image/png', 'The file is empty. Take another one.'],
      ['notes.pdf', 'application/pdf', 'Such a file will not do. Send PNG, JPEG, WebP, GIF, MP4, MOV, WebM or MKV.'],
    ] as const) {
      await page.setInputFiles('#file', {
        name,
        mimeType: type,
        buffer: Buffer.from(name === 'Empty.png' ? '' : 'notes'),
      });
      await expect.poll(alert).toBe(words);
    }
    // The name is the file's, and its id one that nobody has.
    await page.setInputFiles('#file', { name: 'Anna.jpg', mimeType: 'image/jpeg', buffer: await readFile(two) });
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Anna');
    expect(await page.getByLabel('Id for requests').inputValue()).toBe('anna-2');
    expect(await page.getByRole('alert').isVisible()).toBe(false);
    await bring(page, two, 'Closed');
    expect(await page.getByRole('alert').isVisible()).toBe(false);
    expect(asked.filter((url) => url.endsWith('api/avatars')).length).toBe(1);

    const refusal = { status: 403, json: { error: 'closed', code: 'uploads_closed' } };
    await page.route('**/api/avatars', (route) =>
      route.request().method() === 'POST' ? route.fulfill(refusal) : route.continue(),
    );
    await create(page);
    await expect.poll(alert).toContain('Uploading and deleting are closed on this server.');
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Closed');
  });

  test('says so where uploading is closed', async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    await page.route('**/api/avatars', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), uploads: false } });
    });
    await page.goto(`${server.url}/avatars#+new`);
    await page.getByText('Uploading is closed on this server').waitFor();
    const drop = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['me'], 'me.jpg', { type: 'image/jpeg' }));
      return transfer;
    });
    await page.dispatchEvent('body', 'drop', { dataTransfer: drop });
    expect(await page.getByRole('alert').textContent()).toContain('Uploading and deleting are closed on this server.');
    expect(await page.getByRole('button', { name: 'Create the avatar' }).isVisible()).toBe(false);
  });

  test('fits a phone, and takes its camera', async () => {
    const { page, faults } = await open('/avatars', phone);
    await page.waitForSelector('#avatar video.shown');
    expect(await overflow(page)).toBe(0);
    await page.getByRole('link', { name: 'Your face' }).tap();
    for (const [label, kind] of [
      ['Take a photo', 'image/*'],
      ['Film a clip', 'video/*'],
    ]) {
      await page.getByText(label!).waitFor();
      expect(await page.getByLabel(label!).getAttribute('accept')).toBe(kind);
      expect(await page.getByLabel(label!).getAttribute('capture')).toBe('user');
    }
    await page.setInputFiles('#photo', two);
    await page.waitForSelector('#picked');
    expect(await overflow(page)).toBe(0);
    expect(faults).toEqual([]);
  });

  test('works under the prefix and asks for nothing outside of it', async () => {
    const { page, faults, asked } = await open('/r/avatars#+new');
    await bring(page, two, 'Behind');
    await create(page);
    await ready(page, 'Behind');
    await page.getByRole('button', { name: 'Speak', exact: true }).click();
    await expect.poll(() => page.locator('#status').textContent(), { timeout: 60_000 }).toBe('Said');
    const outside = asked.filter((url) => !url.startsWith(`${server.url}/r/`) && !url.startsWith('blob:'));
    expect(outside).toEqual([]);
    await page.getByRole('link', { name: 'Use for speaking' }).click();
    await page.waitForSelector('talking-avatar[avatar=behind] video.shown');
    expect(new URL(page.url()).pathname).toBe('/r/');
    const menu = page.getByRole('combobox', { name: 'Avatar', exact: true });
    expect(await menu.inputValue()).toBe('behind');
    expect(
      await menu.locator('optgroup').evaluateAll((all) => all.map((group) => (group as HTMLOptGroupElement).label)),
    ).toEqual(['Your own', 'Ready-made']);
    await menu.selectOption({ label: 'Anna' });
    await page.waitForSelector('talking-avatar:not([avatar]) video.shown');
    expect(faults).toEqual([]);
  });
});

/** A picture of nobody. */
const blank = (): Promise<Buffer> =>
  sharp({ create: { width: 320, height: 240, channels: 3, background: '#88aacc' } })
    .png()
    .toBuffer();

/** Two people, the smaller face on the right. */
async function twoFaces(): Promise<Buffer> {
  const large = await sharp(bundled('anna/poster.webp')).resize(720, 720).toBuffer();
  const small = await sharp(bundled('kofi/poster.webp')).resize(612, 612).toBuffer();
  return sharp({ create: { width: 1332, height: 720, channels: 3, background: '#d2d2d2' } })
    .composite([
      { input: large, left: 0, top: 0 },
      { input: small, left: 720, top: 108 },
    ])
    .jpeg()
    .toBuffer();
}
