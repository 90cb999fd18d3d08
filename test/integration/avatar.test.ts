import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Avatar } from '../../src/avatar/avatar.ts';
import { type FaceFinder, openFaceFinder } from '../../src/avatar/face.ts';
import { loadAvatar, type MediaDecoder } from '../../src/avatar/load.ts';
import { LANDMARK, landmark } from '../../src/avatar/mesh.ts';
import { applyMatrix } from '../../src/avatar/roi.ts';
import { BootError } from '../../src/errors.ts';
import { silentLog } from '../../src/log.ts';
import { decodeFrames, decodePicture } from '../../src/media/decode.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';

/** A corner of the crop may leave the line between its neighbours in time by this much, pixels of 720. */
const STEADY_PX = 0.5;

const media = createMedia({ log: silentLog });
const decode: MediaDecoder = {
  decodeFrames: (path, options, signal) => decodeFrames(media, path, options, signal),
  decodePicture,
};

let root: string;
let finder: FaceFinder;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'soyle-avatars-'));
  finder = await openFaceFinder({ modelsDir: 'models' });
});
afterAll(async () => {
  await finder.close();
  await rm(root, { recursive: true, force: true });
});

/** Counts how often a face is looked for. */
function counting(inner: FaceFinder): FaceFinder & { calls: number } {
  return {
    calls: 0,
    find(image, options) {
      this.calls++;
      return inner.find(image, options);
    },
    close: () => inner.close(),
  };
}

/** A new folder of that name with `picture` in it. */
async function photoFolder(id: string, picture: Sharp): Promise<string> {
  const dir = join(root, id);
  await mkdir(dir);
  await writeFile(join(dir, 'photo.png'), await picture.png().toBuffer());
  return dir;
}

const load = (dir: string, options: Partial<Parameters<typeof loadAvatar>[1]> = {}): Promise<Avatar> =>
  loadAvatar(dir, { finder, decode, log: silentLog, ...options });

function trembling({ crops }: Avatar): number {
  const corners = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const;
  return Math.max(
    ...crops.flatMap((crop, i) => {
      const before = crops.at(i - 1)!;
      const after = crops[(i + 1) % crops.length]!;
      return corners.map(([u, v]) => {
        const [a, b, c] = [before, crop!, after].map((matrix) => applyMatrix(matrix, u, v)) as [Spot, Spot, Spot];
        return Math.hypot(b.x - (a.x + c.x) / 2, b.y - (a.y + c.y) / 2);
      });
    }),
  );
}
type Spot = ReturnType<typeof applyMatrix>;

describe.each(['anna', 'max', 'vera'])('bundled avatar %s', (id) => {
  let avatar: Avatar;
  beforeAll(async () => {
    avatar = await load(join('avatars', id), { cacheDir: join(root, `cache-${id}`) });
  });

  it('shows a face in every frame, steadily framed', () => {
    expect(avatar).toMatchObject({ id, width: 720, height: 720, idlePath: join('avatars', id, 'loop.mp4') });
    expect(avatar.frames.length).toBe(125);
    expect(avatar.crops.every(Boolean)).toBe(true);
    expect(trembling(avatar)).toBeLessThan(STEADY_PX);
  });

  it('masks mouth and jaw only', () => {
    const { size, data } = avatar.mask;
    expect(data.filter((alpha) => alpha > 0).length / data.length).toBeLessThanOrEqual(0.35);
    expect(data[Math.round(0.63 * size) * size + size / 2]).toBe(255);
    expect(data.subarray(0, Math.round(0.45 * size) * size).every((alpha) => alpha === 0)).toBe(true);
  });

  it('crops a face the finder finds again, eyes and mouth at the model’s height', async () => {
    const side = 256;
    const { data } = avatar.reference(60, side);
    expect(avatar.reference(60, side).data).toBe(data);
    const rgb = new Uint8Array(side * side * 3);
    for (let i = 0; i < side * side; i++) {
      rgb.set([data[2 * side * side + i]!, data[side * side + i]!, data[i]!], i * 3);
    }
    const [face] = await finder.find({ width: side, height: side, data: rgb });
    expect(landmark(face!, LANDMARK.rightEyeInner).y / side).toBeCloseTo(0.283, 1);
    expect(landmark(face!, LANDMARK.mouthLeft).y / side).toBeCloseTo(0.623, 1);
  });
});

