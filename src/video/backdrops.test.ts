import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it, onTestFinished } from 'vitest';
import type { SoyleError } from '../errors.ts';
import { i420ToRgb } from '../media/colour.ts';
import { type Backdrops, openBackdrops } from './backdrops.ts';

/** A folder with a wide picture, red in its middle half and blue beside it, a damaged one and other files. */
async function folder(): Promise<Backdrops> {
  const dir = await mkdtemp(join(tmpdir(), 'soyle-backdrops-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const red = { create: { width: 40, height: 40, channels: 3, background: '#c02020' } } as const;
  await sharp({ create: { width: 80, height: 40, channels: 3, background: '#2020c0' } })
    .composite([{ input: await sharp(red).png().toBuffer(), left: 20, top: 0 }])
    .png()
    .toFile(join(dir, 'office.png'));
  for (const name of ['broken.jpg', 'notes.txt', 'Not An Id.png']) await writeFile(join(dir, name), 'no picture');
  return openBackdrops(dir);
}

it('lists pictures that can be named', async () => {
  expect(await (await folder()).ids()).toEqual(['broken', 'office']);
  expect(await openBackdrops('/nowhere/at/all').ids()).toEqual([]);
});

it('fills the size that is wanted with a picture’s middle', async () => {
  const { width, height, data } = await (await folder()).open('office', { width: 20, height: 20 });
  const rgb = i420ToRgb(data, width, height);
  for (let at = 0; at < rgb.length; at += 3) {
    expect(Math.abs(rgb[at]! - 0xc0)).toBeLessThan(8);
    expect(Math.abs(rgb[at + 2]! - 0x20)).toBeLessThan(8);
  }
});

it('names what there is when a picture is unknown; a path is none', async () => {
  const backdrops = await folder();
  for (const id of ['beach', '../office', 'office.png', '']) {
    const unknown = { code: 'background_unknown', params: { picture: id, known: 'broken, office' } };
    await expect(backdrops.open(id, { width: 4, height: 4 })).rejects.toMatchObject(unknown);
    await expect(backdrops.check(id)).rejects.toMatchObject(unknown);
  }
  await expect(backdrops.check('office')).resolves.toBeUndefined();
});

it('says so where there is none', async () => {
  const missing = openBackdrops(join(tmpdir(), 'soyle-no-backdrops')).check('office');
  await expect(missing).rejects.toThrow(
    'There is no background "office"; there is: none, this server has no backgrounds',
  );
  await expect(missing).rejects.toSatisfy((error: SoyleError) =>
    error.text('ru').endsWith('у этого сервера фонов нет'),
  );
});

it('says which picture is damaged', async () => {
  const opening = (await folder()).open('broken', { width: 4, height: 4 });
  await expect(opening).rejects.toMatchObject({ code: 'media_unreadable', params: { detail: 'background broken' } });
});
