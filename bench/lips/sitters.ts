import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaceFinder } from '../../src/avatar/face.ts';
import { readAvatarSource } from '../../src/avatar/manifest.ts';
import { silentLog } from '../../src/log.ts';
import { i420ToRgb, rgbToI420 } from '../../src/media/colour.ts';
import { decodeFrames, decodePicture } from '../../src/media/decode.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';
import { FPS, type Frame } from '../../src/types.ts';
import { readStrip } from './data.ts';
import type { Sitter } from './place.ts';

const MAX_SIDE = 720;

/** Pictures of one prepared strip as frames of a video; the first is the sitter at rest. */
export async function readFrames(path: string, size: number): Promise<Frame[]> {
  const pictures = await readStrip(path, size);
  return pictures.map((rgb) => ({ width: size, height: size, data: rgbToI420(rgb, size, size) }));
}

/** The face in a frame; `undefined` where none is found. */
export async function sit(name: string, frame: Frame, finder: FaceFinder): Promise<Sitter | undefined> {
  const { width, height, data } = frame;
  const [face] = await finder.find({ width, height, data: i420ToRgb(data, width, height) });
  return face && { name, frame, face };
}

/** The bundled avatars, each in its first frame. */
export async function avatarSitters(avatarsDir: string, finder: FaceFinder): Promise<Sitter[]> {
  const media = createMedia({ log: silentLog });
  const found: Sitter[] = [];
  const folders = await readdir(avatarsDir, { withFileTypes: true });
  for (const folder of folders.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))) {
    const { id, kind, path } = await readAvatarSource(join(avatarsDir, folder.name));
    const frame = kind === 'picture' ? await picture(path) : await firstFrame(path);
    const sitter = await sit(id, frame, finder);
    if (sitter) found.push(sitter);
  }
  return found;

  async function picture(path: string): Promise<Frame> {
    const { width, height, i420 } = await decodePicture(path, { maxSide: MAX_SIDE });
    return { width, height, data: i420 };
  }

  async function firstFrame(path: string): Promise<Frame> {
    const { width, height, frames } = await decodeFrames(media, path, { fps: FPS, maxSide: MAX_SIDE, maxFrames: 1 });
    return { width, height, data: frames[0]! };
  }
}
