import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootError, SoyleError } from '../errors.ts';
import { LANGUAGES } from '../types.ts';
import { readAvatarSource, usableIds } from './manifest.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'soyle-avatar-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A folder with empty files and, if given, an `avatar.json`. */
async function folder(id: string, files: string[], manifest?: unknown): Promise<string> {
  const dir = join(root, id);
  await mkdir(dir);
  for (const file of files) await writeFile(join(dir, file), 'x');
  if (manifest !== undefined) {
    await writeFile(join(dir, 'avatar.json'), typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  }
  return dir;
}

describe('readAvatarSource', () => {
  it('reads avatar.json', async () => {
    const dir = await folder('a', ['loop.mp4', 'still.png', 'other.png'], {
      ...{ id: 'anna', name: 'Анна', source: 'loop.mp4', poster: 'still.png', loop: true, licence: 'CC0-1.0' },
    });
    expect(await readAvatarSource(dir)).toEqual({
      ...{ id: 'anna', name: 'Анна', kind: 'video', loop: true, licence: 'CC0-1.0', idle: 'alive', bundled: false },
      path: join(dir, 'loop.mp4'),
      posterPath: join(dir, 'still.png'),
    });
  });

  it('needs none for a single picture or video', async () => {
    const photo = await folder('photo', ['Me.JPG', 'notes.txt', '.hidden.png']);
    expect(await readAvatarSource(photo)).toMatchObject({ id: 'photo', kind: 'picture', path: join(photo, 'Me.JPG') });
    const video = await folder('video', ['clip.webm', 'still.png']);
    expect(await readAvatarSource(video)).toMatchObject({
      ...{ id: 'video', kind: 'video', loop: 'best' },
      posterPath: join(video, 'still.png'),
    });
  });

  it('reads how an upload is meant, and that the person shown agreed', async () => {
    const said = { face: { x: 10, y: 20.5 }, idle: 'still', consent: { given: true, at: '2026-11-20T12:00:00.000Z' } };
    const dir = await folder('a', ['source.png'], { name: '../../etc', source: 'source.png', ...said });
    expect(await readAvatarSource(dir)).toMatchObject({
      id: 'a',
      name: '../../etc',
      path: join(dir, 'source.png'),
      ...said,
    });
  });

  it('takes what avatar.json leaves out from the folder, as where there is none', async () => {
    const still = await folder('still', ['Me.jpg'], { idle: 'still' });
    expect(await readAvatarSource(still)).toMatchObject({
      ...{ id: 'still', name: 'still', kind: 'picture', path: join(still, 'Me.jpg'), idle: 'still' },
    });
    const clip = await folder('clip', ['clip.mp4', 'face.png'], { name: 'Гүл', loop: true });
    expect(await readAvatarSource(clip)).toMatchObject({
      ...{ name: 'Гүл', kind: 'video', loop: true, posterPath: join(clip, 'face.png') },
    });
    const two = await folder('two', ['face.png', 'other.png'], { poster: 'other.png' });
    expect(await readAvatarSource(two)).toMatchObject({
      ...{ path: join(two, 'face.png'), posterPath: join(two, 'other.png') },
    });
  });

  it('takes a point as a form does, too', async () => {
    const dir = await folder('a', ['a.png'], { face: '10,20.5' });
    expect((await readAvatarSource(dir)).face).toEqual({ x: 10, y: 20.5 });
  });

  it.each<[string, unknown, RegExp]>([
    ['an unknown key', { colour: 'red' }, /a\/avatar\.json.*"colour".* id, name, source, poster, loop, idle, face/],
    ['a face that is no point', { face: '1;1' }, /a\/avatar\.json.*"face".*"320,240" .+ \{"x": 320, "y": 240\}/],
    ['an idle life of another kind', { idle: 'dead' }, /a\/avatar\.json.*"idle".*"alive" \/ "still"/],
    ['a name that a terminal would obey', { name: 'A\u001b[31m' }, /a\/avatar\.json.*"name".*(control|управл|басқару)/],
    ['a path upwards', { source: '../x.png' }, /a\/avatar\.json.*"source".*avatar\.json/],
    ['a list', [], /a\/avatar\.json.*JSON/],
    ['broken JSON', '{"name": Anna}', /a\/avatar\.json.*JSON/],
  ])('tells clients what is wrong with avatar.json in every language: %s', async (_, manifest, expected) => {
    const error = await readAvatarSource(await folder('a', ['a.png'], manifest)).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(BootError);
    expect(error.cause).toBeInstanceOf(SoyleError);
    const texts = LANGUAGES.map((language) => error.cause.text(language));
    expect(new Set(texts).size).toBe(LANGUAGES.length);
    for (const text of texts) {
      expect(text).toMatch(expected);
      expect(text).not.toMatch(/SyntaxError|Invalid|Unexpected|✖/);
      expect(text).not.toContain(root);
    }
  });

  it('refuses an empty file', async () => {
    const dir = await folder('a', []);
    await writeFile(join(dir, 'a.png'), '');
    await expect(readAvatarSource(dir)).rejects.toMatchObject({ cause: { code: 'file_empty' } });
  });

  it.each([
    ['consent that was not given', ['a.png'], { name: 'A', source: 'a.png', consent: { given: false } }, /consent/],
    ['nothing to show', ['notes.txt'], undefined, /holds no picture or video/],
    ['several pictures', ['a.png', 'b.jpg'], undefined, /several candidates \(a\.png, b\.jpg\)/],
    ['several videos', ['a.mp4', 'b.mov'], undefined, /several candidates \(a\.mp4, b\.mov\)/],
    ['broken JSON', ['a.png'], '{', /avatar\.json is not usable/],
    ['an unknown key', ['a.png'], { name: 'A', source: 'a.png', colour: 'red' }, /colour/],
    ['a path upwards', ['a.png'], { name: 'A', source: '../a.png' }, /name of a file beside/],
    ['a path below', ['a.png'], { name: 'A', source: 'b/a.png' }, /name of a file beside/],
    ['an absolute path', ['a.png'], { name: 'A', source: '/etc/passwd' }, /name of a file beside/],
    ['no source among several', ['a.png', 'b.jpg'], { name: 'A' }, /several candidates/],
    ['an absent file', ['a.png'], { name: 'A', source: 'b.png' }, /b\.png is missing/],
    ['an absent poster', ['a.mp4'], { name: 'A', source: 'a.mp4', poster: 'b.png' }, /b\.png is missing/],
    ['a file of another kind', ['a.svg'], { name: 'A', source: 'a.svg' }, /a\.svg is of no kind/],
    [
      'an id that is none',
      ['a.png'],
      { id: '_a', name: 'A', source: 'a.png' },
      /"id" must be .*a letter or digit first/,
    ],
  ])('refuses %s', async (_, files, manifest, message) => {
    const reading = readAvatarSource(await folder('a', files, manifest));
    await expect(reading).rejects.toBeInstanceOf(BootError);
    await expect(reading).rejects.toThrow(message);
  });

  it('refuses a folder whose name is no id, an absent one, a folder as source and a giant file', async () => {
    await expect(readAvatarSource(await folder('No Id', ['a.png']))).rejects.toThrow(/"No Id" cannot be an id/);
    await expect(readAvatarSource(join(root, 'absent'))).rejects.toThrow(/absent cannot be read/);
    const nested = await folder('nested', []);
    await mkdir(join(nested, 'a.png'));
    await expect(readAvatarSource(nested)).rejects.toThrow(/is not a file/);
    const giant = await folder('giant', ['a.png']);
    await truncate(join(giant, 'a.png'), 31 * 2 ** 20);
    await expect(readAvatarSource(giant)).rejects.toThrow(/larger than 30 MiB/);
    const long = await folder('long', ['a.mp4']);
    await truncate(join(long, 'a.mp4'), 300 * 2 ** 20);
    expect(await readAvatarSource(long)).toMatchObject({ kind: 'video' });
  });
});

it('lists the avatars that could be used, without what has no usable name or holds nothing', async () => {
  await folder('vera', ['face.png']);
  await folder('anna', ['loop.mp4']);
  await folder('My Face', ['face.png']);
  await folder('empty', []);
  await writeFile(join(root, 'notes'), 'x');
  expect(await usableIds(root)).toEqual(['anna', 'vera']);
});
