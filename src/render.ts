import { rm, writeFile } from 'node:fs/promises';
import { missingQuietStart, padToFrames } from './audio/chunk-sound.ts';
import { encodeWav } from './audio/wav.ts';
import type { Avatar } from './avatar/avatar.ts';
import { type SoyleError, toSoyleError } from './errors.ts';
import type { LipSync } from './lipsync/lipsync.ts';
import type { SpeechEngine } from './speech/speech.ts';
import { type Acting, talkingFrames } from './talking-frames.ts';
import {
  type Chunk,
  type ChunkText,
  FRAME_MS,
  SAMPLE_RATE,
  SAMPLES_PER_FRAME,
  type Speech,
  type Spoken,
} from './types.ts';
import type { JoinJob } from './video/concat.ts';
import type { EncodeJob } from './video/encode.ts';

/** What chunks are made with; `services.ts` chooses it. */
export interface Engines {
  speech: SpeechEngine;
  lips: LipSync;
  avatar: Avatar;
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
 * One spoken chunk as MP4 and WAV in scratch space.
 * A failure leaves no file behind; an abort throws the signal's reason.
 */
export function renderChunk(
  text: ChunkText,
  speech: Speech & Spoken,
  acting: Acting,
  studio: Studio,
  signal: AbortSignal,
): Promise<Chunk | BrokenChunk> {
  return makeChunk(text, studio, signal, async ({ videoPath, audioPath }) => {
    const { pcm, words } = layOut(speech);
    const { engine, degraded, warnings } = speech;
    const { avatar, lips } = studio;
    const frameCount = pcm.length / SAMPLES_PER_FRAME;
    await writeFile(audioPath, encodeWav(pcm));
    const frames = talkingFrames(pcm, acting, avatar, lips, signal);
    const { width, height } = avatar;
    try {
      await studio.encode({ width, height, frames, frameCount, audioPath, outPath: videoPath }, signal);
    } finally {
      // After a failure a frame may still be in the making: what it uses must not be taken away from under it.
      await frames.return(undefined);
    }
    return { frames: frameCount, words, engine, degraded, warnings };
  });
}

/** Gives `write` two new paths and makes a chunk of what it says about them; cleans up after a failure. */
export async function makeChunk(
  text: ChunkText,
  { scratch }: Pick<Studio, 'scratch'>,
  signal: AbortSignal,
  write: (paths: Pick<Chunk, 'videoPath' | 'audioPath'>) => Promise<Pick<Chunk, 'frames' | 'words' | keyof Spoken>>,
): Promise<Chunk | BrokenChunk> {
  let paths: Pick<Chunk, 'videoPath' | 'audioPath'> | undefined;
  try {
    paths = { videoPath: await scratch('mp4'), audioPath: await scratch('wav') };
    const made = await write(paths);
    signal.throwIfAborted();
    return { ...text, ...paths, ...made, durationMs: made.frames * FRAME_MS };
  } catch (error) {
    if (paths) await discardChunk(paths);
    signal.throwIfAborted();
    return { ...text, error: toSoyleError(error) };
  }
}

/** Deletes the files of a chunk nobody wants, as far as they can be; what stays is purged as a leftover. */
export async function discardChunk({ videoPath, audioPath }: Pick<Chunk, 'videoPath' | 'audioPath'>): Promise<void> {
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
