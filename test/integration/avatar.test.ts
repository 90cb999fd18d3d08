import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Avatar } from '../../src/avatar/avatar.ts';
import type { FaceFinder } from '../../src/avatar/face.ts';
import { LANDMARK, LANDMARKS, landmark } from '../../src/avatar/mesh.ts';
import { applyMatrix } from '../../src/avatar/roi.ts';
import { BootError } from '../../src/errors.ts';
import { rgbToI420 } from '../../src/media/colour.ts';
import { decodeFrames } from '../../src/media/decode.ts';
import { FPS } from '../../src/types.ts';
import { type AvatarKit, encodeLoop, media, openAvatarKit } from './avatar-kit.ts';
import { lumaPsnr } from './media-kit.ts';

let kit: AvatarKit;
let root: string;
beforeAll(async () => {
  kit = await openAvatarKit();
  root = kit.root;
});
afterAll(() => kit.close());

const load: AvatarKit['load'] = (...asked) => kit.load(...asked);

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

/** A new folder of that name with `picture` in it, and a description where something is `said`. */
async function photoFolder(id: string, picture: Sharp, said?: Record<string, unknown>): Promise<string> {
  const dir = join(root, id);
  await mkdir(dir);
  await writeFile(join(dir, 'photo.png'), await picture.png().toBuffer());
  if (said) await writeFile(join(dir, 'avatar.json'), JSON.stringify({ source: 'photo.png', ...said }));
  return dir;
}

