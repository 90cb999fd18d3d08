import { randomUUID } from 'node:crypto';
import { access, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import PQueue from 'p-queue';
import { encodeWav } from './audio/wav.ts';
import type { AvatarFacts } from './avatar/facts.ts';
import type { Log } from './log.ts';
import type { Staging } from './scene.ts';
import { talkingFrames } from './talking-frames.ts';
import { SAMPLES_PER_FRAME } from './types.ts';
import type { EncodeJob } from './video/encode.ts';

export interface QuietLoopOptions extends Pick<Staging, 'open'> {
  encode(job: EncodeJob, signal: AbortSignal): Promise<void>;
  /** The lips model that closes the mouths, and what tells its files from others; a loop is made anew for another. */
  model: string;
  weights: string;
  log: Log;
}

export interface QuietLoops {
  /**
   * The avatar's idle loop as it looks in the pauses of its speech: its own or, where its lips are open there, one in
   * which they are closed, made when it is first asked for, in turn, and as long as somebody waits for it. `undefined` for
   * a still picture. Rejects with the signal's reason.
   */
  of(facts: AvatarFacts, signal?: AbortSignal): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Better than a chunk, for it is seen over and over again. */
const QUALITY = { preset: 'veryfast', crf: 16, threads: 2 } as const;

/** One loop on its way. */
interface Making {
  done: Promise<void>;
  /** Who waits for it. */
  waiting: number;
  stop: AbortController;
}

/** Idle loops whose lips are closed, kept beside the avatars' own. */
export function createQuietLoops({ open, encode, model, weights, log }: QuietLoopOptions): QuietLoops {
  const closing = new AbortController();
  const making = new Map<string, Making>();
  /** Speech has its own turns beside them: a page that shows every avatar must not fill the machine. */
  const turns = new PQueue({ concurrency: 1 });

  async function make(id: string, path: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
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
      await deleteOlder(path);
    } finally {
      release();
      await Promise.all([outPath, audioPath].map((file) => rm(file, { force: true })));
    }
  }

  function begin(id: string, path: string): Making {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, closing.signal]);
    const done = turns.add(() => make(id, path, signal));
    const one: Making = { done, waiting: 0, stop };
    const end = (): void => {
      if (making.get(path) === one) making.delete(path);
    };
    done.then(end, end);
    stop.signal.addEventListener('abort', end, { once: true });
    making.set(path, one);
    return one;
  }

  /** Waits for a loop; it is no longer made when all have left who did. */
  async function wait(one: Making, signal: AbortSignal | undefined): Promise<void> {
    one.waiting++;
    let leave = (): void => undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal?.reason);
      signal?.addEventListener('abort', leave, { once: true });
    });
    try {
      await Promise.race([one.done, left]);
    } finally {
      signal?.removeEventListener('abort', leave);
      if (--one.waiting === 0) one.stop.abort();
    }
  }

  return {
    async of({ id, idlePath, previewPath, report }, signal) {
      if (!idlePath || !previewPath || !report || report.mouth.openShare === 0) return idlePath;
      const path = previewPath.replace(/-preview\.jpg$/, `-quiet-${model}.${weights}.mp4`);
      if (await isThere(path)) return path;
      signal?.throwIfAborted();
      try {
        await wait(making.get(path) ?? begin(id, path), signal);
        return path;
      } catch (error) {
        signal?.throwIfAborted();
        // Not where the avatar was deleted meanwhile, or nothing is made any more.
        if (closing.signal.aborted || !(await isThere(dirname(path)))) return idlePath;
        log.warn({ avatar: id, err: error }, 'the idle loop with closed lips cannot be made, its own is shown');
        return idlePath;
      }
    },
    async close() {
      closing.abort();
      await turns.onIdle();
    },
  };
}

/** Deletes what the same model made of the same loop with other weights. */
async function deleteOlder(path: string): Promise<void> {
  const [stem, , ending] = basename(path).split('.');
  const older = (await readdir(dirname(path))).filter((name) => {
    const parts = name.split('.');
    return parts[0] === stem && parts.at(-1) === ending && name !== basename(path);
  });
  await Promise.all(older.map((name) => rm(join(dirname(path), name), { force: true })));
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
