import { describe, expect, it } from 'vitest';
import { mouthWeights, voicedFrames } from './silence-gate.ts';

const FRAME = 640;
const AMPLITUDES: Record<string, number> = { '#': 10_000, '.': 0 };

/** One letter per video frame: `#` a loud tone, `.` silence. */
function speech(frames: string, amplitudes = AMPLITUDES): Int16Array {
  const pcm = new Int16Array(frames.length * FRAME);
  for (let i = 0; i < pcm.length; i++) {
    pcm[i] = amplitudes[frames[Math.floor(i / FRAME)]!]! * Math.sin((2 * Math.PI * 200 * i) / 16_000);
  }
  return pcm;
}

/** Weights in thirds. */
const thirds = (pcm: Int16Array) => [...mouthWeights(pcm)].map((weight) => Math.round(weight * 3)).join('');

/** Tone of that RMS level over ten frames, after ten frames of speech at −10 dBFS RMS. */
function afterLoud(dbfs: number): Int16Array {
  const amplitude = (db: number) => 32_768 * Math.SQRT2 * 10 ** (db / 20);
  return speech('##########oooooooooo', { '#': amplitude(-10), o: amplitude(dbfs) });
}

describe('mouthWeights', () => {
  it.each([
    ['a pause under 200 ms', '###....###', '3333333333'],
    ['a pause of 200 ms', '###.....###', '33321012333'],
    ['a long pause', '##..........##', '33210000001233'],
    ['silence at the start', '.......###', '0000012333'],
    ['silence at the end', '###.......', '3332100000'],
    ['short silence at the start', '....###', '3333333'],
    ['a single sounding frame between', '......#......', '0000123210000'],
    ['no silence', '#####', '33333'],
    ['nothing but silence', '.......', '0000000'],
  ])('%s', (_, frames, expected) => {
    expect(thirds(speech(frames))).toBe(expected);
  });

  it('gives 2/3 and 1/3 in the fades', () => {
    const weights = mouthWeights(speech('#......#'));
    [1, 2 / 3, 1 / 3, 0, 0, 1 / 3, 2 / 3, 1].forEach((weight, i) => {
      expect(weights[i]).toBeCloseTo(weight, 6);
    });
  });

  it('has one weight per video frame, the last one cut short included', () => {
    expect(mouthWeights(new Int16Array(0))).toHaveLength(0);
    expect(mouthWeights(speech('##').subarray(0, FRAME + 1))).toHaveLength(2);
  });
});

describe('voicedFrames', () => {
  const lastTen = (pcm: Int16Array) => new Set(voicedFrames(pcm).subarray(10));

  it('puts the gate 35 dB below the loud level', () => {
    expect(lastTen(afterLoud(-44))).toEqual(new Set([1]));
    expect(lastTen(afterLoud(-46))).toEqual(new Set([0]));
  });

  it('never lets the gate above −40 or below −50 dBFS', () => {
    const square = (dbfs: number) => {
      const pcm = afterLoud(dbfs);
      for (let i = 0; i < 10 * FRAME; i++) pcm[i] = i % 80 < 40 ? 32_767 : -32_768;
      return pcm;
    };
    expect(lastTen(square(-39))).toEqual(new Set([1]));
    const level = (dbfs: number) => new Set(voicedFrames(afterLoud(dbfs).subarray(10 * FRAME)));
    expect(level(-49)).toEqual(new Set([1]));
    expect(level(-51)).toEqual(new Set([0]));
  });

  it('counts a burst of 10 ms as sound and a constant offset as silence', () => {
    const pcm = speech('##......');
    pcm.set(speech('#').subarray(0, 160), 4 * FRAME + 320);
    expect([...voicedFrames(pcm)]).toEqual([1, 1, 0, 0, 1, 0, 0, 0]);
    expect([...voicedFrames(pcm.map((value) => value + 2000))]).toEqual([1, 1, 0, 0, 1, 0, 0, 0]);
  });
});
