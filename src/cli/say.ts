import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, rename, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { loadConfig, type Settings } from '../config.ts';
import { type OpenEngines, openEngines } from '../engines.ts';
import { BootError, SoyleError } from '../errors.ts';
import { createLog } from '../log.ts';
import { planChunks, renderStream, renderWhole } from '../pipeline.ts';
import { type BrokenChunk, discardChunk, type Studio } from '../render.ts';
import type { SayRequest } from '../say.ts';
import { formatOf } from '../shot.ts';
import { checkVoice } from '../speech/voice-check.ts';
import { type Chunk, type Look, VIDEO_EXTENSIONS } from '../types.ts';
import { createProgress, type Progress } from './progress.ts';

export interface SayOptions
  extends Pick<SayRequest, 'language' | 'engine' | 'voice' | 'rate' | 'pitch' | 'temperature'>,
    NonNullable<SayRequest['voiceAttributes']>,
    Pick<Look, 'model' | 'background' | 'crop' | 'resolution' | 'format'> {
  output?: string;
  chunks?: string;
  chunkSize: number;
  intensity: number;
  avatar?: string;
}

/** `soyle say`: the server's pipeline, its files put where the user wants them. Resolves with the exit code. */
export async function sayCommand(argument: string, options: SayOptions): Promise<number> {
  const given = loadConfig();
  const settings: Settings = { ...given, AVATAR: options.avatar ?? given.AVATAR };
  const text = argument === '-' ? await readAll(process.stdin) : argument;
  if (!text.trim()) throw new SoyleError('text_empty');
  const target = await chooseTarget(options);

  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());
  // Whoever reads our lines may have seen enough: `soyle say … | head -1`.
  process.stdout.once('error', () => interrupted.abort());
  const log = createLog(settings.LOG_LEVEL === 'info' ? 'error' : settings.LOG_LEVEL);
  const engines = await openEngines(settings, log, {
    avatarFrom: options.avatar === undefined ? 'AVATAR' : '--avatar',
  });
  const progress = createProgress();
  try {
    await checkVoice(options, engines.speech.engines);
    return await render(text, options, target, engines, progress, interrupted.signal);
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    throw error;
  } finally {
    progress.stop();
    await engines.close();
  }
}

async function render(
  text: string,
  options: SayOptions,
  target: Target,
  open: OpenEngines,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const studio: Studio = {
    ...open,
    scratch: async (extension) => join(target.folder, `.part-${randomBytes(6).toString('hex')}.${extension}`),
    turn: (work) => work(),
    encode: (job, stop) => open.encode({ ...job, frames: progress.count(job.frames, job.frameCount) }, stop),
  };
  let failed = 0;
  for await (const chunk of renderAll(text, options, studio, signal)) {
    if ('error' in chunk) {
      failed++;
      progress.say(`chunk ${chunk.index} failed: ${chunk.error.message} (${String(chunk.error.cause)})`);
      continue;
    }
    try {
      progress.say(await target.keep(chunk));
    } catch (error) {
      await discardChunk(chunk);
      throw new BootError(`Cannot write ${target.folder}: ${String(error)}`, error);
    }
  }
  return failed ? 1 : 0;
}

async function* renderAll(
  text: string,
  options: SayOptions,
  studio: Studio,
  signal: AbortSignal,
): AsyncGenerator<Chunk | BrokenChunk> {
  const { chunks, chunkSize, language, intensity, engine, voice, rate, pitch, temperature } = options;
  const { gender, age, emotion, model, background, crop, resolution, format } = options;
  const how = {
    language,
    intensity,
    engine,
    voice,
    rate,
    pitch,
    temperature,
    voiceAttributes: { gender, age, emotion },
    look: { model, background, crop, resolution, format },
  };
  if (!chunks) {
    yield await renderWhole({ text, ...how }, studio, signal);
    return;
  }
  const texts = planChunks({ text, kind: 'chunks', chunkSize, split: 'words' });
  yield* renderStream({ texts, ...how }, studio, signal);
}

interface Target {
  folder: string;
  /** Moves a chunk's files to where they belong; answers the line to print. */
  keep(chunk: Chunk): Promise<string>;
}

async function chooseTarget({ chunks, output, ...look }: SayOptions): Promise<Target> {
  const ending = `.${VIDEO_EXTENSIONS[formatOf(look)]}`;
  if (chunks) {
    const folder = resolve(chunks);
    await mkdir(folder, { recursive: true }).catch((error) => {
      throw new BootError(`Cannot make the folder ${folder}: ${error.code}.`, error);
    });
    await mustBeWritable(folder);
    return {
      folder,
      async keep(chunk) {
        const path = join(folder, String(chunk.index).padStart(3, '0'));
        await rename(chunk.audioPath, `${path}.wav`);
        await rename(chunk.videoPath, `${path}${ending}`);
        return `${path}${ending}  ${(chunk.durationMs / 1000).toFixed(2)} s`;
      },
    };
  }
  const path = resolve(output ?? `out${ending}`);
  if (extname(path).toLowerCase() !== ending) {
    throw new BootError(`Cannot write ${output}: its name must end in ${ending}.`);
  }
  await mustBeWritable(dirname(path));
  if ((await stat(path).catch(() => undefined))?.isDirectory())
    throw new BootError(`Cannot write ${output}: it is a folder.`);
  return {
    folder: dirname(path),
    async keep(chunk) {
      await rename(chunk.videoPath, path);
      await discardChunk(chunk);
      return `${path}  ${(chunk.durationMs / 1000).toFixed(2)} s`;
    },
  };
}

async function mustBeWritable(folder: string): Promise<void> {
  await access(folder, constants.W_OK).catch((error) => {
    throw new BootError(
      `Cannot write into ${folder}: ${error.code === 'ENOENT' ? 'there is no such folder' : error.code}.`,
      error,
    );
  });
}
