import { mkdir, mkdtemp, readdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { finderWithout, greyDecoder, pictureFolder } from '../../test/fixtures/avatars.ts';
import { BootError, SoyleError } from '../errors.ts';
import { silentLog } from '../log.ts';
import type { AvatarFacts } from './facts.ts';
import { openFootage, type PreparedAvatar } from './footage.ts';
import { type AvatarLibrary, type LibraryOptions, openLibrary } from './library.ts';
import { readAvatarSource } from './manifest.ts';
import { prepareAvatar } from './prepare.ts';

const FRAMING = { eyes: 0.3, mouth: 0.6, aspect: 1.5 };
const CONSENT = { consent: { given: true, at: '2026-11-20T12:00:00.000Z' } };
const decode = greyDecoder(1);
const PREPARE = {
  ...{ finder: finderWithout(), decode, framing: FRAMING, modelSize: 64, log: silentLog },
  encodeLoop: () => Promise.reject(new Error('nothing moves here')),
};

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-library-'));
  await pictureFolder(dir, 'anna', { bundled: true, idle: 'still' });
});
const opened: AvatarLibrary[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((library) => library.close()));
  await rm(dir, { recursive: true, force: true });
});

/** A library whose avatars are prepared in this process; notes which were. */
async function open(
  options: Partial<LibraryOptions> = {},
): Promise<AvatarLibrary & { prepared: string[]; looked: boolean[] }> {
  const finder = finderWithout();
  const prepared: string[] = [];
  const viewer = options.viewer ?? (async () => ({ framing: FRAMING, modelSize: 64 }));
  const library = await openLibrary({
    ...{ dir, defaultId: 'anna', memoryBytes: 1e9, log: silentLog },
    viewer,
    async prepare(order, { onProgress, signal }) {
      const source = await readAvatarSource(order.dir);
      prepared.push(source.id);
      await prepareAvatar(source, {
        ...{
          finder,
          decode,
          ...(await viewer()),
          cacheDir: order.cacheDir,
          log: silentLog,
        },
        ...{ encodeLoop: () => Promise.reject(new Error('nothing moves here')), onProgress, signal },
      });
    },
    openFootage: (of) => openFootage(of, { decode, log: silentLog }),
    ...options,
  });
  opened.push(library);
  return { ...library, prepared, looked: finder.followed };
}

/** Prepares nothing until it is told to, or, unless it is deaf, until its work is no longer wanted. */
function gate({ deaf = false } = {}) {
  const waiting: (() => void)[] = [];
  const prepare: LibraryOptions['prepare'] = (_, { signal }) =>
    new Promise((resolve, reject) => {
      waiting.push(resolve);
      if (!deaf) signal.addEventListener('abort', () => reject(signal.reason));
    });
  return { prepare, waiting };
}

const still = { idle: 'still', ...CONSENT };

/** A draft with a picture in it. */
async function draftOf(library: AvatarLibrary, manifest: object = still): Promise<string> {
  const draft = await library.draft();
  const folder = await pictureFolder(dir, 'elsewhere', manifest);
  for (const name of await readdir(folder)) await rename(join(folder, name), join(draft, name));
  await rm(folder, { recursive: true });
  return draft;
}

