import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { changedSettings, isLive, type Settings } from './config.ts';
import { type OpenEngines, openEngines } from './engines.ts';
import { BootError, SoyleError } from './errors.ts';
import { createApp } from './http/app.ts';
import type { App, Avatars, HttpSettings, Looks, Voices } from './http/deps.ts';
import type { Health } from './http/schemas.ts';
import type { JobQueue, SaidStream, SayRequest } from './jobs/job.ts';
import { createMemoryQueue } from './jobs/memory.ts';
import { createRunner, type Runner } from './jobs/runner.ts';
import { createSayLine, type SayLine } from './jobs/say-line.ts';
import type { Log } from './log.ts';
import { createMedia } from './media/ffmpeg.ts';
import { encodeSound, encodeSoundFile } from './media/sound.ts';
import { onnxVersion } from './onnx/session.ts';
import { registerAvatar } from './register.ts';
import { sayStream } from './say.ts';
import { type SpeechSwitch, untilHeard } from './speech/switch.ts';
import { checkVoice } from './speech/voice-check.ts';
import { voiceLanguages } from './speech/voice-languages.ts';
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
  let avatars: Avatars | undefined;
  let renders: JobQueue | undefined;
  const media = createMedia({ ffmpegPath: settings.FFMPEG_PATH, ffprobePath: settings.FFPROBE_PATH, log });
  let failures = 0;
  let current = settings;
  let changing = Promise.resolve();
  let loading: Promise<void> | undefined;
  let closed = false;

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

  /** Whether requests that name no avatar can be answered. */
  const avatarReady = (): boolean =>
    engines?.library.list().some((avatar) => avatar.default && avatar.state === 'ready') ?? false;

  const health = (): Health => ({
    status: !engines ? 'loading' : failures >= DEGRADED_AFTER || !avatarReady() ? 'degraded' : 'ready',
    models_loaded: engines !== undefined,
    avatar_loaded: avatarReady(),
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
    avatars: () => avatars,
    voices: () => voices,
    looks: () => engines && looksOf(engines),
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
      corsOrigins: settings.CORS_ORIGINS,
      trustProxy: settings.TRUST_PROXY,
      uploads: uploadsOf(settings),
      maxUploadBytes: settings.MAX_UPLOAD_BYTES,
      outputTtlMs,
      heartbeatMs: HEARTBEAT_MS,
    },
  });

  async function load(): Promise<void> {
    const opened = await openEngines(settings, log, { watchAvatars: true });
    const run: Runner = async function* (job, turns, signal) {
      const { engine, release } = opened.speech.hold();
      const studio = { ...opened, speech: engine, scratch: (extension: string) => storage.scratch(extension) };
      const onChunk = (made: boolean) => {
        failures = made ? 0 : failures + 1;
      };
      try {
        yield* createRunner({ studio, storage, log, onChunk })(job, turns, signal);
      } finally {
        release();
      }
    };
    renders = createMemoryQueue({ run, concurrency: settings.MAX_CONCURRENT, maxWaiting: settings.MAX_QUEUE });
    voices = voicesOf(opened.speech, line);
    avatars = avatarsOf(opened);
    engines = opened;
  }

  async function change(next: Settings): Promise<void> {
    const names = changedSettings(current, next);
    if (closed || names.length === 0) return;
    const later = names.filter((name) => !isLive(name));
    if (later.length > 0) log.warn({ settings: later }, 'these settings change when the server is started again');
    try {
      if (later.length < names.length) await engines?.changeVoices(next);
      current = next;
      log.info({ settings: names.filter(isLive), speech: speaking() }, 'the settings file was read again');
    } catch (error) {
      if (closed) return;
      const message = 'the changed settings cannot be used, the old ones stay';
      if (!(error instanceof BootError)) log.error({ err: error }, message);
      else for (const fault of error.faults) log.error({ fault }, message);
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
      await Promise.all([queue.close(), engines?.library.close()]);
    },
    async close() {
      // Ending the process while a network is being loaded would bring it down with a crash.
      await loading?.catch(() => undefined);
      closed = true;
      line.close();
      await queue.close();
      // Voices that are being started for other settings are closed with those of now.
      await engines?.close();
      await changing;
      await purge.stop();
    },
  };
}

/** What the HTTP floor may do with the avatars. */
const avatarsOf = ({ library, media, quiet }: OpenEngines): Avatars => ({
  ...library,
  idle: (facts, signal) => quiet.of(facts, signal),
  register: (upload) => registerAvatar(upload, library, media),
});

/** Only a server that this machine alone can reach takes avatars from everybody who reaches it. */
function uploadsOf({ AVATAR_UPLOADS, HOST }: Settings): HttpSettings['uploads'] {
  if (AVATAR_UPLOADS !== 'auto') return AVATAR_UPLOADS;
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(HOST) ? 'local' : 'off';
}

/** What the HTTP floor may know of the voices. */
const voicesOf = (speech: SpeechSwitch, line: SayLine): Voices => ({
  get engines() {
    return speech.engines.map(({ id }) => id);
  },
  list: async () => (await speech.voices()).map((voice) => ({ engine: speech.id, ...voice })),
  abilities(engine) {
    const facts = speech.engines.find(({ id }) => id === engine)?.facts;
    return { rate: !!facts?.rate, pitch: !!facts?.pitch, temperature: !!facts?.temperature };
  },
  languagesOf: (voice, engine) => voiceLanguages(voice, speech.engines, engine),
  check: (request) => checkVoice(request, speech.engines),
  stream: (request, signal) => line.say((stop) => sayHeld(request, speech, stop), signal),
});

/** What the HTTP floor may know of models and backgrounds. */
const looksOf = ({ shelf, backdrops }: OpenEngines): Looks => ({
  models: () => shelf.list(),
  checkModel: (id) => shelf.check(id),
  backgrounds: () => backdrops.ids(),
  checkBackground: (id) => backdrops.check(id),
});

/** Speaks all of a text with the voices of now. */
async function sayHeld(request: SayRequest, speech: SpeechSwitch, signal: AbortSignal): Promise<SaidStream> {
  const { engine, release } = speech.hold();
  try {
    const said = await sayStream(request, engine, signal);
    return { ...said, pcm: untilHeard(said.pcm, signal, release) };
  } catch (error) {
    release();
    throw error;
  }
}
