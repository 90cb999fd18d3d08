/**
 * The process in which avatars are prepared: it decodes what strangers have sent, and holds much memory for a moment.
 */
import { type FaceFinder, openFaceFinder } from './avatar/face.ts';
import { sentError } from './avatar/faults.ts';
import { readAvatarSource } from './avatar/manifest.ts';
import { prepareAvatar } from './avatar/prepare.ts';
import type { FromPreparer, PrepareOrder } from './avatar/workshop.ts';
import { BootError, SoyleError } from './errors.ts';
import { silentLog } from './log.ts';
import { mediaDecoder } from './media/decoder.ts';
import { createMedia } from './media/ffmpeg.ts';
import { encodeLoop } from './video/loop.ts';

/** What is rendered on has to be better than what is rendered; and somebody waits for it. */
const LOOP_QUALITY = { preset: 'veryfast', crf: 14, threads: 2 } as const;
/** Progress is told in steps of this size, not for every frame. */
const STEP = 0.01;

const tell = (message: FromPreparer): void => void process.send?.(message);

/** What is going on is not wanted any more, or nobody is left who could want it. */
const leaving = new AbortController();
process.once('disconnect', () => {
  // Ends ffmpeg, which is a process of its own.
  leaving.abort();
  // Not `exit`: that would wait for the networks' threads.
  process.kill(process.pid, 'SIGKILL');
});

let finder: Promise<FaceFinder> | undefined;

/** The networks, loaded once. Rejects with a `BootError` that is the server's fault; the next call then tries again. */
function openFinder(modelsDir: string): Promise<FaceFinder> {
  if (finder) return finder;
  const opening = openFaceFinder({ modelsDir, threads: 2, log: silentLog }).catch((error) => {
    finder = undefined;
    throw new BootError(error instanceof Error ? error.message : String(error), new SoyleError('preparation_failed'));
  });
  // It is awaited when the file has been decoded; if that fails nobody asks for it.
  opening.catch(() => undefined);
  finder = opening;
  return opening;
}

process.on(
  'message',
  async ({ dir, cacheDir, framing, modelSize, modelsDir, ffmpegPath, ffprobePath }: PrepareOrder) => {
    let told = -1;
    try {
      const media = createMedia({ ffmpegPath, ffprobePath, log: silentLog });
      const source = await readAvatarSource(dir);
      await prepareAvatar(source, {
        ...{ finder: openFinder(modelsDir), decode: mediaDecoder(media), framing, modelSize, cacheDir, log: silentLog },
        signal: leaving.signal,
        encodeLoop: (frames, path, signal) => encodeLoop(frames, path, LOOP_QUALITY, media, signal),
        onProgress: (stage, progress) => {
          if (progress - told < STEP) return;
          told = progress;
          tell({ stage, progress });
        },
      });
      tell({ done: true });
    } catch (error) {
      tell({ failed: sentError(error) });
    }
  },
);
