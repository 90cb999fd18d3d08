import { rm, writeFile } from 'node:fs/promises';
import { missingQuietStart, padToFrames } from './audio/energy.ts';
import { encodeWav } from './audio/wav.ts';
import type { Avatar } from './avatar/avatar.ts';
import { type SoyleError, toSoyleError } from './errors.ts';
import type { LipSync } from './lipsync/lipsync.ts';
import { speakingFrames } from './speaking.ts';
import type { SpeechEngine } from './speech/speech.ts';
import { type Chunk, type ChunkText, FRAME_MS, SAMPLE_RATE, SAMPLES_PER_FRAME, type Speech } from './types.ts';

/** The engines a stream is rendered with; `services.ts` chooses them. */
export interface Engines {
  speech: SpeechEngine;
  lips: LipSync;
  avatar: Avatar;
  encode(job: EncodeJob, signal: AbortSignal): Promise<void>;
  /** A new path for a file being written. */
  scratch(extension: string): Promise<string>;
  /** Waits for a turn to render one chunk, so that many streams share the machine fairly. */
  turn<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export interface EncodeJob {
  width: number;
  height: number;
  /** I420 pictures, one per video frame; each stays as it is until the second after it is asked for. */
  frames: AsyncIterable<Uint8Array>;
  frameCount: number;
  /** WAV of exactly `frameCount` video frames. */
  audioPath: string;
  outPath: string;
}

/** A chunk that could not be made; the others of its stream stand. */
export interface BrokenChunk extends ChunkText {
  error: SoyleError;
}

/**
 * One spoken chunk as MP4 and WAV in scratch space, the avatar beginning at loop frame `pose`.
 * A failure leaves no file behind; an abort throws the signal's reason.
 */
export async function renderChunk(
  text: ChunkText,
  speech: Speech,
  pose: number,
  engines: Engines,
  signal: AbortSignal,
): Promise<Chunk | BrokenChunk> {
  const made: string[] = [];
  const scratch = async (extension: string): Promise<string> => {
    const path = await engines.scratch(extension);
    made.push(path);
    return path;
  };
  try {
    const { pcm, words } = layOut(speech);
    const frames = pcm.length / SAMPLES_PER_FRAME;
    const audioPath = await scratch('wav');
    await writeFile(audioPath, encodeWav(pcm));
    const videoPath = await scratch('mp4');
    const { avatar, lips } = engines;
    const job: EncodeJob = {
      width: avatar.width,
      height: avatar.height,
      frames: speakingFrames(pcm, pose, avatar, lips, signal),
      frameCount: frames,
      audioPath,
      outPath: videoPath,
    };
    await engines.encode(job, signal);
    signal.throwIfAborted();
    return { ...text, frames, durationMs: frames * FRAME_MS, words, videoPath, audioPath };
  } catch (error) {
    await Promise.all(made.map((path) => rm(path, { force: true })));
    signal.throwIfAborted();
    return { ...text, error: toSoyleError(error) };
  }
}

/** Speech as a chunk plays it: it begins quietly, so that chunks can be joined, and lasts whole video frames. */
function layOut({ pcm, words = [] }: Speech): Required<Speech> {
  const quiet = missingQuietStart(pcm);
  const shiftMs = (quiet / SAMPLE_RATE) * 1000;
  const moved = quiet === 0 ? pcm : new Int16Array(quiet + pcm.length);
  if (quiet > 0) moved.set(pcm, quiet);
  return {
    pcm: padToFrames(moved),
    words: words.map((word) => ({ ...word, startMs: word.startMs + shiftMs, endMs: word.endMs + shiftMs })),
  };
}