describe('a folder of one’s own', () => {
  const anna = () => sharp(join('avatars', 'anna', 'poster.webp'));

  it('takes a photo without any description, and finds nothing anew the second time', async () => {
    const dir = await photoFolder('photo', anna());
    const first = counting(finder);
    const avatar = await load(dir, { finder: first });
    expect(avatar).toMatchObject({ id: 'photo', idlePath: undefined, posterPath: join(dir, 'photo.png') });
    expect([avatar.frames.length, first.calls]).toEqual([1, 1]);
    const second = counting(finder);
    const again = await load(dir, { finder: second });
    expect(second.calls).toBe(0);
    expect(again.crops).toEqual(avatar.crops);
    expect(again.mask).toEqual(avatar.mask);
  });

  it('finds the face anew when the cache is damaged or the picture was changed', async () => {
    const dir = await photoFolder('changed', anna());
    await load(dir);
    const [cached] = (await readdir(join(dir, '.cache'))).filter((name) => name.endsWith('.landmarks'));
    await writeFile(join(dir, '.cache', cached!), 'nonsense');
    const healing = counting(finder);
    await load(dir, { finder: healing });
    expect(healing.calls).toBe(1);
    await writeFile(join(dir, 'photo.png'), await anna().flop().png().toBuffer());
    const anew = counting(finder);
    await load(dir, { finder: anew });
    expect(anew.calls).toBe(1);
  });

  it('finds a small face off centre, and the larger of two', async () => {
    const small = await anna().resize(110, 110).png().toBuffer();
    const large = await anna().resize(300, 300).png().toBuffer();
    const canvas = () => sharp({ create: { width: 1080, height: 720, channels: 3, background: '#b0b0b0' } });
    const one = await load(await photoFolder('small', canvas().composite([{ input: small, left: 40, top: 560 }])));
    expect(applyMatrix(one.crops[0]!, 0.5, 0.5)).toEqual({ x: expect.closeTo(95, -1), y: expect.closeTo(611, -1) });
    const both = canvas().composite([
      { input: small, left: 40, top: 40 },
      { input: large, left: 600, top: 200 },
    ]);
    const two = await load(await photoFolder('two', both));
    expect(applyMatrix(two.crops[0]!, 0.5, 0.5).x).toBeGreaterThan(600);
  });

  it('turns the crop with a tilted head', async () => {
    const upright = await load(await photoFolder('upright', anna()));
    const tilted = await load(await photoFolder('tilted', anna().rotate(25, { background: '#b0b0b0' })));
    const angle = ([a, , , c]: NonNullable<Avatar['crops'][number]>) => (Math.atan2(c, a) * 180) / Math.PI;
    expect(angle(tilted.crops[0]!) - angle(upright.crops[0]!)).toBeGreaterThan(22);
    expect(angle(tilted.crops[0]!) - angle(upright.crops[0]!)).toBeLessThan(28);
  });

  it('plays a video not marked as a loop to and fro, with a poster of its own', async () => {
    const dir = join(root, 'video');
    await mkdir(dir);
    await cp(join('avatars', 'vera', 'loop.mp4'), join(dir, 'vera.mp4'));
    const avatar = await load(dir);
    expect(avatar.frames.length).toBe(248);
    expect(avatar.frames[247]).toBe(avatar.frames[1]);
    expect(await sharp(await readFile(avatar.posterPath)).metadata()).toMatchObject({ format: 'jpeg', width: 720 });
  });

  it('names the file that shows no face, and what to do', async () => {
    const grey = sharp({ create: { width: 320, height: 240, channels: 3, background: '#777' } });
    const loading = load(await photoFolder('grey', grey));
    await expect(loading).rejects.toBeInstanceOf(BootError);
    await expect(loading).rejects.toThrow(/No face found in .*grey.photo\.png: use a picture/);
  });

  it('names the file that is no picture', async () => {
    const dir = await photoFolder('broken', anna());
    await writeFile(join(dir, 'photo.png'), 'not a picture at all');
    await expect(load(dir)).rejects.toThrow(/broken.photo\.png cannot be decoded/);
    await expect(load(dir)).rejects.toBeInstanceOf(BootError);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const watching: FaceFinder = {
      find: (image, options) => {
        stop.abort(new Error('enough'));
        return finder.find(image, options);
      },
      close: () => finder.close(),
    };
    const dir = join(root, 'stopped');
    await cp(join('avatars', 'max'), dir, { recursive: true, filter: (path) => !path.endsWith('.cache') });
    await expect(load(dir, { finder: watching, signal: stop.signal })).rejects.toThrow('enough');
  });
});
