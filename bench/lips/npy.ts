import { readFile } from 'node:fs/promises';

/** An array of numpy's file format in C order. */
export interface NpyArray {
  shape: number[];
  data: Float32Array | Uint8Array;
}

const MAGIC = '\x93NUMPY';

/** Reads float32 or uint8 (`numpy.lib.format`, versions 1 to 3). Throws an Error naming the file on anything else. */
export async function readNpy(path: string): Promise<NpyArray> {
  const bytes = await readFile(path);
  if (bytes.toString('latin1', 0, 6) !== MAGIC) throw new Error(`${path} is not a numpy file`);
  const long = bytes[6]! > 1;
  const start = long ? 12 : 10;
  const end = start + (long ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8));
  const header = bytes.toString('latin1', start, end);
  const kind = /'descr': '([^']+)'/.exec(header)?.[1];
  const shape = /'shape': \(([^)]*)\)/
    .exec(header)?.[1]
    ?.split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (!shape || !header.includes("'fortran_order': False") || (kind !== '<f4' && kind !== '|u1')) {
    throw new Error(`${path} holds ${header.trim()}; only float32 and uint8 in C order can be read`);
  }
  const body = new Uint8Array(bytes.subarray(end));
  const data = kind === '|u1' ? body : new Float32Array(body.buffer, 0, body.length >> 2);
  if (data.length !== shape.reduce((product, size) => product * size, 1)) throw new Error(`${path} is cut short`);
  return { shape, data };
}
