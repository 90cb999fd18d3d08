import { expect, it } from 'vitest';
import { atRate, onePiece, wholePcm } from './sound.ts';

async function* pieces(...lengths: number[]) {
  for (const length of lengths) yield new Int16Array(length).fill(length);
}
const lengthsOf = async (pcm: AsyncIterable<Int16Array>) => {
  const lengths: number[] = [];
  for await (const piece of pcm) lengths.push(piece.length);
  return lengths;
};

it('has a sound in one piece, and nothing of silence', async () => {
  expect(await lengthsOf(onePiece(new Int16Array(3)))).toEqual([3]);
  expect(await lengthsOf(onePiece(new Int16Array(0)))).toEqual([]);
  expect([...(await wholePcm(pieces(1, 2)))]).toEqual([1, 2, 2]);
});

it('brings a sound to another rate as a whole, and lets one of that rate pass as it comes', async () => {
  expect(await lengthsOf(atRate({ pcm: pieces(100, 200), sampleRate: 8000 }, 16_000))).toEqual([600]);
  expect(await lengthsOf(atRate({ pcm: pieces(100, 200), sampleRate: 8000 }, 8000))).toEqual([100, 200]);
});