describe('a library', () => {
  it('prepares what it finds, once, and tells what came of it', async () => {
    await pictureFolder(dir, 'vera', { idle: 'still', licence: 'CC0-1.0' });
    const library = await open();
    expect(library.list().map(({ id, state }) => `${id} ${state}`)).toEqual(['anna preparing', 'vera preparing']);
    await library.settled();
    expect(library.prepared.sort()).toEqual(['anna', 'vera']);
    const vera = library.facts('vera');
    expect(vera).toMatchObject({ kind: 'picture', state: 'ready', progress: 1, frames: 1, width: 32, default: false });
    expect(vera).toMatchObject({
      licence: 'CC0-1.0',
      bundled: false,
      idlePath: undefined,
      report: { face: { modelPx: 64 } },
    });
    expect((await stat(vera.previewPath!)).size).toBeGreaterThan(100);
    expect(library.facts()).toMatchObject({ id: 'anna', default: true, bundled: true });

    const again = await open();
    await again.settled();
    expect(again.prepared).toEqual([]);
    expect(again.facts('vera').report).toEqual(vera.report);
  });

  it('lists a folder that cannot be used as failed, with the reason and without the path', async () => {
    await mkdir(join(dir, 'empty'));
    const library = await open();
    await library.settled();
    const { state, error } = library.facts('empty');
    expect([state, error?.code]).toEqual(['failed', 'avatar_unusable']);
    expect(error?.message).toContain('Avatar folder empty holds no picture or video');
    expect(error?.message).not.toContain(dir);
    expect(library.facts('anna').state).toBe('ready');
    await expect(library.open('empty', FRAMING)).rejects.toMatchObject({ code: 'avatar_unusable' });
  });

  it('opens avatars, waiting for them, and shares what is open', async () => {
    const library = await open();
    const [one, other] = await Promise.all([library.open(undefined, FRAMING), library.open('anna', FRAMING)]);
    expect(one.avatar).toBe(other.avatar);
    const padded = await library.open('anna', { ...FRAMING, pads: [0, 20, 0, 0] });
    expect(padded.avatar.frames).toBe(one.avatar.frames);
    expect(padded.avatar.crops).not.toEqual(one.avatar.crops);
  });

  it('judges anew, and nothing else, for another lips model', async () => {
    await (await open()).settled();
    const library = await open({ viewer: async () => ({ framing: { ...FRAMING, aspect: 1 }, modelSize: 96 }) });
    await library.settled();
    expect(library.facts().report?.face.modelPx).toBe(96);
    expect([library.prepared, library.looked]).toEqual([['anna'], []]);
    const again = await open({ viewer: async () => ({ framing: { ...FRAMING, aspect: 1 }, modelSize: 96 }) });
    await again.settled();
    expect(again.prepared).toEqual([]);
  });

  it('makes anew what was damaged, once', async () => {
    let damaged = 1;
    const openings = async (of: PreparedAvatar) => {
      if (damaged-- > 0) throw new BootError('What was prepared of avatar anna is damaged');
      return openFootage(of, { decode, log: silentLog });
    };
    const library = await open({ openFootage: openings });
    const held = await Promise.all([library.open('anna', FRAMING), library.open('anna', FRAMING)]);
    expect(held[0].avatar.id).toBe('anna');
    expect(library.prepared).toEqual(['anna', 'anna']);
    damaged = 2;
    const hopeless = await open({ openFootage: openings });
    await expect(hopeless.open('anna', FRAMING)).rejects.toThrow('is damaged');
    expect(hopeless.prepared).toEqual(['anna']);
  });

  it('clears away what a killed process was writing', async () => {
    const cache = join(dir, 'anna', '.cache');
    await mkdir(cache);
    const then = new Date(Date.now() - 3_600_000);
    for (const name of ['1234.tmp-loop.mp4', 'prepared.json.7.tmp', 'new.tmp-loop.mp4']) {
      await writeFile(join(cache, name), '');
      if (!name.startsWith('new')) await utimes(join(cache, name), then, then);
    }
    await (await open()).settled();
    expect((await readdir(cache)).filter((name) => name.includes('.tmp'))).toEqual(['new.tmp-loop.mp4']);
  });

  it('warns of a folder whose name cannot be an id, unless others alone are meant', async () => {
    await pictureFolder(dir, 'My Face');
    const warn = vi.spyOn(silentLog, 'warn');
    try {
      await open({ only: ['anna'] });
      expect(warn).not.toHaveBeenCalled();
      const library = await open();
      expect(warn).toHaveBeenCalledWith({ folder: join(dir, 'My Face') }, expect.stringContaining('cannot be an id'));
      expect(library.list().map(({ id }) => id)).toEqual(['anna']);
    } finally {
      warn.mockRestore();
    }
  });

  it('warns, once, of a picture that lies there without a folder', async () => {
    await writeFile(join(dir, 'me.JPG'), '');
    await writeFile(join(dir, 'README.md'), '');
    await writeFile(join(dir, '.hidden.png'), '');
    const warn = vi.spyOn(silentLog, 'warn');
    try {
      const library = await open({ watchMs: 1 });
      await library.settled();
      await pictureFolder(dir, 'vera', { idle: 'still' });
      await vi.waitFor(() => expect(library.facts('vera').state).toBe('ready'));
      expect(warn.mock.calls).toEqual([
        [{ file: join(dir, 'me.JPG') }, expect.stringContaining('a folder of its own')],
      ]);
    } finally {
      warn.mockRestore();
    }
  });

  it('warns of nothing where a folder vanishes while it is being prepared', async () => {
    await pictureFolder(dir, 'vera', { idle: 'still' });
    const warn = vi.spyOn(silentLog, 'warn');
    try {
      const library = await open({
        async prepare({ dir: folder }) {
          if (!folder.endsWith('vera')) return;
          await rm(folder, { recursive: true });
          await readAvatarSource(folder);
        },
        ...{ only: ['vera'], watchMs: 5 },
      });
      await library.settled();
      await vi.waitFor(() => expect(() => library.facts('vera')).toThrow('There is no avatar'));
      expect(warn.mock.calls).toEqual([]);
    } finally {
      warn.mockRestore();
    }
  });

  it('names what there is when asked for what there is not', async () => {
    await mkdir(join(dir, 'empty'));
    const library = await open();
    await library.settled();
    const unknown = { code: 'avatar_unknown', params: { avatar: 'nobody', known: 'anna' } };
    expect(() => library.facts('nobody')).toThrow(expect.objectContaining(unknown));
    await expect(library.open('nobody', FRAMING)).rejects.toMatchObject(unknown);
    await expect(library.remove('../anna')).rejects.toMatchObject({ code: 'avatar_unknown' });
    expect(() => library.facts('a'.repeat(5000))).toThrow(/^There is no avatar "a{64}…"/);
  });
});

