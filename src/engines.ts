import { join } from 'node:path';
import type { Avatar } from './avatar/avatar.ts';
import { openFootage } from './avatar/footage.ts';
import { type AvatarLibrary, type LibraryOptions, openLibrary } from './avatar/library.ts';
import { usableIds } from './avatar/manifest.ts';
import type { Viewer } from './avatar/prepared.ts';
import { createWorkshop } from './avatar/workshop.ts';
import type { Settings } from './config.ts';
import { BootError, SoyleError } from './errors.ts';
import { openLips } from './lipsync/index.ts';
import type { LipSync } from './lipsync/lipsync.ts';
import { weightsStamp } from './lipsync/manifest.ts';
import { type HeldModel, type LipsShelf, openShelf } from './lipsync/shelf.ts';
import type { Log } from './log.ts';
import { mediaDecoder } from './media/decoder.ts';
import { checkMedia, createMedia, type Media } from './media/ffmpeg.ts';
import { createQuietLoops, type QuietLoops } from './quiet-loop.ts';
import type { Engines } from './render.ts';
import { composeSpeech, type SpeechHouse } from './speech/compose.ts';
import type { SpeechEngineOptions } from './speech/index.ts';
import { SpeechSwitch } from './speech/switch.ts';
import { type Backdrops, openBackdrops } from './video/backdrops.ts';
import { joinChunks } from './video/concat.ts';
import { encodeChunk } from './video/encode.ts';

export interface OpenEngines extends Engines {
  speech: SpeechSwitch;
  /** The avatar and the lips model that requests get which name none. */
  avatar: Avatar;
  lips: LipSync;
  library: AvatarLibrary;
  shelf: LipsShelf;
  backdrops: Backdrops;
  quiet: QuietLoops;
  media: Media;
  /** Starts the voices that other settings name, then lets them speak. Rejects, the old ones going on, with `BootError`. */
  changeVoices(settings: Settings): Promise<void>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** All avatars are known, and the folder is looked at from time to time; otherwise there is the default alone. */
  watchAvatars?: boolean;
  /** Where the name of the default avatar came from, for who is to mend it; the setting `AVATAR` when absent. */
  avatarFrom?: string;
}

/** Loads the voice, the lips model and the avatar named in the settings. Throws `BootError` naming what to mend. */
export async function openEngines(
  settings: Settings,
  log: Log,
  { watchAvatars, avatarFrom = 'AVATAR' }: OpenOptions = {},
): Promise<OpenEngines> {
  const media = createMedia({ ffmpegPath: settings.FFMPEG_PATH, ffprobePath: settings.FFPROBE_PATH, log });
  const shelf = await openModels(settings, log);
  const backdrops = openBackdrops(settings.BACKGROUNDS_DIR);
  const speech = new SpeechSwitch(await openSpeech(settings, media, log), log);
  // Both are held for as long as the server runs.
  const lipsReady = shelf.open().catch((error: SoyleError) => {
    throw error.cause instanceof BootError ? error.cause : error;
  });
  const known = watchAvatars ? { watchMs: WATCH_MS } : { only: [settings.AVATAR] };
  const avatars = openAvatars(settings, { media, lipsReady: () => lipsReady, log, ...known });
  const avatarReady = Promise.all([avatars, lipsReady]).then(([{ library }, held]) =>
    openDefault(library, held, settings, avatarFrom),
  );
  const opening = [avatarReady, lipsReady, avatars, speech.start(), checkMedia(media)] as const;
  let quiet: QuietLoops | undefined;
  const close = async (): Promise<void> => {
    await quiet?.close();
    await avatars.then(({ end }) => end()).catch(() => undefined);
    await Promise.all([speech.close(), shelf.close()]);
  };
  try {
    const [avatar, { lips, model }, { library }] = await Promise.all(opening);
    // The first sentence should not be the one that cuts all crops.
    for (const [index, crop] of avatar.crops.entries()) if (crop) avatar.reference(index, lips.size);
    const open = opener(shelf, library);
    const encode: Engines['encode'] = (job, signal) => encodeChunk({ ...qualityOf(settings), ...job }, media, signal);
    quiet = createQuietLoops({ open, encode, model: model.id, weights: await weightsStamp(model), log });
    return {
      ...{ speech, library, media, lips, avatar, shelf, backdrops, quiet, open, encode, close },
      changeVoices: async (next) => speech.exchange(await openSpeech(next, media, log)),
      genderOf: (avatarId) => library.list().find(({ id }) => id === (avatarId ?? settings.AVATAR))?.gender,
      backdrop: (id, size) => backdrops.open(id, size),
      join: (job, signal) => joinChunks(job, media, signal),
    };
  } catch (error) {
    // What is still being opened must not outlive this.
    await Promise.allSettled([lipsReady, avatars]);
    await close();
    throw error;
  }
}

