import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SoyleError } from '../../src/errors.ts';
import type { SpeechEngine, SpeechFacts, SpeechRequest, SpeechWarning } from '../../src/speech/speech.ts';
import { type Language, SAMPLE_RATE, type Speech } from '../../src/types.ts';

/** Things people say: punctuation, digits, marks and emoji included. */
const SENTENCES: Record<Language, string> = {
  ru: 'Привет, мир! «Ёлка» стоит 1234 рубля — это е\u0308лка & 😀 хвоя. Съешь ещё…',
  kk: 'Сәлем, әлем! Менің атым — Айгүл, 25 жастамын 😀. «Қазақ» тілі & һәм үн, ұл, өң.',
  en: 'Hello, world! The “naïve” café\u0301 costs 1234 — at the end of the day & 😀 night. Don’t go…',
};

/** Each inside a word that sounds shorter or longer without it. */
const KAZAKH_LETTERS = {
  ә: 'сәлем',
  ғ: 'қағаз',
  қ: 'бақыт',
  ң: 'теңге',
  ө: 'көлем',
  ұ: 'құлын',
  ү: 'бүгін',
  һ: 'қаһар',
  і: 'тілек',
};

const NOTHING_TO_SAY = ['', ' ', '\n\t\u00a0', '...', '—', '?!', '«» ()', '\0', '\ud800', '[[', '<>'];

/** Each is spoken in at most `seconds`: what it asks for beyond its words is not done. */
const HOSTILE: readonly { what: string; text: string; seconds: number }[] = [
  { what: 'an SSML break', text: 'раз <break time="60s"/> два', seconds: 8 },
  { what: 'an SSML break in entities', text: 'раз &lt;break time="60s"/&gt; два', seconds: 12 },
  { what: 'an SSML document', text: '<speak><prosody rate="1%">раз два</prosody></speak>', seconds: 15 },
  { what: 'an open SSML tag', text: 'раз <break time="60s', seconds: 8 },
  { what: 'phoneme codes', text: "[[h@l'oU]] раз [[", seconds: 10 },
  { what: 'embedded commands', text: '\u00011S раз \u0001100P два', seconds: 8 },
  { what: 'NUL and control characters', text: 'раз\0\u0007\u001b[31m два', seconds: 8 },
  { what: 'lone surrogates', text: '\ud800раз\udc00 два\ud83d', seconds: 5 },
  { what: 'right-to-left text', text: '\u202eраз\u202c של ום مرحبا', seconds: 30 },
  { what: 'emoji', text: '👩‍👩‍👧 🏳️‍🌈 раз 🇰🇿', seconds: 30 },
  { what: 'combining marks', text: `р${'\u0301'.repeat(200)}аз`, seconds: 60 },
  { what: 'one long word', text: 'ша'.repeat(500), seconds: 300 },
];

const LONG_TEXT = 'Сегодня хорошая погода, и мы идём гулять. '.repeat(250).slice(0, 10_000);

/** What engines may be asked for and need not be able to do, and what they say when they are not. */
const WISHES: readonly { able: keyof SpeechFacts; wish: Partial<SpeechRequest>; warning: SpeechWarning }[] = [
  { able: 'temperature', wish: { temperature: 0.7 }, warning: 'temperature_ignored' },
  { able: 'voiceAttributes', wish: { voiceAttributes: { age: 30 } }, warning: 'voice_attributes_ignored' },
  { able: 'rate', wish: { rate: 1.2 }, warning: 'rate_ignored' },
  { able: 'pitch', wish: { pitch: 1.2 }, warning: 'pitch_ignored' },
];