async function rgbOf(picture: Sharp) {
  const { data, info } = await picture.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** As it is: for what has nothing to do with breathing. */
const STILL = { idle: 'still' };

describe('a folder of one’s own', () => {
  const anna = () => sharp(join('avatars', 'anna', 'poster.webp'));

  it('takes a photo without any description, and finds nothing anew the second time', async () => {
    const dir = await photoFolder('photo', anna());
    const first = counting(kit.finder);
    const avatar = await load(dir, { finder: first });
    expect(avatar).toMatchObject({ id: 'photo', width: 720, height: 720 });
    expect(avatar.frames.length).toBeGreaterThan(4 * FPS);
    expect(dirname(avatar.idlePath!)).toBe(join(dir, '.cache'));
    expect(await sharp(avatar.posterPath).metadata()).toMatchObject({ format: 'jpeg', width: 720 });
    expect(first.calls).toBe(2);
    const second = counting(kit.finder);
    const again = await load(dir, { finder: second });
    expect(second.calls).toBe(0);
    expect(again.crops).toEqual(avatar.crops);
    const bytes = ({ masks }: typeof avatar) => masks.map((mask) => Buffer.from(mask!.data).toString('base64'));
    expect(bytes(again)).toEqual(bytes(avatar));
  });

  it('lets a photo be still', async () => {
    const avatar = await load(await photoFolder('still', anna(), STILL));
    expect([avatar.frames.length, avatar.idlePath]).toEqual([1, undefined]);
  });

  it('follows the face that is pointed at', async () => {
    const large = await anna().resize(300, 300).png().toBuffer();
    const wide = sharp({ create: { width: 2400, height: 720, channels: 3, background: '#b0b0b0' } });
    const dir = await photoFolder(
      'pointed',
      wide.composite([
        { input: large, left: 100, top: 200 },
        { input: large, left: 1900, top: 200 },
      ]),
      { ...STILL, face: { x: 2050, y: 330 } },
    );
    const { crops, width } = await load(dir);
    expect(width).toBeLessThan(2000);
    expect((applyMatrix(crops[0]!, 0.5, 0.5).x / width) * 2400).toBeCloseTo(2050, -2);
  });

  it('finds the face anew when the cache is damaged or the picture was changed', async () => {
    const dir = await photoFolder('changed', anna(), STILL);
    await load(dir);
    const [cached] = (await readdir(join(dir, '.cache'))).filter((name) => name.endsWith('.faces'));
    await writeFile(join(dir, '.cache', cached!), 'nonsense');
    const healing = counting(kit.finder);
    await load(dir, { finder: healing });
    expect(healing.calls).toBeGreaterThan(0);
    await writeFile(join(dir, 'photo.png'), await anna().flop().png().toBuffer());
    const anew = counting(kit.finder);
    await load(dir, { finder: anew });
    expect(anew.calls).toBeGreaterThan(0);
  });

  it('finds a small face off centre, and the larger of two', async () => {
    const small = await anna().resize(110, 110).png().toBuffer();
    const large = await anna().resize(300, 300).png().toBuffer();
    const canvas = () => sharp({ create: { width: 1080, height: 720, channels: 3, background: '#b0b0b0' } });
    const corner = canvas().composite([{ input: small, left: 40, top: 560 }]);
    const one = await load(await photoFolder('small', corner, STILL));
    expect(applyMatrix(one.crops[0]!, 0.5, 0.5)).toEqual({ x: expect.closeTo(95, -1), y: expect.closeTo(611, -1) });
    const both = canvas().composite([
      { input: small, left: 40, top: 40 },
      { input: large, left: 600, top: 200 },
    ]);
    const two = await load(await photoFolder('two', both, STILL));
    expect(applyMatrix(two.crops[0]!, 0.5, 0.5).x).toBeGreaterThan(600);
  });

  it('lies as exactly on a small face as on a large one', async () => {
    const portrait = sharp(join('avatars', 'max', 'poster.webp'));
    const large = (await kit.finder.find(await rgbOf(portrait)))[0]!;
    const side = 320;
    const input = await portrait.resize(side).png().toBuffer();
    const group = sharp({ create: { width: 1920, height: 1400, channels: 3, background: '#807468' } });
    for (const [left, top] of [
      [100, 100],
      [700, 333],
      [1311, 900],
    ] as const) {
      const image = await rgbOf(sharp(await group.composite([{ input, left, top }]).png().toBuffer()));
      const small = (await kit.finder.find(image))[0]!;
      const off = (i: number) => {
        const [x, y] = [large.points[i]! * (side / 720) + left, large.points[i + 1]! * (side / 720) + top];
        return Math.hypot(small.points[i]! - x, small.points[i + 1]! - y);
      };
      const points = Array.from({ length: LANDMARKS }, (_, i) => off(3 * i));
      expect(points.reduce((sum, one) => sum + one, 0) / LANDMARKS).toBeLessThan(0.005 * side);
    }
  });

  it('finds the face of whoever is pointed at, on the hair as well', async () => {
    const image = await rgbOf(anna());
    const face = (await kit.finder.find(image))[0]!;
    const [top, chin] = [landmark(face, LANDMARK.forehead), landmark(face, LANDMARK.chin)];
    const above = (share: number) => ({ x: top.x, y: top.y - share * (chin.y - top.y) });
    expect((await kit.finder.find(image, { at: above(-0.1) })).length).toBe(1);
    expect((await kit.finder.find(image, { at: above(0.1) })).length).toBe(1);
    expect(await kit.finder.find(image, { at: { x: 20, y: 20 } })).toEqual([]);
  });

  it('turns the crop with a tilted head', async () => {
    const upright = await load(await photoFolder('upright', anna(), STILL));
    const tilted = await load(await photoFolder('tilted', anna().rotate(25, { background: '#b0b0b0' }), STILL));
    const angle = ([a, , , c]: NonNullable<Avatar['crops'][number]>) => (Math.atan2(c, a) * 180) / Math.PI;
    expect(angle(tilted.crops[0]!) - angle(upright.crops[0]!)).toBeGreaterThan(22);
    expect(angle(tilted.crops[0]!) - angle(upright.crops[0]!)).toBeLessThan(28);
  });

  it('sees that a mouth is open', async () => {
    const avatar = await load(await photoFolder('open', sharp(join('test', 'fixtures', 'mouth-open.webp'))));
    expect(avatar.mouthOpen.every(Boolean)).toBe(true);
  });

  it('plays a video to and fro where its description says so, with a poster and an idle loop of its own', async () => {
    const dir = join(root, 'video');
    await mkdir(dir);
    const source = join('avatars', 'vera', 'loop.mp4');
    const { frames, ...size } = await decodeFrames(media, source, { fps: FPS, maxSide: 360, maxFrames: 50 });
    await encodeLoop(
      frames.map((data) => ({ ...size, data })),
      join(dir, 'vera.mp4'),
    );
    await writeFile(join(dir, 'avatar.json'), JSON.stringify({ name: 'Vera', source: 'vera.mp4', loop: 'pingpong' }));
    const avatar = await load(dir);
    expect(avatar.frames.length).toBe(98);
    expect(avatar.frames[97]).toBe(avatar.frames[1]);
    expect(await sharp(await readFile(avatar.posterPath)).metadata()).toMatchObject({ format: 'jpeg', width: 360 });
    const idlePath = avatar.idlePath!;
    expect(dirname(idlePath)).toBe(join(dir, '.cache'));
    const shown = await decodeFrames(media, idlePath, { fps: FPS, maxSide: 360, maxFrames: 300 });
    expect(shown.frames.length).toBe(98);
    const rendered = avatar.frames.map(({ data }) => data);
    expect(lumaPsnr(shown.frames, rendered, 360 * 360).worst).toBeGreaterThan(40);
    const untouched = () => Promise.reject(new Error('the loop is there already'));
    expect((await load(dir, { encodeLoop: untouched })).idlePath).toBe(idlePath);
  });

  it('takes the frame with a face out of a clip too short to move', { timeout: 60_000 }, async () => {
    const { data } = await anna()
      .resize(640, 360, { fit: 'cover' })
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const size = { width: 640, height: 360 };
    const face = { ...size, data: rgbToI420(data, size.width, size.height) };
    const black = { ...size, data: rgbToI420(new Uint8Array(data.length), size.width, size.height) };
    const dir = join(root, 'short');
    await mkdir(dir);
    await encodeLoop([black, face, face], join(dir, 'clip.mp4'));
    const luma = (avatar: Avatar) =>
      avatar.frames[0]!.data.subarray(0, size.width * size.height).reduce((sum, y) => sum + y) /
      size.width /
      size.height;
    for (const [idle, loop, frames] of [
      ['still', 'best', 1],
      ['still', true, 1],
      ['alive', true, 135],
    ] as const) {
      await writeFile(join(dir, 'avatar.json'), JSON.stringify({ name: 'Short', source: 'clip.mp4', idle, loop }));
      const avatar = await load(dir);
      expect(avatar).toMatchObject({ ...size, frames: { length: frames } });
      expect(luma(avatar)).toBeGreaterThan(50);
      expect(avatar.crops.every(Boolean)).toBe(true);
    }
    // Nor is there a loop in a clip that shows the face for a moment.
    await encodeLoop([...Array(12).fill(black), face, face, face, ...Array(10).fill(black)], join(dir, 'clip.mp4'));
    await writeFile(join(dir, 'avatar.json'), JSON.stringify({ source: 'clip.mp4', idle: 'still' }));
    const brief = await load(dir);
    expect(brief.frames.length).toBe(1);
    expect(luma(brief)).toBeGreaterThan(50);
  });

  it('names the file that shows no face, and what to do', async () => {
    const grey = sharp({ create: { width: 320, height: 240, channels: 3, background: '#777' } });
    const loading = load(await photoFolder('grey', grey));
    await expect(loading).rejects.toBeInstanceOf(BootError);
    await expect(loading).rejects.toThrow(/No face found in .*grey.photo\.png: use a picture/);
  });

  it.each([
    ['text named .mp4', 'a.mp4', () => 'not a video at all', /a\.mp4 cannot be decoded: Unsupported.*Use an MP4/],
    ['a playlist named .mp4', 'a.mp4', () => '#EXTM3U\nb.ts\n', /a\.mp4 cannot be decoded: Unsupported.*Use an MP4/],
    ['text named .png', 'a.png', () => 'not a picture', /a\.png cannot be decoded: Unsupported.*Use a PNG/],
    [
      'an SVG named .png',
      'a.png',
      () => '<svg xmlns="http://www.w3.org/2000/svg"/>',
      /a\.png cannot be decoded.*Use a PNG/,
    ],
    [
      'a picture cut off',
      'a.webp',
      (_: Buffer, picture: Buffer) => picture.subarray(0, 9000),
      /a\.webp .*export it again/,
    ],
    ['a video without its pictures', 'a.mp4', (video: Buffer) => video.subarray(0, 3000), /a\.mp4 .*export it again/],
    [
      'a video cut off',
      'a.mp4',
      (video: Buffer) => video.subarray(0, video.length / 2),
      /a\.mp4 ends early: .*export it again/,
    ],
  ])('names %s, and what to do', async (_, name, content, message) => {
    const ours = (file: string) => readFile(join('avatars', 'anna', file));
    const dir = await mkdtemp(join(root, 'broken-'));
    await writeFile(join(dir, name), content(await ours('loop.mp4'), await ours('poster.webp')));
    await writeFile(join(dir, 'avatar.json'), JSON.stringify({ id: 'broken', name: 'Broken', source: name }));
    await expect(load(dir)).rejects.toBeInstanceOf(BootError);
    await expect(load(dir)).rejects.toThrow(message);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const watching: FaceFinder = {
      find: (image, options) => {
        stop.abort(new Error('enough'));
        return kit.finder.find(image, options);
      },
      close: () => kit.finder.close(),
    };
    const dir = join(root, 'stopped');
    await cp(join('avatars', 'max'), dir, { recursive: true, filter: (path) => !path.endsWith('.cache') });
    await expect(load(dir, { finder: watching, signal: stop.signal })).rejects.toThrow('enough');
  });
});
