import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SoyleError } from './errors.ts';
import { silentLog } from './log.ts';
import { createMedia } from './media/ffmpeg.ts';
import { type Place, registerAvatar, type Upload } from './register.ts';

const media = createMedia({ log: silentLog });
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-register-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Takes every draft for a finished avatar: tells its id and what lies in it. */
const place: Place<{ id: string; files: Record<string, Buffer> }> = {
  async draft() {
    await mkdir(join(dir, 'draft'));
    return join(dir, 'draft');
  },
  async add(id, draft) {
    const names = await readdir(draft);
    const files = await Promise.all(names.map(async (name) => [name, await readFile(join(draft, name))] as const));
    return { id, files: Object.fromEntries(files) };
  },
};

const picture = (width = 8, height = 8) => sharp({ create: { width, height, channels: 3, background: 'red' } });

async function register(content: Buffer | string, upload: Partial<Upload> = {}) {
  const path = join(dir, 'upload');
  await writeFile(path, content);
  return registerAvatar({ path, consent: true, ...upload }, place, media);
}

describe('registerAvatar', () => {
  it('makes a folder of a picture, described in the words of who sent it', async () => {
    const png = await picture().png().toBuffer();
    const said = { id: 'gul', name: '../../Гүл', face: { x: 3, y: 4 }, idle: 'still', origin: 'My own' } as const;
    const { id, files } = await register(png, said);
    expect(id).toBe('gul');
    expect(Object.keys(files).sort()).toEqual(['avatar.json', 'source.png']);
    expect(files['source.png']).toEqual(png);
    const { consent, ...manifest } = JSON.parse(files['avatar.json']!.toString());
    const { id: _, ...written } = said;
    expect(manifest).toEqual({ ...written, source: 'source.png' });
    expect(consent).toEqual({ given: true, at: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(Date.now() - Date.parse(consent.at)).toBeLessThan(60_000);
    expect(await readdir(dir)).toEqual([]);
  });

  it('makes up an id nobody can guess, and names the file by what it is', async () => {
    const one = await register(await picture().jpeg().toBuffer());
    const other = await register(await picture().webp().toBuffer());
    expect(one.id).toMatch(/^avatar-[0-9a-f]{10}$/);
    expect(other.id).not.toBe(one.id);
    expect([one, other].map(({ files }) => Object.keys(files)[1])).toEqual(['source.jpg', 'source.webp']);
    const video = await register(await readFile(join('avatars', 'anna', 'loop.mp4')));
    expect(Object.keys(video.files)).toContain('source.mp4');
  });

  it.each([
    ['a playlist', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n', 'media_unsupported'],
    ['a concat list', 'ffconcat version 1.0\nfile /etc/passwd\n', 'media_unsupported'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'media_unsupported'],
    ['an empty file', '', 'file_empty'],
    [
      'a playlist behind the head of an MP4',
      '\0\0\0\x18ftypisom\0\0\0\0isomavc1\n#EXTM3U\n/etc/passwd',
      'media_damaged',
    ],
    ['a picture without its pixels', '\x89PNG\r\n\x1a\n', 'media_damaged'],
  ])('refuses %s, and keeps nothing', async (_, content, code) => {
    await expect(register(Buffer.from(content, 'latin1'))).rejects.toMatchObject({ code });
    expect(await readdir(dir)).toEqual([]);
  });

  it('refuses a picture of too many pixels by its head alone', async () => {
    const bomb = await picture(6001, 6000).png({ compressionLevel: 1 }).toBuffer();
    await expect(register(bomb.subarray(0, 4096))).rejects.toMatchObject({
      ...{ code: 'picture_too_large', params: { limit: 36 } },
    });
  });

  it.each([
    ['name', 'x'.repeat(101)],
    ['name', 'x\u001b[31m'],
    ['licence', 'x\ny'],
    ['origin', ''],
    ['id', '../up'],
  ])('refuses a "%s" that no avatar.json may hold, whoever sends it', async (field, value) => {
    const registering = register(await picture().png().toBuffer(), { [field]: value });
    await expect(registering).rejects.toMatchObject({
      ...{ code: 'invalid_request', params: { detail: expect.stringContaining(`"${field}"`) } },
    });
    expect(await readdir(dir)).toEqual([]);
  });

  it('looks at no more files at once than it can', async () => {
    const png = await picture().png().toBuffer();
    const paths = Array.from({ length: 20 }, (_, i) => join(dir, `upload-${i}`));
    await Promise.all(paths.map((path) => writeFile(path, png)));
    const one = { draft: () => mkdtemp(join(dir, 'draft-')), add: async (id: string) => id };
    const crowd = await Promise.allSettled(paths.map((path) => registerAvatar({ path, consent: true }, one, media)));
    const refused = crowd.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(refused).toEqual(['queue_full', 'queue_full']);
    expect(await readdir(dir)).toEqual([]);
  });

  it('keeps nothing of what the library refuses', async () => {
    const path = join(dir, 'upload');
    await writeFile(path, await picture().png().toBuffer());
    const refusing = { ...place, add: async () => Promise.reject(new SoyleError('avatar_exists')) };
    const registering = registerAvatar({ path, consent: true }, refusing, media);
    await expect(registering).rejects.toMatchObject({ code: 'avatar_exists' });
    expect(await readdir(dir)).toEqual([]);
  });
});
