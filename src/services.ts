import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { changedSettings, isLive, type Settings } from './config.ts';
import { type OpenEngines, openEngines } from './engines.ts';
import { SoyleError } from './errors.ts';
import { createApp } from './http/app.ts';
import type { App, Voices } from './http/deps.ts';
import type { Health } from './http/schemas.ts';
import type { JobQueue } from './jobs/job.ts';
import { createMemoryQueue } from './jobs/memory.ts';
import { createRunner } from './jobs/runner.ts';
import { createSayLine, type SayLine } from './jobs/say-line.ts';
import type { Log } from './log.ts';
import { createMedia } from './media/ffmpeg.ts';
import { encodeSound, encodeSoundFile } from './media/sound.ts';
import { onnxVersion } from './onnx/session.ts';
import { sayStream } from './say.ts';
import { checkVoice } from './speech/voice-check.ts';
import { createDiskStorage } from './storage/disk.ts';
import { startPurge } from './storage/purge.ts';
import type { Storage } from './storage/storage.ts';

const root = new URL('../', import.meta.url);
export const version: string = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).version;

const MAX_BODY_BYTES = 1024 * 1024;
const HEARTBEAT_MS = 15_000;
/** So many chunks failing in a row make the server call itself degraded. */
const DEGRADED_AFTER = 3;

export interface Services {
  app: App;
  /** Loads models and avatar; until it resolves the app answers 503. Rejects with `BootError`. */
  load(): Promise<void>;
  health(): Health;
  /** Heeds other settings as far as that is possible while it runs, and says in the log which have to wait. */
  change(settings: Settings): Promise<void>;
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
  let voices: Voices | undefined;
  let renders: JobQueue | undefined;
  const media = createMedia({ ffmpegPath: settings.FFMPEG_PATH, ffprobePath: settings.FFPROBE_PATH, log });
  let failures = 0;
  let current = settings;
  let changing = Promise.resolve();
  let loading: Promise<void> | undefined;

  const queue: JobQueue = {
    run(job, signal) {
      if (!renders) throw new SoyleError('loading');
      return renders.run(job, signal);
    },
    depth: () => renders?.depth() ?? { active: 0, waiting: 0 },
    close: async () => renders?.close(),
  };

  const speaking = (): string => (engines?.speech.engines.map(({ id }) => id) ?? settings.SPEECH_ENGINES).join(',');

  const line = createSayLine({ places: () => current.TTS_MAX_CONCURRENT + settings.MAX_QUEUE });

  const health = (): Health => ({
    status: !engines ? 'loading' : failures >= DEGRADED_AFTER ? 'degraded' : 'ready',
    models_loaded: engines !== undefined,
    avatar_loaded: engines !== undefined,
    device: engines?.lips.device ?? 'cpu',
    versions: { soyle: version, node: process.versions.node, onnxruntime: onnxVersion },
    engines: { speech: speaking(), lipsync: settings.LIPS_MODEL },
    queue: queue.depth(),
    limits: { max_text_chars: settings.MAX_TEXT_CHARS },
    uptime_seconds: Math.round((Date.now() - started) / 1000),
  });

  const app = createApp({
    queue,
    storage,
    avatar: () => engines?.avatar,
    voices: () => voices,
    sound: {
      stream: (sound, format, signal) => encodeSound(media, sound, format, signal),
      file: (sound, format, signal) => encodeSoundFile(media, sound, format, signal),
    },
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

  async function load(): Promise<void> {
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
    voices = voicesOf(opened, line);
    engines = opened;
  }

  async function change(next: Settings): Promise<void> {
    const names = changedSettings(current, next);
    if (names.length === 0) return;
    const later = names.filter((name) => !isLive(name));
    if (later.length > 0) log.warn({ settings: later }, 'these settings change when the server is started again');
    try {
      if (later.length < names.length) await engines?.changeVoices(next);
      current = next;
      log.info({ settings: names.filter(isLive), speech: speaking() }, 'the settings file was read again');
    } catch (error) {
      log.error({ err: error }, 'the changed settings cannot be used, the old ones stay');
    }
  }

  return {
    app,
    health,
    async change(next) {
      await loading;
      changing = changing.then(() => change(next));
      await changing;
    },
    load() {
      loading ??= load();
      return loading;
    },
    async stopWork() {
      line.close();
      await queue.close();
    },
    async close() {
      // Ending the process while a network is being loaded would bring it down with a crash.
      await loading?.catch(() => undefined);
      await changing;
      await purge.stop();
      line.close();
      await queue.close();
      await engines?.close();
    },
  };
}

/** What the HTTP floor may know of the voices. */
const voicesOf = ({ speech }: OpenEngines, line: SayLine): Voices => ({
  get engines() {
    return speech.engines.map(({ id }) => id);
  },
  list: async () => (await speech.voices()).map((voice) => ({ engine: speech.id, ...voice })),
  check: (request) => checkVoice(request, speech.engines),
  stream: (request, signal) => line.say((stop) => sayStream(request, speech, stop), signal),
});
