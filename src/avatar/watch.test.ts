import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pictureFolder } from '../../test/fixtures/avatars.ts';
import { SoyleError } from '../errors.ts';
import { Entry } from './entry.ts';
import { createWatch } from './watch.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-watch-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const entryOf = (id: string) =>
  new Entry(
    { ...{ id, name: id, kind: undefined, state: 'preparing', progress: 0 }, ...{ bundled: false, default: false } },
    'signature',
    'added',
  );

it('leaves alone what is added or removed while it looks', async () => {
  await pictureFolder(dir, 'leaving');
  await pictureFolder(dir, 'dropped');
  const entries = new Map([['gul', entryOf('gul')]]);
  const [taken, forgotten]: [string[], string[]] = [[], []];
  const look = createWatch({
    ...{ dir, entries, leaving: new Set(['leaving']) },
    take: (id) => taken.push(id),
    forget: (id) => forgotten.push(id),
    strays: async () => {},
  });
  await look();
  const looking = look();
  entries.set('gul', entryOf('gul'));
  await looking;
  expect([taken, forgotten]).toEqual([['dropped'], []]);
  await look();
  expect(forgotten).toEqual(['gul']);
});

it.each([
  ['six times', false, 6],
  ['once, if it took too long', true, 1],
])('tries again what failed for a fault of the server %s', async (_, late, times) => {
  const entry = entryOf('gul');
  entry.tell({ state: 'failed', error: new SoyleError('preparation_failed') });
  entry.failure = { at: 0, deleted: false, late };
  let taken = 0;
  const look = createWatch({
    ...{ dir, entries: new Map([['gul', entry]]), leaving: new Set<string>(), retryMs: 1 },
    take: () => void taken++,
    forget: () => undefined,
    strays: async () => {},
  });
  for (let i = 0; i < 10; i++) await look();
  expect(taken).toBe(times);
});
