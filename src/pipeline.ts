import { readFile, writeFile } from 'node:fs/promises';
import { concatPcm } from './audio/pcm.ts';
import { encodeWav, parseWav } from './audio/wav.ts';
import { SoyleError, toSoyleError } from './errors.ts';
import { type BrokenChunk, discardChunk, makeChunk, renderChunk, type Studio, shifted } from './render.ts';
import { type SaidText, type SayRequest, say, spokenBy } from './say.ts';
import { openScene, type Scene } from './scene.ts';
import type { Acting } from './talking-frames.ts';
import { languagesOfPieces } from './text/passages.ts';
import { splitText } from './text/split.ts';
import { type Chunk, type ChunkText, FRAME_MS, type Look } from './types.ts';

export interface Plan {
  text: string;
  /** `whole`: the entire text as one chunk, whatever its length. */
  kind: 'chunks' | 'whole';
  chunkSize: number;
  firstChunkSize?: number;
  split: 'words' | 'smart';
}

/** A text to be spoken by the avatar. */
export interface WholeRequest extends Omit<SayRequest, 'languages'>, Pick<Acting, 'intensity'> {
  /** The server's default when absent. */
  avatar?: string;
  look?: Look;
  /** Frame of the avatar's loop at which it begins, such as an earlier chunk's `endPose`; 0 when absent. */
  pose?: number;
}

export interface RenderRequest extends Omit<WholeRequest, 'text'> {
  texts: readonly ChunkText[];
}

/** A whole text is rendered in pieces of so many words, each in a turn of its own, so that others get theirs. */
const PIECE_WORDS = 30;

/** The texts of a stream's chunks, in order. */
export function planChunks({ text, kind, chunkSize, firstChunkSize, split }: Plan): ChunkText[] {
  if (kind === 'whole') return [{ index: 0, text, offset: 0 }];
  return splitText(text, { chunkSize, firstChunkSize, mode: split });
}

/**
 * Renders the texts one after another, in order; while one is rendered the next is already being spoken.
 * The avatar's pose goes on from chunk to chunk. A chunk's failure is part of the stream; what throws is an abort, or an
 * avatar, model or background that cannot be had as asked.
 * Leaving the loop early stops the work. The files of a yielded chunk belong to the consumer.
 */
export async function* renderStream(
  request: RenderRequest,
  studio: Studio,
  signal: AbortSignal,
): AsyncGenerator<Chunk | BrokenChunk> {
  const { texts, intensity, avatar, look, pose: firstPose = 0, ...voice } = request;
  const leaving = new AbortController();
  const stop = AbortSignal.any([signal, leaving.signal]);
  const languages = voice.language === 'auto' ? languagesOfPieces(texts) : [];
  const gender = studio.genderOf(avatar);
  const speak = async (index: number): Promise<SaidText | SoyleError> => {
    const chunk = texts[index];
    if (!chunk) return { pcm: new Int16Array(), words: [] };
    return say({ gender, ...voice, text: chunk.text, languages: languages[index] }, studio.speech, stop).catch(
      (error) => toSoyleError(error, 'speech_failed'),
    );
  };

  let pose = firstPose;
  let spoken = speak(0);
  let scene: Scene | undefined;
  try {
    scene = await openScene(avatar, look, studio, stop);
    const onStage = scene;
    for (const [index, text] of texts.entries()) {
      const speech = await spoken;
      signal.throwIfAborted();
      spoken = speak(index + 1);
      if (speech instanceof SoyleError) {
        yield { ...text, error: speech };
        continue;
      }
      const chunk = await studio.turn(
        () => renderChunk(text, speech, { pose, intensity }, onStage, studio, stop),
        stop,
      );
      if ('frames' in chunk) pose += chunk.frames;
      yield chunk;
    }
  } finally {
    leaving.abort(new SoyleError('aborted'));
    await spoken;
    scene?.release();
  }
}

/** The whole text as one chunk: rendered in pieces that end at sentences, then joined exactly. Throws as `renderStream` does. */
export async function renderWhole(
  { text, ...how }: WholeRequest,
  studio: Studio,
  signal: AbortSignal,
): Promise<Chunk | BrokenChunk> {
  const whole: ChunkText = { index: 0, text, offset: 0 };
  const texts = splitText(text, { chunkSize: PIECE_WORDS, mode: 'smart' });
  const pieces: Chunk[] = [];
  let kept: Chunk | undefined;
  try {
    for await (const piece of renderStream({ ...how, texts: texts.length > 0 ? texts : [whole] }, studio, signal)) {
      if ('error' in piece) return { ...whole, error: piece.error };
      pieces.push(piece);
    }
    if (pieces.length === 1) {
      kept = pieces[0]!;
      return { ...kept, ...whole, words: wordsOf(pieces) };
    }
    const { format, endPose } = pieces.at(-1)!;
    return await makeChunk(whole, format, studio, signal, async ({ videoPath, audioPath }) => {
      const sounds = await Promise.all(pieces.map(async (piece) => parseWav(await readFile(piece.audioPath)).pcm));
      await writeFile(audioPath, encodeWav(concatPcm(sounds)));
      const frames = pieces.reduce((sum, piece) => sum + piece.frames, 0);
      const videoPaths = pieces.map((piece) => piece.videoPath);
      const alpha = how.look?.background === 'transparent';
      const durationMs = frames * FRAME_MS;
      const partsMs = pieces.map((piece) => piece.durationMs);
      await studio.join({ format, alpha, videoPaths, partsMs, audioPath, durationMs, outPath: videoPath }, signal);
      const shares = pieces.map((piece) => ({ ...piece, length: piece.frames }));
      return { frames, endPose, words: wordsOf(pieces), ...spokenBy(shares) };
    });
  } finally {
    await Promise.all(pieces.filter((piece) => piece !== kept).map(discardChunk));
  }
}

/** The words of consecutive pieces, their times and places those of the whole. */
function wordsOf(pieces: readonly Chunk[]): Chunk['words'] {
  let startMs = 0;
  return pieces.flatMap(({ words, offset, durationMs }) => {
    const moved = words.map((word) => shifted(word, startMs, offset));
    startMs += durationMs;
    return moved;
  });
}
