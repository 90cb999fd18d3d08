import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Log, silentLog } from '../log.ts';
import { createLook, foldersIn, strayWatch, takeAway } from './folder.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-folder-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('foldersIn', () => {
  it('signs folders by what can be looked at in them', async () => {
    await mkdir(join(dir, 'anna'));
    await writeFile(join(dir, 'anna', 'face.png'), 'face');
    const [before] = [...(await foldersIn(dir)).values()];
    await symlink(join(dir, 'nowhere'), join(dir, 'anna', 'gone.png'));
    await symlink(join(dir, 'nowhere'), join(dir, 'dangling'));
    await symlink(join(dir, 'anna', 'face.png'), join(dir, 'file'));
    expect(before).toMatch(/^face\.png 4 /);
    expect(await foldersIn(dir)).toEqual(new Map([['anna', before]]));
  });
});

describe('a folder whose name cannot be an id', () => {
  it('is told of once, when it appears, and nothing else is', async () => {
    const told: unknown[] = [];
    const log = {
      ...silentLog,
      warn: ({ folder }: { folder: string }) => told.push(basename(folder)),
    } as unknown as Log;
    for (const name of ['anna', 'My Face', '.draft-0']) await mkdir(join(dir, name));
    await writeFile(join(dir, 'READ ME'), 'no folder');
    const look = strayWatch(dir, log);
    await look();
    await look();
    expect(told).toEqual(['My Face']);
    await mkdir(join(dir, 'Tante'));
    await look();
    expect(told).toEqual(['My Face', 'Tante']);
  });
});

describe('a look', () => {
  const known = new Map([['anna', 'a']]);

  it('tells what came when it stays, what went when it stays away', () => {
    const look = createLook();
    const now = new Map([['gul', 'g']]);
    expect(look(now, known)).toEqual({ came: [], went: [] });
    expect(look(now, known)).toEqual({ came: [['gul', 'g']], went: ['anna'] });
  });

  it('waits while a folder changes, is away for a moment or cannot be looked into', () => {
    const look = createLook();
    for (const now of [[['anna', 'b']], [], [['anna', 'c']], [], [['anna', undefined]], [['anna', 'a']]] as const) {
      expect(look(new Map(now), known)).toEqual({ came: [], went: [] });
    }
  });
});

it('takes a folder away at once, and later from the disk; one that is not there is no fault', async () => {
  await mkdir(join(dir, 'anna', '.cache'), { recursive: true });
  const remove = await takeAway(dir, 'anna');
  expect(await foldersIn(dir)).toEqual(new Map());
  await remove();
  await (await takeAway(dir, 'anna'))();
  expect(await foldersIn(dir)).toEqual(new Map());
});
