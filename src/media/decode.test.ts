import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePicture, fitEven, SCREEN } from './decode.ts';

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

it('fits width times height too', () => {
  expect(fitEven(1920, 1080, 1920, 1280 * 720)).toEqual({ width: 1280, height: 720 });
  expect(fitEven(1080, 1920, 1920, 1280 * 720)).toEqual({ width: 720, height: 1280 });
  expect(fitEven(640, 480, 1920, 1280 * 720)).toEqual({ width: 640, height: 480 });
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

  /** Four pixels high and wide; the rows named are transparent, the others black. */
  async function withHoles(name: string, rows: readonly number[], orientation = 1): Promise<string> {
    const pixels = Uint8Array.from({ length: 64 }, (_, at) => (at % 4 === 3 && !rows.includes(at >> 4) ? 255 : 0));
    const raw = { width: 4, height: 4, channels: 4 } as const;
    return file(name, await sharp(pixels, { raw }).withMetadata({ orientation }).png().toBuffer());
  }
  const rowsOf = async (path: string): Promise<string[]> => {
    const { rgb } = await decodePicture(path, { maxSide: 8 });
    return [0, 1, 2, 3].map((row) => `#${Buffer.from(rgb.subarray(12 * row, 12 * row + 3)).toString('hex')}`);
  };

  it('puts someone who was cut out before a screen, and white where else it is transparent', async () => {
    expect(await rowsOf(await withHoles('person.png', [0, 1]))).toEqual([SCREEN, SCREEN, '#000000', '#000000']);
    expect(await rowsOf(await withHoles('ragged.png', [3]))).toEqual(['#000000', '#000000', '#000000', '#ffffff']);
    expect(await rowsOf(await withHoles('turned.png', [3], 3))).toEqual([SCREEN, '#000000', '#000000', '#000000']);
  });

  it('makes grey a colour', async () => {
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

  it('makes sRGB of a CMYK JPEG, and turns what its EXIF says is turned', async () => {
    const red = { create: { width: 8, height: 4, channels: 3, background: '#c01020' } } as const;
    const cmyk = await file('cmyk.jpg', await sharp(red).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer());
    const [r = 0, g = 0, b = 0] = (await decodePicture(cmyk, { maxSide: 8 })).rgb;
    expect(r).toBeGreaterThan(140);
    expect(Math.max(g, b)).toBeLessThan(90);
    const turned = await file('turned.jpg', await sharp(red).withMetadata({ orientation: 6 }).jpeg().toBuffer());
    expect(await decodePicture(turned, { maxSide: 8 })).toMatchObject({
      ...{ width: 4, height: 8, original: { width: 4, height: 8 } },
    });
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
    await expect(decodePicture(cut, { maxSide: 100 })).rejects.toMatchObject({ code: 'media_damaged' });
    const huge = { create: { width: 7000, height: 7000, channels: 3, background: 'red' } } as const;
    const bomb = await file('bomb.png', await sharp(huge).png({ compressionLevel: 1 }).toBuffer());
    await expect(decodePicture(bomb, { maxSide: 100 })).rejects.toMatchObject({ code: 'picture_too_large' });
  });
});
