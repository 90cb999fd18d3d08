import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePicture, fitEven } from './decode.ts';

describe('fitEven', () => {
  it.each([
    [720, 720, 1080, 720, 720],
    [1920, 1080, 1080, 1080, 606],
    [721, 481, 1080, 720, 480],
    [10_000, 10, 100, 100, 2],
    [3, 3, 100, 2, 2],
  ])('%i×%i within %i is %i×%i', (width, height, maxSide, fitWidth, fitHeight) => {
    expect(fitEven(width, height, maxSide)).toEqual({ width: fitWidth, height: fitHeight });
  });
});

describe('decodePicture', () => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'soyle-picture-'));
  });
  afterAll(() => rm(dir, { recursive: true }));
  const file = async (name: string, data: Uint8Array | string): Promise<string> => {
    const path = join(dir, name);
    await writeFile(path, data);
    return path;
  };

  it('turns a picture upright, whatever its name says', async () => {
    const red = { create: { width: 6, height: 4, channels: 3, background: 'red' } } as const;
    const path = await file('photo.mp4', await sharp(red).withMetadata({ orientation: 6 }).jpeg().toBuffer());
    const { width, height, rgb, i420 } = await decodePicture(path, { maxSide: 100 });
    expect([width, height, rgb.length, i420.length]).toEqual([4, 6, 72, 36]);
    expect(Math.abs(i420[0]! - 81)).toBeLessThan(3);
  });

  it('makes what is transparent white, and grey a colour', async () => {
    const clear = { create: { width: 2, height: 2, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } } as const;
    const transparent = await file('clear.png', await sharp(clear).png().toBuffer());
    expect([...(await decodePicture(transparent, { maxSide: 8 })).rgb]).toEqual(Array(12).fill(255));
    const grey = await file(
      'grey.png',
      await sharp(new Uint8Array(4).fill(77), { raw: { width: 2, height: 2, channels: 1 } })
        .png()
        .toBuffer(),
    );
    expect([...(await decodePicture(grey, { maxSide: 8 })).rgb]).toEqual(Array(12).fill(77));
  });

  it('scales down and to even sides', async () => {
    const large = { create: { width: 301, height: 151, channels: 3, background: 'grey' } } as const;
    const path = await file('large.webp', await sharp(large).webp().toBuffer());
    expect(await decodePicture(path, { maxSide: 100 })).toMatchObject({ width: 100, height: 50 });
  });

  it('refuses an SVG that calls itself a picture', async () => {
    const path = await file('face.png', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    await expect(decodePicture(path, { maxSide: 100 })).rejects.toMatchObject({ code: 'media_unsupported' });
  });

  it('says so when a picture is cut off or too large', async () => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251);
    const whole = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .png()
      .toBuffer();
    const cut = await file('cut.png', whole.subarray(0, whole.length / 2));
    await expect(decodePicture(cut, { maxSide: 100 })).rejects.toMatchObject({ code: 'media_unreadable' });
    const huge = { create: { width: 7000, height: 7000, channels: 3, background: 'red' } } as const;
    const bomb = await file('bomb.png', await sharp(huge).png({ compressionLevel: 1 }).toBuffer());
    await expect(decodePicture(bomb, { maxSide: 100 })).rejects.toMatchObject({ code: 'media_unreadable' });
  });
});
