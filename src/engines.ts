import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Avatar } from './avatar/avatar.ts';
import type { MediaDecoder } from './avatar/decode.ts';
import { openFaceFinder } from './avatar/face.ts';
import { loadAvatar } from './avatar/load.ts';
import type { Settings } from './config.ts';
import { BootError, SoyleError } from './errors.ts';
import { openLips } from './lipsync/index.ts';
import { type LipsModel, readLipsModel } from './lipsync/manifest.ts';
import type { Log } from './log.ts';
import { decodeFrames, decodePicture, sniffFile } from './media/decode.ts';
import { checkMedia, createMedia, type Media } from './media/ffmpeg.ts';
import { probe } from './media/probe.ts';
import type { Engines } from './render.ts';
import { createSpeechEngine } from './speech/index.ts';
import { joinChunks } from './video/concat.ts';
import { encodeChunk } from './video/encode.ts';
import { encodeLoop } from './video/loop.ts';

export type OpenEngines = Engines & { close(): Promise<void> };

/** Loads the voice, the lips model and the avatar named in the settings. Throws `BootError` naming what to mend. */
export async function openEngines(settings: Settings, log: Log): Promise<OpenEngines> {
  const media = createMedia({ ffmpegPath: settings.FFMPEG_PATH, ffprobePath: settings.FFPROBE_PATH, log });
  const model = await readLipsModel(settings.MODELS_DIR, settings.LIPS_MODEL);
  const speech = await createSpeechEngine('espeak', { timeoutMs: settings.SPEECH_TIMEOUT_MS, log });
  const opening = [
    openAvatar(settings, model, media, log),
    openLips(model, inferenceOf(settings, log)),
    speech.start(),
    checkMedia(media),
  ] as const;
  try {
    const [avatar, lips] = await Promise.all(opening);
    // The first sentence should not be the one that cuts all crops.
    for (const [index, crop] of avatar.crops.entries()) if (crop) avatar.reference(index, lips.size);
    return {
      speech,
      lips,
      avatar,
      encode: (job, signal) => encodeChunk({ ...qualityOf(settings), ...job }, media, signal),
      join: (job, signal) => joinChunks(job, media, signal),
      close: async () => {
        await Promise.all([speech.close(), lips.close()]);
      },
    };
  } catch (error) {
    const [, lips] = await Promise.allSettled(opening);
    if (lips.status === 'fulfilled') await lips.value.close();
    await speech.close();
    throw error;
  }
}

const qualityOf = ({ VIDEO_PRESET, VIDEO_CRF }: Settings) => ({ preset: VIDEO_PRESET, crf: VIDEO_CRF });

const inferenceOf = (settings: Settings, log: Log) => ({
  providers: settings.EXECUTION_PROVIDERS,
  workers: settings.INFERENCE_WORKERS,
  threads: settings.INFERENCE_THREADS,
  batchSize: settings.BATCH_SIZE,
  log,
});

async function openAvatar(settings: Settings, { framing }: LipsModel, media: Media, log: Log): Promise<Avatar> {
  const { AVATARS_DIR, AVATAR, MODELS_DIR } = settings;
  const known = await readdir(AVATARS_DIR).catch((): string[] => []);
  if (!known.includes(AVATAR)) {
    const names = known.filter((name) => !name.startsWith('.')).join(', ') || 'none';
    throw new BootError(
      `There is no avatar "${AVATAR}" in ${AVATARS_DIR} (there is: ${names}); set AVATAR to one of them.`,
    );
  }
  const finder = await openFaceFinder({ modelsDir: MODELS_DIR, log });
  try {
    return await loadAvatar(join(AVATARS_DIR, AVATAR), {
      finder,
      framing,
      decode: decoderOf(media),
      encodeLoop: (frames, path, signal) => encodeLoop(frames, path, qualityOf(settings), media, signal),
      log,
    });
  } finally {
    await finder.close();
  }
}

function decoderOf(media: Media): MediaDecoder {
  return {
    async probe(path, signal) {
      const found = await sniffFile(path);
      if (found?.kind !== 'stream') throw new SoyleError('media_unsupported');
      return probe(media, path, found.container, signal);
    },
    decodeFrames: (path, options, signal) => decodeFrames(media, path, options, signal),
    decodePicture,
  };
}