/** Opens avatars together with the models that move their mouths. */
function opener(shelf: LipsShelf, library: AvatarLibrary): Engines['open'] {
  return async (avatarId, look, signal) => {
    const held = await shelf.open(look.model);
    try {
      const { framing, kind } = held.model;
      // The other kind was trained on faces placed exactly so: of any other crop it makes teeth on the throat.
      const padded = look.pads && kind === 'wav2lip';
      const seen = await library.open(avatarId, padded ? { ...framing, pads: look.pads } : framing, signal);
      const release = (): void => {
        seen.release();
        held.release();
      };
      const warnings = look.pads && !padded ? ['pads_ignored'] : undefined;
      return { avatar: seen.avatar, lips: held.lips, warnings, release };
    } catch (error) {
      held.release();
      throw error;
    }
  };
}

const MB = 2 ** 20;
const HOUR_MS = 3_600_000;

/** The voices that the settings name, not started yet. Throws `BootError`. */
export function openSpeech(settings: Settings, media: Media, log: Log): Promise<SpeechHouse> {
  return composeSpeech({
    engines: settings.SPEECH_ENGINES,
    options: { log, media, timeoutMs: settings.SPEECH_TIMEOUT_MS, ...enginesOf(settings) },
    guard: {
      concurrency: settings.TTS_MAX_CONCURRENT,
      timeoutMs: settings.SPEECH_TIMEOUT_MS,
      attempts: settings.TTS_ATTEMPTS,
      failures: settings.TTS_BREAKER_FAILURES,
      pauseMs: settings.TTS_BREAKER_PAUSE_MS,
    },
    cache: {
      memoryBytes: settings.TTS_CACHE_MEMORY_MB * MB,
      diskBytes: settings.TTS_CACHE_DISK_MB * MB,
      dir: settings.TTS_CACHE_DIR,
      ttlMs: settings.TTS_CACHE_TTL_HOURS * HOUR_MS,
    },
  });
}

/** What each engine needs of the settings; those whose address or key is not set are absent. */
function enginesOf(settings: Settings): Omit<SpeechEngineOptions, 'log' | 'media' | 'timeoutMs'> {
  const { ALLTALK_URL, QWEN_TTS_URL, OPENAI_TTS_URL, ELEVENLABS_API_KEY, HTTP_TTS_URL } = settings;
  return {
    limits: {
      connections: settings.TTS_MAX_CONCURRENT,
      connectTimeoutMs: settings.TTS_CONNECT_TIMEOUT_MS,
      silenceTimeoutMs: settings.TTS_SILENCE_TIMEOUT_MS,
    },
    sherpa: {
      voicesDir: join(settings.MODELS_DIR, 'voices'),
      defaults: settings.SHERPA_VOICES,
      threads: settings.SHERPA_THREADS,
      memoryBytes: settings.SHERPA_MEMORY_MB * MB,
    },
    ...(ALLTALK_URL && { alltalk: { url: ALLTALK_URL, languages: settings.ALLTALK_LANGUAGES } }),
    ...(QWEN_TTS_URL && { qwen: { url: QWEN_TTS_URL, languages: settings.QWEN_TTS_LANGUAGES } }),
    ...(OPENAI_TTS_URL && {
      openai: {
        url: OPENAI_TTS_URL,
        key: settings.OPENAI_TTS_KEY,
        model: settings.OPENAI_TTS_MODEL,
        voice: settings.OPENAI_TTS_VOICE,
        languages: settings.OPENAI_TTS_LANGUAGES,
      },
    }),
    ...(ELEVENLABS_API_KEY && {
      elevenlabs: {
        key: ELEVENLABS_API_KEY,
        model: settings.ELEVENLABS_MODEL,
        voice: settings.ELEVENLABS_VOICE,
        url: settings.ELEVENLABS_URL,
      },
    }),
    ...(HTTP_TTS_URL && {
      http: {
        url: HTTP_TTS_URL,
        fields: settings.HTTP_TTS_FIELDS,
        headers: settings.HTTP_TTS_HEADERS,
        body: settings.HTTP_TTS_BODY,
        voices: settings.HTTP_TTS_VOICES,
        languages: settings.HTTP_TTS_LANGUAGES,
        rawRate: settings.HTTP_TTS_PCM_RATE,
      },
    }),
  };
}

