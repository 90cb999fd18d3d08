import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readNpy } from './npy.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-npy-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** A file as numpy writes it: magic, version 1.0, header padded to 64 bytes, data. */
async function write(descr: string, shape: string, data: Uint8Array): Promise<string> {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117);
  const path = join(dir, 'array.npy');
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]);
  await writeFile(path, Buffer.concat([start, Buffer.from(`${header}\n`), data]));
  return path;
}

it('reads float32 with its shape', async () => {
  const path = await write('<f4', '(2, 1)', new Uint8Array(Float32Array.of(0.5, -3).buffer));
  expect(await readNpy(path)).toEqual({ shape: [2, 1], data: Float32Array.of(0.5, -3) });
});

it('reads bytes of one dimension', async () => {
  expect(await readNpy(await write('|u1', '(3,)', Uint8Array.of(1, 2, 255)))).toEqual({
    shape: [3],
    data: Uint8Array.of(1, 2, 255),
  });
});

it.each([
  ['another type', '<f8', '(1,)', /only float32 and uint8/],
  ['fewer values than its shape says', '<f4', '(9,)', /cut short/],
])('refuses %s', async (_, descr, shape, message) => {
  const path = await write(descr, shape, new Uint8Array(8));
  await expect(readNpy(path)).rejects.toThrow(message);
});
