import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openFaceFinder } from './avatar/face.ts';
import { loadAvatar } from './avatar/load.ts';
import type { Settings } from './config.ts';
import { SoyleError } from './errors.ts';
import { createApp } from './http/app.ts';
import type { App } from './http/deps.ts';
import type { Health } from './http/schemas.ts';
import type { JobQueue } from './jobs/job.ts';
import { createMemoryQueue } from './jobs/memory.ts';
import { createRunner } from './jobs/runner.ts';
import { readLipsModel } from './lipsync/manifest.ts';
import { openWav2Lip } from './lipsync/wav2lip.ts';
import type { Log } from './log.ts';
import { type DecodeOptions, decodeFrames, decodePicture } from './media/decode.ts';
import { checkMedia, createMedia, type Media } from './media/ffmpeg.ts';
import { onnxVersion } from './onnx/session.ts';
import type { Engines } from './render.ts';
import { createSpeechEngine } from './speech/index.ts';
import { createDiskStorage } from './storage/disk.ts';
import { startPurge } from './storage/purge.ts';
import type { Storage } from './storage/storage.ts';
import { joinChunks } from './video/concat.ts';
import { encodeChunk } from './video/encode.ts';

const root = new URL('../', import.meta.url);
export const version: string = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).version;

const MAX_BODY_BYTES = 1024 * 1024;
const HEARTBEAT_MS = 15_000;
/** So many chunks failing in a row make the server call itself degraded. */
const DEGRADED_AFTER = 3;

export type OpenEngines = Engines & { close(): Promise<void> };

/** Loads the voice, the lips model and the avatar named in the settings. Throws `BootError` naming what to mend. */
export async function openEngines(settings: Settings, log: Log): Promise<OpenEngines> {
  const media = createMedia({ ffmpegPath: settings.FFMPEG_PATH, ffprobePath: settings.FFPROBE_PATH, log });
  const speech = await createSpeechEngine('espeak', { timeoutMs: settings.SPEECH_TIMEOUT_MS, log });
  try {
    const [avatar, lips] = await Promise.all([
      openAvatar(settings, media, log),
      readLipsModel(settings.MODELS_DIR, settings.LIPS_MODEL).then((entry) =>
        openWav2Lip(entry, {
          providers: settings.EXECUTION_PROVIDERS,
          workers: settings.INFERENCE_WORKERS,
          threads: settings.INFERENCE_THREADS,
          batchSize: settings.BATCH_SIZE,
          log,
        }),
      ),
      speech.start(),
      checkMedia(media),
    ]);
    // The first sentence should not be the one that cuts all crops.
    for (const [index, crop] of avatar.crops.entries()) if (crop) avatar.reference(index, lips.size);
    const quality = { preset: settings.VIDEO_PRESET, crf: settings.VIDEO_CRF };
    return {
      speech,
      lips,
      avatar,
      encode: (job, signal) => encodeChunk({ ...job, ...quality }, media, signal),
      join: (job, signal) => joinChunks(job, media, signal),
      close: async () => {
        await Promise.all([speech.close(), lips.close()]);
      },
    };
  } catch (error) {
    await speech.close();
    throw error;
  }
}

async function openAvatar(settings: Settings, media: Media, log: Log): Promise<Engines['avatar']> {
  const finder = await openFaceFinder({ modelsDir: settings.MODELS_DIR, log });
  try {
    const decode = {
      decodeFrames: (path: string, options: DecodeOptions, signal?: AbortSignal) =>
        decodeFrames(media, path, options, signal),
      decodePicture,
    };
    return await loadAvatar(join(settings.AVATARS_DIR, settings.AVATAR), { finder, decode, log });
  } finally {
    await finder.close();
  }
}

export interface Services {
  app: App;
  /** Loads models and avatar; until it resolves the app answers 503. Rejects with `BootError`. */
  load(): Promise<void>;
  health(): Health;
  /** Ends running work: its clients are told that the server is stopping. */
  stopWork(): Promise<void>;
  /** Ends running work, child processes and timers. */
  close(): Promise<void>;
}

/** Puts the server together. Nothing heavy happens before `load`. */
export async function createServices(settings: Settings, log: Log): Promise<Services> {
  const started = Date.now();
  const storage: Storage = await createDiskStorage({ dir: settings.OUTPUT_DIR, log });
  const outputTtlMs = settings.OUTPUT_TTL_MINUTES * 60_000;
  const purge = startPurge(storage, { ttlMs: outputTtlMs, log });
  let engines: OpenEngines | undefined;
  let renders: JobQueue | undefined;
  let failures = 0;

  const queue: JobQueue = {
    run(job, signal) {
      if (!renders) throw new SoyleError('loading');
      return renders.run(job, signal);
    },
    depth: () => renders?.depth() ?? { active: 0, waiting: 0 },
    close: async () => renders?.close(),
  };

  const health = (): Health => ({
    status: !engines ? 'loading' : failures >= DEGRADED_AFTER ? 'degraded' : 'ready',
    models_loaded: engines !== undefined,
    avatar_loaded: engines !== undefined,
    device: engines?.lips.device ?? 'cpu',
    versions: { soyle: version, node: process.versions.node, onnxruntime: onnxVersion },
    engines: { speech: engines?.speech.id ?? 'espeak', lipsync: settings.LIPS_MODEL },
    queue: queue.depth(),
    limits: { max_text_chars: settings.MAX_TEXT_CHARS },
    uptime_seconds: Math.round((Date.now() - started) / 1000),
  });

  const app = createApp({
    queue,
    storage,
    avatar: () => engines?.avatar,
    health,
    log,
    webDir: fileURLToPath(new URL('web', root)),
    settings: {
      maxTextChars: settings.MAX_TEXT_CHARS,
      maxBodyBytes: MAX_BODY_BYTES,
      corsOrigins: settings.CORS_ORIGINS.includes('*') ? '*' : settings.CORS_ORIGINS,
      trustProxy: settings.TRUST_PROXY,
      outputTtlMs,
      heartbeatMs: HEARTBEAT_MS,
    },
  });

  return {
    app,
    health,
    async load() {
      const opened = await openEngines(settings, log);
      const run = createRunner({
        studio: { ...opened, scratch: (extension) => storage.scratch(extension) },
        storage,
        log,
        onChunk: (made) => {
          failures = made ? 0 : failures + 1;
        },
      });
      renders = createMemoryQueue({ run, concurrency: settings.MAX_CONCURRENT, maxWaiting: settings.MAX_QUEUE });
      engines = opened;
    },
    stopWork: () => queue.close(),
    async close() {
      await purge.stop();
      await queue.close();
      await engines?.close();
    },
  };
}
