import { melSpectrogram } from '../../src/audio/mel.ts';
import { FPS, SAMPLE_RATE, SAMPLES_PER_FRAME } from '../../src/types.ts';
import type { TestModel } from './model.ts';
import { place, type Sitter } from './place.ts';
import { meanOf, secondDifference } from './signal.ts';
import { speak } from './speak.ts';
import { heldVowel, type Vowel } from './vowel.ts';

const SECONDS = 2;
const FRAMES = SECONDS * FPS;
/** Frames at each end of a sound that do not count: the mouth may still be on its way. */
const EDGE = FPS / 2;

export interface Stillness {
  /** Largest change of any pixel of the frames the server would show during 2 s of silence, 8-bit levels. */
  silence: number;
  /** The same for the two networks alone, without anything that mutes them where nothing sounds. */
  netsAlone: number;
  /** Mean second difference in held vowels, 8-bit levels. */
  flicker: number;
}

/** How still the mouth is kept in silence and in vowels that do not change, with the silence gate off. */
export async function measureStillness(model: TestModel, sitters: readonly Sitter[]): Promise<Stillness> {
  const silent = melSpectrogram(new Int16Array(SECONDS * SAMPLE_RATE));
  const found: Stillness[] = [];
  for (const sitter of sitters) {
    const shown: Uint8Array[] = [];
    for await (const { data } of speak(
      model,
      sitter,
      silent,
      Array.from({ length: FRAMES }, (_, i) => i),
    )) {
      shown.push(data.slice());
    }
    const reference = place(sitter, model.framing).reference.data;
    const alone = await model.draw(reference, await model.listen(silent, FRAMES));
    const flickers: number[] = [];
    for (const vowel of ['a', 'e', 'i', 'o', 'u'] satisfies Vowel[]) {
      const mel = melSpectrogram(heldVowel(vowel, FRAMES * SAMPLES_PER_FRAME));
      const params = (await model.listen(mel, FRAMES)).slice(EDGE, -EDGE);
      flickers.push(255 * secondDifference(await model.draw(reference, params)));
    }
    found.push({
      silence: largestChange(shown),
      netsAlone: largestChange(alone.map((crop) => Uint8Array.from(crop, (value) => Math.round(255 * value)))),
      flicker: meanOf(flickers),
    });
  }
  return {
    silence: Math.max(...found.map(({ silence }) => silence)),
    netsAlone: Math.max(...found.map(({ netsAlone }) => netsAlone)),
    flicker: meanOf(found.map(({ flicker }) => flicker)),
  };
}

/** Largest change of any byte from one frame to the next. */
function largestChange(frames: readonly Uint8Array[]): number {
  let largest = 0;
  for (const [i, frame] of frames.entries()) {
    const before = frames[i - 1];
    if (before)
      for (let at = 0; at < frame.length; at++) largest = Math.max(largest, Math.abs(frame[at]! - before[at]!));
  }
  return largest;
}
