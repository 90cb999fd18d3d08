import { appendFile, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { installVoice } from '../../test/fixtures/voices/random-weights.ts';
import { silentLog } from '../log.ts';
import * as folder from '../voices/folder.ts';
import { removeVoice } from '../voices/manage.ts';
import { SherpaVoices } from './sherpa-voices.ts';

vi.mock('../voices/folder.ts', { spy: true });
const reads = vi.mocked(folder.readVoice);
const looks = vi.mocked(folder.folderLook);

async function voices() {
  const dir = await mkdtemp(join(tmpdir(), 'soyle-sherpa-voices-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await installVoice(dir, 'one', 'ru');
  await installVoice(dir, 'two', 'kk');
  let now = 0;
  const known = new SherpaVoices(dir, {}, silentLog, () => now);
  await known.refresh();
  reads.mockClear();
  looks.mockClear();
  const ids = async () => {
    await known.refresh();
    return known.list().map(({ id }) => id);
  };
  return { dir, known, ids, wait: (ms: number) => (now += ms) };
}

it('reads no voice again that has not changed, and looks at their folders every few seconds', async () => {
  const { known, ids, wait } = await voices();
  await Promise.all(Array.from({ length: 20 }, ids));
  expect([reads, looks].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  wait(3000);
  expect((await Promise.all(Array.from({ length: 20 }, ids)))[0]).toEqual(['one', 'two']);
  expect([reads, looks].map(({ mock }) => mock.calls.length)).toEqual([0, 2]);
  await known.scan();
  expect([reads, looks].map(({ mock }) => mock.calls.length)).toEqual([0, 4]);
});

it('sees at once which voices came and went, and reads only those', async () => {
  const { dir, ids } = await voices();
  await installVoice(dir, 'three', 'en');
  expect(await ids()).toEqual(['one', 'three', 'two']);
  expect(reads.mock.calls.map(([, id]) => id)).toEqual(['three']);
  await removeVoice(dir, 'one');
  expect(await ids()).toEqual(['three', 'two']);
});

it('sees after a few seconds what changed inside a folder, for better or worse', async () => {
  const { dir, known, ids, wait } = await voices();
  const before = known.fingerprint;
  const tokens = join(dir, 'two', 'tokens.txt');
  await appendFile(tokens, 'nonsense');
  wait(3000);
  expect(await ids()).toEqual(['one']);
  expect([...known.broken.keys()]).toEqual(['two']);
  expect(known.fingerprint).not.toBe(before);
  expect(reads.mock.calls.map(([, id]) => id)).toEqual(['two']);
  await rm(join(dir, 'two'), { recursive: true });
  await installVoice(dir, 'two', 'kk');
  expect(await ids()).toEqual(['one', 'two']);
});

it('looks again where a request names a voice it does not know', async () => {
  const { dir, known } = await voices();
  const description = join(dir, 'three', 'voice.json');
  await installVoice(dir, 'three', 'en');
  await writeFile(description, '{}');
  await expect(known.choose('three', 'en')).rejects.toMatchObject({ code: 'speech_failed' });
  await utimes(description, 1, 1);
  await expect(known.choose('three', 'en')).rejects.toMatchObject({ code: 'speech_failed' });
  await expect(known.choose('four', 'en')).rejects.toMatchObject({ code: 'invalid_request' });
  expect(reads.mock.calls.map(([, id]) => id)).toEqual(['three', 'three']);
});