describe('adding and removing', () => {
  it('takes an upload in, tells its way to the end, and keeps it over a restart', async () => {
    const library = await open();
    const added = await library.add('gul', await draftOf(library));
    expect(added).toMatchObject({ id: 'gul', state: 'preparing', progress: 0 });
    const told: AvatarFacts[] = [];
    for await (const facts of library.follow('gul', new AbortController().signal)) told.push(facts);
    expect(told.at(-1)).toMatchObject({ state: 'ready', progress: 1, consentAt: CONSENT.consent.at });
    expect(told.map(({ progress }) => progress)).toEqual(told.map(({ progress }) => progress).sort((a, b) => a - b));
    expect((await readdir(dir)).sort()).toEqual(['anna', 'gul']);
    const again = await open();
    await again.settled();
    expect(again.facts('gul')).toMatchObject({ state: 'ready', consentAt: CONSENT.consent.at });
  });

  it('refuses an id that exists, be it being prepared or lying in the folder unseen', async () => {
    const { prepare } = gate();
    const library = await open({ prepare });
    await expect(library.add('anna', await draftOf(library))).rejects.toMatchObject({ code: 'avatar_exists' });
    await pictureFolder(dir, 'unseen');
    await expect(library.add('unseen', await draftOf(library))).rejects.toMatchObject({ code: 'avatar_exists' });
    await expect(library.add('../up', await draftOf(library))).rejects.toBeInstanceOf(RangeError);
  });

  it('keeps nothing of an upload that failed but the reason, and lets the id be used again', async () => {
    const refusing = { prepare: async () => Promise.reject(new SoyleError('face_not_found')) };
    const library = await open(refusing);
    await library.add('gul', await draftOf(library));
    await library.settled();
    expect(library.facts('gul')).toMatchObject({ state: 'failed', error: { code: 'face_not_found' } });
    expect(await readdir(dir)).toEqual(['anna']);
    expect(await library.add('gul', await draftOf(library))).toMatchObject({ state: 'preparing' });
    await library.settled();
    await library.remove('gul');
    expect(() => library.facts('gul')).toThrow('There is no avatar');
  });

  it('keeps an upload when the server is to blame, and prepares it when that is over', async () => {
    const faults = [new SoyleError('storage_full'), new Error('a mistake'), undefined];
    const library = await open({
      ...{ watchMs: 5, retryMs: 1 },
      async prepare({ dir: folder }, { signal }) {
        const fault = faults.shift();
        if (fault) throw fault;
        const source = await readAvatarSource(folder);
        await prepareAvatar(source, { ...PREPARE, cacheDir: join(folder, '.cache'), signal });
      },
      only: ['gul'],
    });
    await library.add('gul', await draftOf(library));
    const told: (string | undefined)[] = [];
    for await (const { error } of library.follow('gul', new AbortController().signal)) told.push(error?.code);
    expect(told.at(-1)).toBe('storage_full');
    expect(await readdir(join(dir, 'gul'))).toContain('face.png');
    await vi.waitFor(() => expect(library.facts('gul').state).toBe('ready'));
    expect(faults).toEqual([]);
  });

  it.each<[string, 'face_not_found' | 'internal', object]>([
    ['face_not_found', 'face_not_found', { idle: 'still' }],
    ['face_not_found, bundled', 'face_not_found', { ...still, bundled: true }],
    ['internal, uploaded', 'internal', still],
  ])('deletes nothing that it found and nobody uploaded, and nothing for its own fault (%s)', async (_, code, said) => {
    await pictureFolder(dir, 'gul', said);
    const library = await open({ prepare: async () => Promise.reject(new SoyleError(code)) });
    await library.settled();
    expect(library.facts('gul')).toMatchObject({ state: 'failed', error: { code } });
    expect((await readdir(join(dir, 'gul'))).sort()).toEqual(['.cache', 'avatar.json', 'face.png']);
  });

  it('keeps nothing of an upload that failed for what it is after a restart either', async () => {
    const { prepare, waiting } = gate();
    const stopped = await open({ prepare });
    await stopped.add('gul', await draftOf(stopped));
    await vi.waitFor(() => expect(waiting.length).toBe(2));
    await stopped.close();
    await writeFile(join(dir, 'gul', '.cache', 'aa.tracked'), '');
    await writeFile(join(dir, 'gul', '.cache', 'bb.tmp-aa.mp4'), '');
    const library = await open({ prepare: async () => Promise.reject(new SoyleError('face_not_found')) });
    await library.settled();
    expect(library.facts('gul')).toMatchObject({ state: 'failed', error: { code: 'face_not_found' } });
    expect(await readdir(dir)).toEqual(['anna']);
    await expect(library.add('gul', await draftOf(library))).resolves.toMatchObject({ state: 'preparing' });
  });

  it('keeps an upload that has been an avatar, whatever is found wrong with it later', async () => {
    const before = await open();
    await before.add('gul', await draftOf(before));
    await before.settled();
    await before.close();
    for (const lost of [join('.cache', 'prepared.json'), '.cache']) {
      await rm(join(dir, 'gul', lost), { recursive: true });
      const library = await open({ prepare: async () => Promise.reject(new SoyleError('media_damaged')) });
      await library.settled();
      expect(library.facts('gul')).toMatchObject({ state: 'failed', error: { code: 'media_damaged' } });
      expect(await readdir(join(dir, 'gul'))).toContain('face.png');
      await library.close();
    }
  });

  it('tells for a while why an upload failed', async () => {
    const refusing = async () => Promise.reject(new SoyleError('face_not_found'));
    const library = await open({ prepare: refusing, watchMs: 5, mournMs: 50, only: ['gul'] });
    await library.add('gul', await draftOf(library));
    await library.settled();
    expect(library.facts('gul').state).toBe('failed');
    await vi.waitFor(() => expect(() => library.facts('gul')).toThrow('There is no avatar'));
  });

  it('removes at once what waits to be prepared, however long that goes on', async () => {
    const { prepare, waiting } = gate({ deaf: true });
    const library = await open({ prepare, watchMs: 5, only: ['anna', 'gul'] });
    await library.add('gul', await draftOf(library));
    await vi.waitFor(() => expect(waiting.length).toBe(2));
    const removing = library.remove('gul');
    await vi.waitFor(async () => expect(await readdir(dir)).not.toContain('gul'));
    expect(() => library.facts('gul')).toThrow('There is no avatar');
    for (const go of waiting) go();
    await removing;
    expect(await readdir(dir)).toEqual(['anna']);
  });

  it('finishes at the next start what a stop interrupted', async () => {
    const { prepare, waiting } = gate();
    const library = await open({ prepare });
    await library.add('gul', await draftOf(library));
    await vi.waitFor(() => expect(waiting.length).toBe(2));
    await library.close();
    const again = await open();
    await again.settled();
    expect(again.facts('gul').state).toBe('ready');
  });

  it('removes an avatar with its files, also while it is being prepared, but no bundled and not the default one', async () => {
    await pictureFolder(dir, 'max', { bundled: true });
    const { prepare } = gate();
    const library = await open({ prepare, defaultId: 'vera' });
    await library.add('gul', await draftOf(library));
    const follower = library.follow('gul', new AbortController().signal);
    await follower.next();
    const over = follower.next();
    await library.remove('gul');
    expect((await over).value?.state ?? 'gone').not.toBe('ready');
    expect((await readdir(dir)).sort()).toEqual(['anna', 'max']);
    await expect(library.remove('max')).rejects.toMatchObject({ code: 'avatar_bundled' });
    await library.add('vera', await draftOf(library));
    await expect(library.remove('vera')).rejects.toMatchObject({ code: 'avatar_default' });
  });

  it('does not remove what came with the server either when its picture is gone', async () => {
    await pictureFolder(dir, 'max', { bundled: true });
    await rm(join(dir, 'max', 'face.png'));
    const library = await open({ defaultId: 'vera' });
    await library.settled();
    expect(library.facts('max').state).toBe('failed');
    await expect(library.remove('max')).rejects.toMatchObject({ code: 'avatar_bundled' });
    expect(await readdir(dir)).toContain('max');
  });

  it('tells those who follow that it closes', async () => {
    const { prepare } = gate();
    const library = await open({ prepare });
    await library.add('gul', await draftOf(library));
    const told = library.follow('gul', new AbortController().signal);
    await told.next();
    const next = (async () => {
      for await (const _ of told);
    })();
    await Promise.all([expect(next).rejects.toMatchObject({ code: 'stopping' }), library.close()]);
  });

  it('clears away what crashed runs left, once it is old', async () => {
    await mkdir(join(dir, '.draft-old'));
    await mkdir(join(dir, '.draft-new'));
    const then = new Date(Date.now() - 2 * 3_600_000);
    await utimes(join(dir, '.draft-old'), then, then);
    await open();
    expect((await readdir(dir)).sort()).toEqual(['.draft-new', 'anna']);
  });
});