const qualityOf = ({ VIDEO_PRESET, VIDEO_CRF }: Settings) => ({ preset: VIDEO_PRESET, crf: VIDEO_CRF });

const inferenceOf = (settings: Settings, log: Log) => ({
  providers: settings.EXECUTION_PROVIDERS,
  workers: settings.INFERENCE_WORKERS,
  threads: settings.INFERENCE_THREADS,
  batchSize: settings.BATCH_SIZE,
  log,
});

/** The lips models, none of them loaded yet. Throws `BootError` where the list or the default cannot be used. */
export const openModels = (settings: Settings, log: Log): Promise<LipsShelf> =>
  openShelf({
    ...{ modelsDir: settings.MODELS_DIR, defaultId: settings.LIPS_MODEL, workers: settings.INFERENCE_WORKERS, log },
    memoryBytes: settings.MODELS_MEMORY_MB * MB,
    load: (model) => openLips(model, inferenceOf(settings, log)),
  });

/** How often the folder of avatars is looked at. */
const WATCH_MS = 2000;

interface AvatarParts extends Pick<LibraryOptions, 'only' | 'watchMs' | 'log'> {
  media: Media;
  /** The model that the reports are about. */
  lipsReady(): Promise<HeldModel>;
}

/** The avatars, which a process of its own prepares, and how to let go of both. */
export async function openAvatars(settings: Settings, { media, lipsReady, log, ...known }: AvatarParts) {
  const workshop = createWorkshop({ module: new URL('prepare-child.ts', import.meta.url), log });
  const decode = mediaDecoder(media);
  const viewer = async (): Promise<Viewer> => {
    const { model, lips } = await lipsReady().catch((error: Error) => {
      // Without the model nothing can be judged; the avatar's folder is not to blame.
      throw new BootError(error.message, new SoyleError('preparation_failed', {}, error));
    });
    return { framing: model.framing, modelSize: lips.size };
  };
  const library = await openLibrary({
    ...{ ...known, dir: settings.AVATARS_DIR, defaultId: settings.AVATAR, log },
    memoryBytes: settings.AVATAR_MEMORY_MB * MB,
    viewer,
    async prepare(order, how) {
      const { MODELS_DIR: modelsDir, FFMPEG_PATH: ffmpegPath, FFPROBE_PATH: ffprobePath } = settings;
      await workshop.prepare({ ...order, ...(await viewer()), modelsDir, ffmpegPath, ffprobePath }, how);
    },
    openFootage: (of) => openFootage(of, { decode, log }),
    expect: () => workshop.expect(),
  });
  const end = async (): Promise<void> => {
    await library.close();
    await workshop.close();
  };
  return { library, end };
}

/** The avatar of the settings. Throws `BootError` when there is none or it cannot be used. */
async function openDefault(
  library: AvatarLibrary,
  { model }: HeldModel,
  settings: Settings,
  from: string,
): Promise<Avatar> {
  try {
    const { avatar } = await library.open(undefined, model.framing);
    return avatar;
  } catch (error) {
    const { AVATAR, AVATARS_DIR } = settings;
    if (error instanceof SoyleError && error.code === 'avatar_unknown') {
      const names = (await usableIds(AVATARS_DIR)).join(', ') || 'none';
      throw new BootError(
        `There is no avatar "${AVATAR}" in ${AVATARS_DIR} (there is: ${names}); set ${from} to one of them.`,
      );
    }
    throw error instanceof SoyleError && error.cause instanceof BootError ? error.cause : error;
  }
}
