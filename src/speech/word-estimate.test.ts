import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../../test/fixtures/seeded.ts';
import { concatPcm } from '../audio/pcm.ts';
import { silentLog } from '../log.ts';
import { type Language, SAMPLE_RATE, type WordTiming } from '../types.ts';
import { EspeakEngine } from './espeak.ts';
import type { SpokenText } from './speech.ts';
import { estimateWords } from './word-estimate.ts';

const TEXTS: Record<Language, string> = {
  ru: 'Сегодня хорошая погода, и мы идём гулять в парк. Там много людей, собак и птиц; дети катаются на велосипедах.',
  kk: 'Бүгін ауа райы жақсы, сондықтан біз саябаққа барамыз. Онда балалар ойнайды, ал үлкендер орындықта отырады.',
  en: 'Yesterday evening an old friend called and told me that he had finally finished the book, after almost ten years.',
};
/** Other voices than the guide's, at other paces. */
const SPEAKERS = [
  { voice: 'm3', rate: 0.7 },
  { voice: 'f4', rate: 1.4 },
  { voice: 'croak', rate: 1 },
  { voice: 'm1', rate: 1.8 },
];
const samples = (ms: number) => Math.round((ms * SAMPLE_RATE) / 1000);

/** The same with a pause of 150 … 600 ms before every fifth word or so. */
function withPauses({ pcm, words = [] }: SpokenText, random: () => number): Required<SpokenText> {
  const pieces: Int16Array[] = [];
  let from = 0;
  let laterMs = 0;
  const moved = words.map((word, i): WordTiming => {
    if (i > 0 && random() < 0.2) {
      const pauseMs = Math.round(150 + 450 * random());
      pieces.push(pcm.slice(from, samples(word.startMs)), new Int16Array(samples(pauseMs)));
      from = samples(word.startMs);
      laterMs += pauseMs;
    }
    return { ...word, startMs: word.startMs + laterMs, endMs: word.endMs + laterMs };
  });
  return { pcm: concatPcm([...pieces, pcm.slice(from)]), words: moved } as Required<SpokenText>;
}

describe('estimateWords', () => {
  const espeak = new EspeakEngine({ log: silentLog });
  const signal = new AbortController().signal;
  beforeAll(() => espeak.start());
  afterAll(() => espeak.close());

  it.each(SPEAKERS)(
    'is within 120 ms on average with voice $voice at rate $rate, pauses put in',
    async ({ voice, rate }) => {
      const random = seeded(7);
      const errors: number[] = [];
      for (const [language, text] of Object.entries(TEXTS) as [Language, string][]) {
        const { words: guide = [] } = await espeak.speak({ text, language }, signal);
        const other = await espeak.speak({ text, language, voice: `${language}+${voice}`, rate }, signal);
        const { pcm, words } = withPauses(other, random);
        const estimated = estimateWords(guide, pcm);
        expect(estimated.map(({ text: word, textOffset }) => [word, textOffset])).toEqual(
          words.map(({ text: word, textOffset }) => [word, textOffset]),
        );
        for (const [i, { startMs, endMs }] of estimated.entries()) {
          errors.push(Math.abs(startMs - words[i]!.startMs), Math.abs(endMs - words[i]!.endMs));
        }
      }
      expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(120);
    },
  );

  const word = (text: string, startMs: number, endMs: number): WordTiming => ({ text, startMs, endMs, textOffset: 0 });
  const sound = (...parts: [ms: number, level: number][]) =>
    concatPcm(parts.map(([ms, level]) => new Int16Array(samples(ms)).map((_, i) => (i % 2 ? level : -level))));

  it('puts words where the sound is, a pause between those whose lengths fit', () => {
    const guide = [word('a', 0, 100), word('b', 100, 200), word('c', 200, 400)];
    const pcm = sound([200, 0], [300, 5000], [500, 0], [320, 5000], [100, 0]);
    expect(estimateWords(guide, pcm)).toMatchObject([
      { text: 'a', startMs: 200, endMs: 350 },
      { text: 'b', startMs: 350, endMs: 500 },
      { text: 'c', startMs: 1000, endMs: 1320 },
    ]);
  });

  it('takes a silence inside a lone word for a part of it', () => {
    expect(estimateWords([word('a', 0, 500)], sound([200, 5000], [100, 0], [200, 5000]))).toMatchObject([
      { startMs: 0, endMs: 500 },
    ]);
  });

  it('shares one word out among ten sounds, and finds nothing in silence', () => {
    const ten = sound(...Array.from({ length: 20 }, (_, i): [number, number] => [100, i % 2 ? 0 : 5000]));
    expect(estimateWords([word('a', 0, 500)], ten)).toMatchObject([{ startMs: 0, endMs: 1900 }]);
    expect(estimateWords([word('a', 0, 500)], sound([500, 0]))).toEqual([]);
    expect(estimateWords([], ten)).toEqual([]);
  });
});
