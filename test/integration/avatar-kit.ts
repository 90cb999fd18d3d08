import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Avatar } from '../../src/avatar/avatar.ts';
import { type FaceFinder, openFaceFinder } from '../../src/avatar/face.ts';
import { loadAvatar } from '../../src/avatar/load.ts';
import { readLipsModel } from '../../src/lipsync/manifest.ts';
import { silentLog } from '../../src/log.ts';
import { mediaDecoder } from '../../src/media/decoder.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';
import { encodeLoop as encodeSilently } from '../../src/video/loop.ts';

type LoadOptions = Parameters<typeof loadAvatar>[1];

export const media = createMedia({ log: silentLog });
export const decode = mediaDecoder(media);

export const encodeLoop: LoadOptions['encodeLoop'] = (frames, path, signal) =>
  encodeSilently(frames, path, { crf: 14 }, media, signal);

export interface AvatarKit {
  /** A temporary folder. */
  root: string;
  finder: FaceFinder;
  /** How our lips model wants to see a face, and how one does whose entry says nothing. */
  framings: Record<'soyle' | 'default', LoadOptions['framing']>;
  load(dir: string, options?: Partial<LoadOptions>): Promise<Avatar>;
  close(): Promise<void>;
}

/** What it takes to load real avatars with the real networks and programs. */
export async function openAvatarKit(): Promise<AvatarKit> {
  const root = await mkdtemp(join(tmpdir(), 'soyle-avatars-'));
  const finder = await openFaceFinder({ modelsDir: 'models' });
  const { framing: soyle } = await readLipsModel('models', 'soyle');
  const plain = { id: 'plain', kind: 'wav2lip', file: 'plain.onnx', licence: 'CC0-1.0' };
  await writeFile(join(root, 'manifest.json'), JSON.stringify({ models: [plain] }));
  await writeFile(join(root, plain.file), '');
  const framings = { soyle, default: (await readLipsModel(root, plain.id)).framing };
  const basics = { finder, decode, framing: soyle, modelSize: 256, encodeLoop, log: silentLog };
  return {
    ...{ root, finder, framings },
    load: (dir, options = {}) => loadAvatar(dir, { ...basics, ...options }),
    async close() {
      await finder.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
