import type { Sound } from '../types.ts';
import { concatPcm } from './pcm.ts';
import { resample } from './resample.ts';

/** Samples as a stream; nothing at all when there are none. */
export async function* onePiece(pcm: Int16Array): AsyncGenerator<Int16Array> {
  if (pcm.length > 0) yield pcm;
}

/** A stream's samples to its end. */
export async function wholePcm(pcm: AsyncIterable<Int16Array>): Promise<Int16Array> {
  const pieces: Int16Array[] = [];
  for await (const piece of pcm) pieces.push(piece);
  return concatPcm(pieces);
}

/** The sound at another rate, Hz: brought to it as a whole, or its pieces would click where they meet. */
export async function* atRate({ pcm, sampleRate }: Sound, wanted: number): AsyncGenerator<Int16Array> {
  if (sampleRate === wanted) yield* pcm;
  else yield* onePiece(resample(await wholePcm(pcm), sampleRate, wanted));
}
