import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { BootError } from '../errors.ts';
import { LANGUAGES } from '../types.ts';
import { downloadSize, readCatalogue } from './catalogue.ts';

const ours = fileURLToPath(new URL('../../models/voices.json', import.meta.url));

it('offers voices of every language, all of whose files have an address that does not change', async () => {
  const voices = await readCatalogue(ours);
  expect(new Set(voices.map(({ language }) => language))).toEqual(new Set(LANGUAGES));
  for (const { id, files } of voices) {
    for (const { url } of Object.values(files)) expect(url, id).toMatch(/\/resolve\/[0-9a-f]{40}\//);
  }
});

it('knows what is to be downloaded', async () => {
  const dmitri = (await readCatalogue(ours)).find(({ id }) => id === 'ru_ru-dmitri-medium')!;
  expect(downloadSize(dmitri)).toBe(63_201_294 + 6921);
});

const [entry] = (JSON.parse(await readFile(ours, 'utf8')) as { voices: object[] }).voices;

it.each([
  ['no JSON', '{', 'cannot be read'],
  ['an entry without a checksum', '{"voices":[{"id":"a","kind":"piper"}]}', 'is not usable'],
  [
    'a voice without a stated licence',
    JSON.stringify({ voices: [{ ...entry, licence: 'Unknown' }] }),
    'must be stated',
  ],
])('refuses %s', async (_, text, fault) => {
  const dir = await mkdtemp(join(tmpdir(), 'soyle-catalogue-'));
  const path = join(dir, 'voices.json');
  await writeFile(path, text);
  await expect(readCatalogue(path)).rejects.toThrow(BootError);
  await expect(readCatalogue(path)).rejects.toThrow(fault);
  await rm(dir, { recursive: true });
});
