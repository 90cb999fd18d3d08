import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../log.ts';
import { openOnnxPool, sharedFloats } from '../onnx/pool.ts';
import { openMouth } from './mouth.ts';
import { PARAMETERS } from './params.ts';

const root = new URL('../../', import.meta.url);
const model = (name: string): string => fileURLToPath(new URL(`models/lips/${name}.onnx`, root));
const golden = async <T>(name: string): Promise<T> =>
  JSON.parse(await readFile(new URL(`test/fixtures/lips/${name}-golden.json`, root), 'utf8'));

/** The largest difference between two lists of the same length. */
function furthest(expected: readonly number[], found: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  return expected.reduce((most, value, at) => Math.max(most, Math.abs(value - found[at]!)), 0);
}

/** A mel, [80][columns], and the parameters, [columns][7], that training/mouth computed with PyTorch. */
interface MouthGolden {
  columns: number;
  mel: number[];
  batch: number[];
  stream: number[];
}

describe('the bundled mouth networks', () => {
  it.each([
    ['mouth', 'batch'],
    ['mouth-stream', 'stream'],
  ] as const)('%s gives the parameters that training computed', async (file, expected) => {
    const { columns, mel, [expected]: params } = await golden<MouthGolden>('mouth');
    const mouth = await openMouth(model(file), { threads: 1, log: silentLog });
    try {
      const track = await mouth.track({ columns, data: Float32Array.from(mel) });
      expect(furthest(params, track.data)).toBeLessThan(1e-3);
    } finally {
      await mouth.close();
    }
    const jaw = params.filter((_, at) => at % PARAMETERS.length === 0);
    expect(Math.max(...jaw) - Math.min(...jaw)).toBeGreaterThan(0.1);
  });
});

/** Parameters, and what training/face made of `madePicture` with them: means over blocks of `block` pixels. */
interface FaceGolden {
  params: number[];
  block: number;
  crop: number[];
}

const SIDE = 256;

/** The picture of training/face/golden.py, planar BGR: a face like a child's drawing. */
function madePicture(): Float32Array {
  const [skin, lips, eyes] = [
    [0.5, 0.6, 0.78],
    [0.36, 0.36, 0.62],
    [0.2, 0.22, 0.25],
  ] as const;
  const within = (x: number, y: number, [cx, cy, rx, ry]: readonly [number, number, number, number]): boolean =>
    ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1;
  const picture = sharedFloats(3 * SIDE * SIDE);
  for (let at = 0; at < picture.length; at++) {
    const [c, y, x] = [Math.floor(at / SIDE ** 2), Math.floor(at / SIDE) % SIDE, at % SIDE];
    const eye = within(x, y, [88, 64, 16, 7]) || within(x, y, [168, 64, 16, 7]);
    const lip = within(x, y, [128, 159, 40, 14]);
    const seam = lip && Math.abs(y - 159) < 1.5 ? 0.4 : 0;
    picture[at] = (eye ? eyes : lip ? lips : skin)[c]! * (1 + 0.08 * Math.sin((x + 2 * y) / 31) - seam);
  }
  return picture;
}

function blockMeans(planes: Float32Array, block: number): Float64Array {
  const side = SIDE / block;
  const means = new Float64Array(3 * side * side);
  for (let at = 0; at < planes.length; at++) {
    const [c, y, x] = [Math.floor(at / SIDE ** 2), Math.floor(at / SIDE) % SIDE, at % SIDE];
    means[(c * side + Math.floor(y / block)) * side + Math.floor(x / block)]! += planes[at]! / block ** 2;
  }
  return means;
}

describe('the bundled face network', () => {
  it('gives the picture that training computed', async () => {
    const { params, block, crop } = await golden<FaceGolden>('face');
    const options = { providers: ['cpu'], workers: 1, threads: 1, log: silentLog } as const;
    const pool = await openOnnxPool(model('face'), options);
    const drawn = sharedFloats(3 * SIDE * SIDE);
    const reference = madePicture();
    const parameters = sharedFloats(params.length);
    parameters.set(params);
    try {
      await pool.run(
        {
          reference: { data: reference, dims: [1, 3, SIDE, SIDE] },
          params: { data: parameters, dims: [1, params.length] },
        },
        { crop: { data: drawn, dims: [1, 3, SIDE, SIDE] } },
      );
    } finally {
      await pool.close();
    }
    expect(furthest(crop, blockMeans(drawn, block))).toBeLessThan(2e-3);
    expect(furthest(crop, blockMeans(reference, block))).toBeGreaterThan(0.05);
  });
});