describe('a folder that is watched', () => {
  const watched = () => open({ watchMs: 5 });

  it('takes what is dropped in, notices changes, and forgets what is taken out', async () => {
    const library = await watched();
    await pictureFolder(dir, 'gul', { idle: 'still' });
    await vi.waitFor(() => expect(library.facts('gul').state).toBe('ready'));
    await pictureFolder(dir, 'gul', { idle: 'still', licence: 'CC0-1.0' });
    await vi.waitFor(() => expect(library.facts('gul')).toMatchObject({ state: 'ready', licence: 'CC0-1.0' }));
    await rm(join(dir, 'gul'), { recursive: true });
    await vi.waitFor(() => expect(library.list().map(({ id }) => id)).toEqual(['anna']));
  });

  it('goes on with a folder that changes while it is being prepared, for all who wait', async () => {
    const { prepare, waiting } = gate();
    let patient = true;
    const library = await open({
      watchMs: 5,
      prepare: async (order, how) => {
        if (patient) return prepare(order, how);
        const source = await readAvatarSource(order.dir);
        await prepareAvatar(source, { ...PREPARE, cacheDir: order.cacheDir, signal: how.signal });
      },
    });
    await vi.waitFor(() => expect(waiting.length).toBe(1));
    const opening = library.open('anna', FRAMING);
    const followed = (async () => {
      const states: string[] = [];
      for await (const { state } of library.follow('anna', new AbortController().signal)) states.push(state);
      return states;
    })();
    patient = false;
    await pictureFolder(dir, 'anna', { bundled: true, idle: 'still', licence: 'CC0-1.0' });
    expect((await followed).at(-1)).toBe('ready');
    expect((await opening).avatar.id).toBe('anna');
  });

  it('keeps an avatar beside whose files lies one that cannot be looked at', async () => {
    const library = await watched();
    await library.settled();
    await symlink(join(dir, 'nowhere'), join(dir, 'anna', 'link'));
    // A look after that has been when what was dropped in later is there.
    await pictureFolder(dir, 'gul', { idle: 'still' });
    await vi.waitFor(() => expect(library.facts('gul').state).toBe('ready'));
    expect(library.facts('anna').state).toBe('ready');
    expect(library.prepared.filter((id) => id === 'anna')).toEqual(['anna']);
  });

  it('looks at names that are ids alone', async () => {
    const library = await watched();
    await writeFile(join(dir, 'notes.txt'), 'no avatar');
    await pictureFolder(dir, '.hidden');
    await pictureFolder(dir, 'Not An Id');
    await pictureFolder(dir, 'gul', { idle: 'still' });
    await vi.waitFor(() => expect(library.facts('gul').state).toBe('ready'));
    expect(library.list().map(({ id }) => id)).toEqual(['anna', 'gul']);
  });
});

it('says which setting to mend when there is no such folder', async () => {
  await expect(open({ dir: join(dir, 'absent') })).rejects.toThrow(/absent cannot be read.*AVATARS_DIR/);
});
