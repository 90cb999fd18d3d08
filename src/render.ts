import { rm, writeFile } from 'node:fs/promises';
import { missingQuietStart, padToFrames } from './audio/chunk-sound.ts';
import { encodeWav } from './audio/wav.ts';
import { type SoyleError, toSoyleError } from './errors.ts';
import type { Scene, Staging } from './scene.ts';
import { encodingOf, showFrames } from './shot.ts';
import type { SpeechEngine } from './speech/speech.ts';
import { type Acting, talkingFrames } from './talking-frames.ts';
import {
  type Chunk,
  type ChunkText,
  FRAME_MS,
  INTENSITY,
  SAMPLE_RATE,
  SAMPLES_PER_FRAME,
  type Speech,
  type Spoken,
  VIDEO_EXTENSIONS,
  type VideoFormat,
} from './types.ts';
import type { JoinJob } from './video/concat.ts';
import type { EncodeJob } from './video/encode.ts';

/** What chunks are made with; `services.ts` chooses it. */
export interface Engines extends Staging {
  speech: SpeechEngine;
  encode(job: EncodeJob, signal: AbortSignal): Promise<void>;
  join(job: JoinJob, signal: AbortSignal): Promise<void>;
}

/** The engines and the place where they work. */
export interface Studio extends Engines {
  /** A new path for a file being written. */
  scratch(extension: string): Promise<string>;
  /** Waits for a turn to render one chunk, so that many streams share the machine fairly. */
  turn<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** A chunk that could not be made; the others of its stream stand. */
export interface BrokenChunk extends ChunkText {
  error: SoyleError;
}

/**
 * One spoken chunk as video and WAV in scratch space.
 * A failure leaves no file behind; an abort throws the signal's reason.
 */
export function renderChunk(
  text: ChunkText,
  speech: Speech & Spoken,
  acting: Acting,
  { avatar, lips, shot, warnings: unheeded = [] }: Scene,
  studio: Studio,
  signal: AbortSignal,
): Promise<Chunk | BrokenChunk> {
  return makeChunk(text, shot.format, studio, signal, async ({ videoPath, audioPath }) => {
    const { pcm, words } = layOut(speech);
    const { engine, engines, degraded } = speech;
    const { intensity = INTENSITY.default } = acting;
    const isUnscaled = lips.kind === 'wav2lip' && intensity !== INTENSITY.default;
    const told = [...(speech.warnings ?? []), ...unheeded, ...(isUnscaled ? ['intensity_ignored'] : [])];
    const warnings = told.length > 0 ? told : undefined;
    const frameCount = pcm.length / SAMPLES_PER_FRAME;
    await writeFile(audioPath, encodeWav(pcm));
    const talking = talkingFrames(pcm, acting, avatar, lips, signal);
    const frames = showFrames(talking, avatar, shot);
    try {
      const still = avatar.frames.length === 1;
      const paths = { audioPath, outPath: videoPath };
      await studio.encode({ ...encodingOf(shot), still, frames, frameCount, ...paths }, signal);
    } finally {
      // After a failure a frame may still be in the making: what it uses must not be taken away from under it.
      await frames.return(undefined);
    }
    const endPose = (acting.pose + frameCount) % avatar.frames.length;
    return { frames: frameCount, endPose, words, engine, engines, degraded, warnings };
  });
}

type Files = Pick<Chunk, 'videoPath' | 'audioPath'>;

/** Gives `write` two new paths and makes a chunk of what it says about them; cleans up after a failure. */
export async function makeChunk(
  text: ChunkText,
  format: VideoFormat,
  { scratch }: Pick<Studio, 'scratch'>,
  signal: AbortSignal,
  write: (paths: Files) => Promise<Pick<Chunk, 'frames' | 'endPose' | 'words' | keyof Spoken>>,
): Promise<Chunk | BrokenChunk> {
  let paths: Files | undefined;
  try {
    paths = { videoPath: await scratch(VIDEO_EXTENSIONS[format]), audioPath: await scratch('wav') };
    const made = await write(paths);
    signal.throwIfAborted();
    return { ...text, ...paths, ...made, format, durationMs: made.frames * FRAME_MS };
  } catch (error) {
    if (paths) await discardChunk(paths);
    signal.throwIfAborted();
    return { ...text, error: toSoyleError(error) };
  }
}

/** Deletes the files of a chunk nobody wants, as far as they can be; what stays is purged as a leftover. */
export async function discardChunk({ videoPath, audioPath }: Files): Promise<void> {
  await Promise.allSettled([videoPath, audioPath].map((path) => rm(path, { force: true })));
}

/** Speech as a chunk plays it: it begins quietly, so that chunks can be joined, and lasts whole video frames. */
function layOut({ pcm, words = [] }: Speech): Required<Speech> {
  const quiet = missingQuietStart(pcm);
  if (quiet === 0) return { pcm: padToFrames(pcm), words };
  const moved = new Int16Array(quiet + pcm.length);
  moved.set(pcm, quiet);
  const shiftMs = (quiet / SAMPLE_RATE) * 1000;
  return { pcm: padToFrames(moved), words: words.map((word) => shifted(word, shiftMs, 0)) };
}

/** A word later in time and in text. */
export const shifted = (word: Chunk['words'][number], ms: number, offset: number): Chunk['words'][number] => ({
  ...word,
  startMs: word.startMs + ms,
  endMs: word.endMs + ms,
  textOffset: word.textOffset + offset,
});
