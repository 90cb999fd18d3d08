import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLog } from '../log.ts';
import type { LipSync } from './lipsync.ts';
import { type LipsShelf, openShelf, type ShelfOptions } from './shelf.ts';

const MB = 2 ** 20;
/** One worker and its copies of a file of a few bytes. */
const ONE_MODEL = 81 * MB;

interface Bench {
  shelf: LipsShelf;
  /** `load a`, `close a`, in order. */
  log: string[];
}

/** A shelf of `default`, `a`, `b` and `gone`, whose file is missing; loading takes no time. */
async function bench(options: Partial<ShelfOptions> = {}): Promise<Bench> {
  const modelsDir = await mkdtemp(join(tmpdir(), 'soyle-shelf-'));
  onTestFinished(() => rm(modelsDir, { recursive: true, force: true }));
  const entry = (id: string) => ({ id, kind: 'wav2lip', file: `${id}.onnx`, licence: 'CC0-1.0' });
  const models = ['default', 'a', 'b', 'gone'].map(entry);
  await writeFile(join(modelsDir, 'manifest.json'), JSON.stringify({ models }));
  for (const { id, file } of models) if (id !== 'gone') await writeFile(join(modelsDir, file), 'weights');
  const log: string[] = [];
  const shelf = await openShelf({
    ...{ modelsDir, defaultId: 'default', memoryBytes: 10 * ONE_MODEL, workers: 1, log: silentLog },
    async load({ id }) {
      log.push(`load ${id}`);
      const close = async () => void log.push(`close ${id}`);
      return { kind: 'wav2lip', size: 96, device: 'cpu', close, async *patches() {} } satisfies LipSync;
    },
    ...options,
  });
  return { shelf, log };
}

describe('openShelf', () => {
  it('loads a model when it is first asked for, once for all', async () => {
    const { shelf, log } = await bench();
    expect(log).toEqual([]);
    const [one, other, unnamed] = await Promise.all([shelf.open('a'), shelf.open('a'), shelf.open()]);
    expect(one.lips).toBe(other.lips);
    expect(unnamed.model.id).toBe('default');
    expect(log.sort()).toEqual(['load a', 'load default']);
  });

  it('lists what there is and whether its files are', async () => {
    const { shelf } = await bench();
    await shelf.open('a');
    expect(await shelf.list()).toMatchObject([
      { id: 'default', kind: 'wav2lip', licence: 'CC0-1.0', default: true, available: true, loaded: false },
      { id: 'a', default: false, available: true, loaded: true },
      { id: 'b', available: true, loaded: false },
      { id: 'gone', available: false, loaded: false },
    ]);
  });

  it('unloads what was unused for longest when memory is short, never what is in use or the default', async () => {
    const { shelf, log } = await bench({ memoryBytes: 2 * ONE_MODEL });
    const first = await shelf.open();
    first.release();
    const a = await shelf.open('a');
    const b = await shelf.open('b');
    expect(log).toEqual(['load default', 'load a', 'load b']);
    b.release();
    await shelf.open('a');
    expect(log.slice(3)).toEqual(['close b']);
    a.release();
    a.release();
    await shelf.open('b');
    expect(log.slice(4)).toEqual(['load b']);
  });

  it('loads again what it had unloaded', async () => {
    const { shelf, log } = await bench({ memoryBytes: 0 });
    (await shelf.open('a')).release();
    await shelf.open('a');
    expect(log).toEqual(['load a', 'close a', 'load a']);
  });

  it('names what there is when an id is unknown', async () => {
    const { shelf } = await bench();
    const unknown = { code: 'model_unknown', params: { model: 'gan', known: 'default, a, b, gone' } };
    expect(() => shelf.check('gan')).toThrow(expect.objectContaining(unknown));
    await expect(shelf.open('gan')).rejects.toMatchObject(unknown);
  });

  it('answers a missing file without naming the server’s folders, and tries again the next time', async () => {
    const { shelf, log } = await bench();
    const failed = await shelf.open('gone').catch((error) => error);
    expect(failed).toMatchObject({ code: 'model_unavailable', params: { model: 'gone' } });
    expect(failed.text('en')).not.toContain(tmpdir());
    await expect(shelf.open('gone')).rejects.toMatchObject({ code: 'model_unavailable' });
    expect(log).toEqual([]);
  });

  it('refuses to be opened with a default that is not there', async () => {
    await expect(bench({ defaultId: 'gan' })).rejects.toThrow(/"gan" is not in .*set LIPS_MODEL/);
    await expect(bench({ defaultId: 'gone' })).rejects.toThrow(/cannot read/);
  });

  it('closes what is loaded', async () => {
    const { shelf, log } = await bench();
    await shelf.open('a');
    await shelf.close();
    expect(log).toEqual(['load a', 'close a']);
  });
});