/** What every speech engine promises, for whatever it says of itself in `facts`. */
export function describeSpeechEngine(name: string, create: () => SpeechEngine | Promise<SpeechEngine>): void {
  describe(`speech engine ${name}`, () => {
    let engine: SpeechEngine;
    const unaborted = () => new AbortController().signal;
    const speak = (text: string, more: Partial<SpeechRequest> = {}) =>
      engine.speak({ text, language: engine.facts.languages[0]!, ...more }, unaborted());
    const inEveryLanguage = async (check: (text: string, language: Language) => Promise<void>) => {
      for (const language of engine.facts.languages) await check(SENTENCES[language], language);
    };

    beforeAll(async () => {
      engine = await create();
      await engine.start();
      await engine.start();
    });
    afterAll(() => engine.close());

    it('speaks every language it names, at a human pace and loudness', async () => {
      expect(engine.facts.languages.length).toBeGreaterThan(0);
      await inEveryLanguage(async (text, language) => {
        const { pcm } = await speak(text, { language });
        expect(pcm).toBeInstanceOf(Int16Array);
        expect(pcm.byteLength).toBe(pcm.buffer.byteLength);
        const charactersPerSecond = text.length / seconds({ pcm });
        expect(charactersPerSecond).toBeGreaterThan(4);
        expect(charactersPerSecond).toBeLessThan(30);
        expect(loudness(pcm)).toBeGreaterThan(300);
      });
    });

    it('names voices of its languages, each once for a language, and speaks with them', async () => {
      const voices = await engine.voices();
      expect(new Set(voices.map(({ id, language }) => `${id} ${language}`)).size).toBe(voices.length);
      for (const language of engine.facts.languages) {
        const own = voices.filter((voice) => voice.language === language);
        expect(own.length).toBeGreaterThan(0);
        for (const { id } of [own[0]!, own.at(-1)!]) {
          expect((await speak(SENTENCES[language], { language, voice: id })).pcm.length).toBeGreaterThan(SAMPLE_RATE);
        }
      }
      expect(voices.every(({ language }) => engine.facts.languages.includes(language))).toBe(true);
    });

    it('refuses or replaces a voice it does not have', async () => {
      for (const voice of ['', 'nobody', '../ru', 'ru+nobody', 'x'.repeat(1000)]) {
        const spoken = speak('раз', { voice });
        if (engine.facts.replacesVoices) expect((await spoken).warnings).toContain('voice_replaced');
        else await expect(spoken).rejects.toMatchObject({ code: 'invalid_request' });
      }
    });

    it('says what it cannot do, once it says anything of it', async () => {
      if ((await speak('раз')).warnings === undefined) return; // the engine warns of nothing
      for (const { able, wish, warning } of WISHES) {
        const { warnings } = await speak('раз', wish);
        expect(warnings, warning).toEqual(engine.facts[able] ? [] : [warning]);
      }
    });

    it('gives every Kazakh letter a sound', async () => {
      if (!engine.facts.languages.includes('kk')) return; // the engine does not speak Kazakh
      for (const [letter, word] of Object.entries(KAZAKH_LETTERS)) {
        const whole = await speak(word, { language: 'kk' });
        const without = await speak(word.replace(letter, ''), { language: 'kk' });
        expect(seconds(whole), word).not.toBeCloseTo(seconds(without), 2);
      }
    });

    it('times the words: in order, inside the sound, where the text has them', async () => {
      if (!engine.facts.wordTimings) return; // the engine knows no word times
      await inEveryLanguage(async (text, language) => {
        const { pcm, words = [] } = await speak(text, { language });
        expectSoundTimings(text, { pcm, words });
        const spoken = words.map((word) => word.text);
        const plain = text.split(/\s+/).map((word) => word.replace(/^[^\p{L}\p{M}]+|[^\p{L}\p{M}]+$/gu, ''));
        expect(spoken).toEqual(expect.arrayContaining(plain.filter((word) => word !== '')));
        expect(words[0]!.startMs).toBeLessThan(300);
        expect(words.at(-1)!.endMs).toBeGreaterThan(seconds({ pcm }) * 1000 - 500);
      });
    });

    it('says the same thing the same way', async () => {
      const first = await speak(SENTENCES.ru);
      const second = await speak(SENTENCES.ru);
      expect(Math.abs(seconds(first) - seconds(second)) / seconds(first)).toBeLessThan(0.02);
      expect(second.words?.map((word) => word.text)).toEqual(first.words?.map((word) => word.text));
    });

    it('speaks faster and slower where it can', async () => {
      if (!engine.facts.rate) return; // the engine has one pace
      const [slowest, fastest] = engine.facts.rateRange ?? [0.5, 2];
      const [slow, normal, fast] = await Promise.all([0.5, 1, 2].map((rate) => speak('раз два три четыре', { rate })));
      expect(seconds(slow!) / seconds(normal!)).toBeGreaterThan(0.75 / slowest);
      expect(seconds(fast!) / seconds(normal!)).toBeLessThan(1.5 / fastest < 1 ? 1.5 / fastest : 0.95);
      if (slowest > 0.5) expect(slow!.warnings).toContain('rate_limited');
    });

    it('speaks higher and lower where it can', async () => {
      if (!engine.facts.pitch) return; // the engine has one pitch
      const [low, normal, high] = await Promise.all(
        [0.5, 1, 2].map(async (pitch) => voicePitch((await speak('а у мамы малина', { pitch })).pcm)),
      );
      expect(low! / normal!).toBeLessThan(0.8);
      expect(high! / normal!).toBeGreaterThan(1.3);
    });

    it.each(NOTHING_TO_SAY)('has no sound for %j', async (text) => {
      const { pcm, words } = await speak(text);
      expect(pcm.length).toBe(0);
      expect(words ?? []).toEqual([]);
    });

    it.each(HOSTILE)('survives $what', async ({ text, seconds: atMost }) => {
      const speech = await speak(text);
      expect(speech.pcm.length).toBeGreaterThan(0);
      expect(seconds(speech)).toBeLessThan(atMost);
      expectSoundTimings(text, speech);
      expect((await speak('раз два')).pcm.length).toBeGreaterThan(SAMPLE_RATE / 4);
    });

    it('speaks a word of 300 letters to its end', async () => {
      const [cut, whole] = [await speak('слон'.repeat(12)), await speak('слон'.repeat(75))];
      expect(whole.pcm.length).toBeGreaterThan(4.5 * cut.pcm.length);
    });

    it('speaks 10,000 characters or as many as it takes, timings right to the end', async () => {
      const text = LONG_TEXT.slice(0, engine.facts.maxCharacters);
      const speech = await speak(text);
      expect(seconds(speech)).toBeGreaterThan(0.03 * text.length);
      expectSoundTimings(text, speech);
      if (engine.facts.wordTimings) expect(speech.words?.length).toBe(text.trim().split(/\s+/).length);
    });

    it('refuses longer texts than it takes', async () => {
      const { maxCharacters } = engine.facts;
      if (maxCharacters === undefined) return; // the engine has no limit of its own
      const tooLong = speak('а'.repeat(maxCharacters! + 1));
      await expect(tooLong).rejects.toMatchObject({ code: 'text_too_long', params: { limit: maxCharacters } });
    });

    it('streams the same sound at its own rate, where it streams', async () => {
      if (!engine.stream) return; // the engine speaks in one piece
      const language = engine.facts.languages[0]!;
      const stream = await engine.stream!({ text: SENTENCES.ru, language }, unaborted());
      let samples = 0;
      for await (const piece of stream.pcm) samples += piece.length;
      const whole = await speak(SENTENCES.ru);
      // Silence at the edges is cut off the whole alone.
      expect(samples / stream.sampleRate - seconds(whole)).toBeGreaterThan(-0.2);
      expect(samples / stream.sampleRate - seconds(whole)).toBeLessThan(1);
      expect(stream.warnings).toEqual(whole.warnings);
      const silent = await engine.stream!({ text: '...', language }, unaborted());
      for await (const piece of silent.pcm) expect(piece.length).toBe(0);
    });

    it('ends a stream that nobody listens to, or that is aborted', async () => {
      if (!engine.stream) return; // the engine speaks in one piece
      const language = engine.facts.languages[0]!;
      const text = LONG_TEXT.slice(0, 1000);
      for await (const piece of (await engine.stream!({ text, language }, unaborted())).pcm) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      const reason = new Error('the client left');
      await expect(engine.stream!({ text, language }, AbortSignal.abort(reason))).rejects.toBe(reason);
      expect((await speak('раз')).pcm.length).toBeGreaterThan(0);
    });

    it('answers everyone who asks at once', async () => {
      const texts = ['раз', 'раз два три', 'раз два три четыре пять шесть', 'семь'];
      const answers = await Promise.all(texts.map((text) => speak(text)));
      const alone = [];
      for (const text of texts) alone.push(await speak(text));
      for (const [i, speech] of answers.entries()) expect(seconds(speech)).toBeCloseTo(seconds(alone[i]!), 1);
    });

    it('rejects with the reason of the signal, before and while it speaks, and goes on', async () => {
      const reason = new Error('the client left');
      const language = engine.facts.languages[0]!;
      await expect(engine.speak({ text: 'раз', language }, AbortSignal.abort(reason))).rejects.toBe(reason);

      const controller = new AbortController();
      const text = LONG_TEXT.slice(0, Math.min(3000, engine.facts.maxCharacters ?? 3000));
      const speaking = engine.speak({ text, language }, controller.signal);
      await new Promise(setImmediate);
      controller.abort(reason);
      await expect(speaking).rejects.toBe(reason);
      expect((await speak('раз')).pcm.length).toBeGreaterThan(0);
    });

    it('rejects after it was closed', async () => {
      const closed = await create();
      await closed.start();
      await closed.close();
      await closed.close();
      const late = closed.speak({ text: 'раз', language: closed.facts.languages[0]! }, unaborted());
      await expect(late).rejects.toBeInstanceOf(SoyleError);
    });
  });
}

