import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
  const irina = (await readCatalogue(ours)).find(({ id }) => id === 'ru_ru-irina-medium')!;
  expect(downloadSize(irina)).toBe(63_201_294 + 6846);
});

it.each([
  ['no JSON', '{', 'cannot be read'],
  ['an entry without a checksum', '{"voices":[{"id":"a","kind":"piper"}]}', 'is not usable'],
])('refuses %s', async (_, text, fault) => {
  const dir = await mkdtemp(join(tmpdir(), 'soyle-catalogue-'));
  const path = join(dir, 'voices.json');
  await writeFile(path, text);
  await expect(readCatalogue(path)).rejects.toThrow(BootError);
  await expect(readCatalogue(path)).rejects.toThrow(fault);
  await rm(dir, { recursive: true });
});
