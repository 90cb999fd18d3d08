import { randomUUID } from 'node:crypto';
import { access, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodeWav } from './audio/wav.ts';
import type { AvatarFacts } from './avatar/facts.ts';
import type { Log } from './log.ts';
import type { Staging } from './scene.ts';
import { talkingFrames } from './talking-frames.ts';
import { SAMPLES_PER_FRAME } from './types.ts';
import type { EncodeJob } from './video/encode.ts';

export interface QuietLoopOptions extends Pick<Staging, 'open'> {
  encode(job: EncodeJob, signal: AbortSignal): Promise<void>;
  /** The lips model that closes the mouths; a loop is made anew for another. */
  model: string;
  log: Log;
}

export interface QuietLoops {
  /**
   * The avatar's idle loop as it looks in the pauses of its speech: its own or, where its lips are open there, one in
   * which they are closed, made when it is first asked for. `undefined` for a still picture.
   */
  of(facts: AvatarFacts): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Better than a chunk, for it is seen over and over again. */
const QUALITY = { preset: 'veryfast', crf: 16, threads: 2 } as const;

/** Idle loops whose lips are closed, kept beside the avatars' own. */
export function createQuietLoops({ open, encode, model, log }: QuietLoopOptions): QuietLoops {
  const closing = new AbortController();
  const making = new Map<string, Promise<void>>();

  async function make(id: string, path: string): Promise<void> {
    const { signal } = closing;
    const { avatar, lips, release } = await open(id, {}, signal);
    // Named as what the cache's owner clears away, should the process end meanwhile.
    const outPath = join(dirname(path), `${randomUUID()}.tmp-quiet.mp4`);
    const audioPath = `${outPath}.wav`;
    try {
      const silence = new Int16Array(avatar.frames.length * SAMPLES_PER_FRAME);
      await writeFile(audioPath, encodeWav(silence));
      const size = { width: avatar.width, height: avatar.height, frameCount: avatar.frames.length };
      const frames = talkingFrames(silence, { pose: 0 }, avatar, lips, signal);
      await encode({ ...QUALITY, ...size, frames, audioPath, outPath }, signal);
      await rename(outPath, path);
    } finally {
      release();
      await Promise.all([outPath, audioPath].map((file) => rm(file, { force: true })));
    }
  }

  return {
    async of({ id, idlePath, previewPath, report }) {
      if (!idlePath || !previewPath || !report || report.mouth.openShare === 0) return idlePath;
      const path = previewPath.replace(/-preview\.jpg$/, `-quiet-${model}.mp4`);
      if (await isThere(path)) return path;
      try {
        const made = making.get(path) ?? make(id, path).finally(() => making.delete(path));
        making.set(path, made);
        await made;
        return path;
      } catch (error) {
        log.warn({ avatar: id, err: error }, 'the idle loop with closed lips cannot be made, its own is shown');
        return idlePath;
      }
    },
    async close() {
      closing.abort();
      await Promise.allSettled(making.values());
    },
  };
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
