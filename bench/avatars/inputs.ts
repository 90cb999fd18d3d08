import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { silentLog } from '../../src/log.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';
import { drawCartoon, paintOver } from './art.ts';

/** Where faces come from: `training.heads.portraits` wrote the one folder, the other is `avatars/`. */
export interface Faces {
  portraits: string;
  avatars: string;
}

const GREY = '#808890';
const H264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p'];
const cover = { fit: 'cover', position: 'top' } as const;

/** Makes the pictures and videos of the trial, each hard in its own way. Their names say how. */
export async function makeInputs(dir: string, { portraits, avatars }: Faces): Promise<void> {
  await mkdir(dir, { recursive: true });
  const to = (name: string): string => join(dir, name);
  const portrait = (name: string): string => join(portraits, `${name}.png`);
  const poster = (id: string): string => join(avatars, id, 'poster.webp');
  const loop = (id: string): string => join(avatars, id, 'loop.mp4');
  const { ffmpegPath } = createMedia({ log: silentLog });
  const ffmpeg = (...args: string[]) => promisify(execFile)(ffmpegPath, ['-y', '-v', 'error', ...args]);
  const wide = (width: number, height: number) =>
    sharp(portrait('child')).resize(width, height, { fit: 'contain', background: GREY });

  for (const name of ['glasses', 'beard', 'child', 'profile']) {
    await sharp(portrait(name))
      .jpeg({ quality: 92 })
      .toFile(to(`${name}.jpg`));
  }
  await group(['anna', 'kofi', 'vera'].map(poster), to('several.jpg'));
  await sharp({ create: { width: 900, height: 700, channels: 3, background: '#3b6ea5' } })
    .png()
    .toFile(to('no-face.png'));
  await paintOver(poster('vera'), to('painting.jpg'));
  await drawCartoon(to('cartoon.png'));
  await wide(3840, 2160).jpeg({ quality: 90 }).toFile(to('photo-4k.jpg'));
  await wide(1920, 1080).jpeg({ quality: 90 }).toFile(to('photo-1080p.jpg'));
  await sharp(poster('max')).resize(512, 512).png().toFile(to('photo-512.png'));
  await sharp(poster('anna')).toColourspace('cmyk').jpeg().toFile(to('cmyk.jpg'));
  await sharp(poster('aigul')).rotate(90).withMetadata({ orientation: 8 }).jpeg().toFile(to('exif-turned.jpg'));
  await sharp(poster('max')).rotate(180).jpeg().toFile(to('upside-down.jpg'));
  await sharp(poster('kofi')).resize(900, 360, cover).resize(90, 36).jpeg().toFile(to('tiny.jpg'));
  await sharp(poster('max')).blur(9).jpeg().toFile(to('blurred.jpg'));

  await ffmpeg('-i', loop('max'), '-vf', 'fps=60', '-t', '4', ...H264, to('video-60fps.mp4'));
  const uneven = "select='not(mod(n,3))+lt(n,40)'";
  await ffmpeg('-i', loop('vera'), '-vf', uneven, '-vsync', 'vfr', ...H264, to('video-vfr.mp4'));
  await ffmpeg('-i', loop('vera'), '-vf', 'crop=540:720:90:0,transpose=1', ...H264, to('lying.mp4'));
  await ffmpeg('-i', to('lying.mp4'), '-c', 'copy', '-metadata:s:v:0', 'rotate=90', to('video-phone.mp4'));
  const padded = 'pad=1280:720:280:0:gray';
  const repeated = ['-stream_loop', '1', '-i', loop('anna'), '-t', '10', '-vf', padded];
  await ffmpeg(...repeated, ...H264, to('video-720p-10s.mp4'));
  await ffmpeg('-i', loop('kofi'), '-vf', 'fps=10,scale=320:-1', '-t', '2', to('animated.gif'));

  const cut = async (name: string, as: string): Promise<void> => {
    const whole = await readFile(to(name));
    await writeFile(to(as), whole.subarray(0, whole.length / 2));
  };
  await cut('glasses.jpg', 'truncated.jpg');
  await cut('video-720p-10s.mp4', 'truncated.mp4');
}

/** Several people side by side; the one in the middle is nearest. */
async function group(faces: readonly string[], path: string): Promise<void> {
  const sides = [420, 560, 380];
  const heads = await Promise.all(faces.map((face, i) => sharp(face).resize(sides[i]!, sides[i]!).toBuffer()));
  const composed = heads.map((input, i) => ({ input, top: 600 - sides[i]!, left: [0, 420, 980][i]! }));
  const ground = { width: 1360, height: 600, channels: 3, background: GREY } as const;
  await sharp({ create: ground }).composite(composed).jpeg().toFile(path);
}
