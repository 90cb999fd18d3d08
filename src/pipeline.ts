import { rm } from 'node:fs/promises';
import { SoyleError, toSoyleError } from './errors.ts';
import { type BrokenChunk, type Engines, renderChunk } from './render.ts';
import { type SayRequest, say } from './say.ts';
import { splitText } from './text/split.ts';
import type { Chunk, ChunkText, Speech } from './types.ts';

export interface RenderRequest extends Omit<SayRequest, 'text'> {
  texts: readonly ChunkText[];
}

export interface Plan {
  text: string;
  /** `whole`: the entire text as one chunk, whatever its length. */
  kind: 'chunks' | 'whole';
  chunkSize: number;
  firstChunkSize?: number;
  split: 'words' | 'smart';
}

/** The texts of a stream's chunks, in order. */
export function planChunks({ text, kind, chunkSize, firstChunkSize, split }: Plan): ChunkText[] {
  if (kind === 'whole') return [{ index: 0, text, offset: 0 }];
  return splitText(text, { chunkSize, firstChunkSize, mode: split });
}

/**
 * Renders the texts one after another, in order; while one is rendered the next is already being spoken.
 * The avatar's pose goes on from chunk to chunk. A chunk's failure is part of the stream; only an abort throws.
 * Leaving the loop early stops the work. The files of a yielded chunk belong to the consumer.
 */
export async function* renderStream(
  request: RenderRequest,
  engines: Engines,
  signal: AbortSignal,
): AsyncGenerator<Chunk | BrokenChunk> {
  const { texts, ...voice } = request;
  const leaving = new AbortController();
  const stop = AbortSignal.any([signal, leaving.signal]);
  const speak = (chunk: ChunkText | undefined): Promise<Speech | SoyleError> =>
    chunk
      ? say({ ...voice, text: chunk.text }, engines.speech, stop).catch((error) => toSoyleError(error, 'speech_failed'))
      : Promise.resolve({ pcm: new Int16Array() });

  let pose = 0;
  let spoken = speak(texts[0]);
  try {
    for (const [index, text] of texts.entries()) {
      const speech = await spoken;
      signal.throwIfAborted();
      spoken = speak(texts[index + 1]);
      if (speech instanceof SoyleError) {
        yield { ...text, error: speech };
        continue;
      }
      const chunk = await engines.turn(() => renderChunk(text, speech, pose, engines, stop), stop);
      if ('frames' in chunk) pose += chunk.frames;
      yield chunk;
    }
  } finally {
    leaving.abort(new SoyleError('aborted'));
    await spoken;
  }
}

/** Deletes the files of a chunk nobody wants. */
export async function discardChunk(chunk: Chunk): Promise<void> {
  await Promise.all([chunk.videoPath, chunk.audioPath].map((path) => rm(path, { force: true })));
}