const seconds = ({ pcm }: Speech): number => pcm.length / SAMPLE_RATE;

const loudness = (pcm: Int16Array): number =>
  Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length);

function expectSoundTimings(text: string, { pcm, words = [] }: Speech): void {
  let lastEnd = 0;
  let textEnd = 0;
  for (const word of words) {
    expect(word.text).toBe(text.slice(word.textOffset, word.textOffset + word.text.length));
    expect(word.text).not.toBe('');
    expect(word.textOffset).toBeGreaterThanOrEqual(textEnd);
    expect(word.startMs).toBeGreaterThanOrEqual(lastEnd);
    expect(word.endMs).toBeGreaterThanOrEqual(word.startMs);
    textEnd = word.textOffset + word.text.length;
    lastEnd = word.endMs;
  }
  expect(lastEnd).toBeLessThanOrEqual(seconds({ pcm }) * 1000);
}

/** Median fundamental frequency of the loud parts, Hz: the lag at which 64 ms of sound are most like themselves. */
function voicePitch(pcm: Int16Array): number {
  const size = 1024;
  const pitches: number[] = [];
  for (let from = 0; from + 2 * size < pcm.length; from += size) {
    const part = pcm.subarray(from, from + size);
    if (loudness(part) < 1000) continue;
    let best = { likeness: 0, lag: 0 };
    for (let lag = Math.floor(SAMPLE_RATE / 500); lag <= SAMPLE_RATE / 60; lag++) {
      const later = pcm.subarray(from + lag, from + lag + size);
      const product = part.reduce((sum, sample, i) => sum + sample * later[i]!, 0);
      const likeness = product / (size * loudness(part) * loudness(later));
      // A multiple of the period is as alike as the period itself: longer lags have to be clearly better.
      if (likeness > best.likeness + 0.02) best = { likeness, lag };
    }
    if (best.likeness > 0.8) pitches.push(SAMPLE_RATE / best.lag);
  }
  return pitches.sort((a, b) => a - b)[Math.floor(pitches.length / 2)] ?? 0;
}
