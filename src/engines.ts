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
import { composeSpeech, type SpeechHouse } from './speech/compose.ts';
import type { SpeechEngineOptions } from './speech/index.ts';
import { SpeechSwitch } from './speech/switch.ts';
import { joinChunks } from './video/concat.ts';
import { encodeChunk } from './video/encode.ts';
import { encodeLoop } from './video/loop.ts';

export interface OpenEngines extends Engines {
  speech: SpeechSwitch;
  /** Starts the voices that other settings name, then lets them speak. Rejects, the old ones going on, with `BootError`. */
  changeVoices(settings: Settings): Promise<void>;
  close(): Promise<void>;
}

/** Loads the voice, the lips model and the avatar named in the settings. Throws `BootError` naming what to mend. */
export async function openEngines(settings: Settings, log: Log): Promise<OpenEngines> {
  const media = createMedia({ ffmpegPath: settings.FFMPEG_PATH, ffprobePath: settings.FFPROBE_PATH, log });
  const model = await readLipsModel(settings.MODELS_DIR, settings.LIPS_MODEL);
  const speech = new SpeechSwitch(await openSpeech(settings, media, log));
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
      async changeVoices(next) {
        const house = await openSpeech(next, media, log);
        try {
          await house.chain.start();
          await speech.exchange(house);
        } catch (error) {
          await house.chain.close();
          throw error;
        }
      },
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
