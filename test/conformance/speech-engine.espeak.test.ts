import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { EspeakEngine } from '../../src/speech/espeak.ts';
import type { SpeechRequest } from '../../src/speech/speech.ts';
import { describeSpeechEngine } from './speech-engine.ts';

describeSpeechEngine('espeak', () => new EspeakEngine({ log: silentLog }));

describe('espeak', () => {
  /** About a second of work. */
  const LONG_TEXT = 'Сегодня хорошая погода. '.repeat(200);
  let engine: EspeakEngine;
  const speak = (text: string, more: Partial<SpeechRequest> = {}, by = engine) =>
    by.speak({ text, language: 'ru', ...more }, new AbortController().signal);

  beforeAll(async () => {
    engine = new EspeakEngine({ log: silentLog });
    await engine.start();
  });
  afterAll(() => engine.close());

  it('finishes a text although its process is killed in the middle of it', async () => {
    const pid = engine.pid!;
    const speaking = speak(LONG_TEXT);
    await new Promise(setImmediate);
    process.kill(pid, 'SIGKILL');
    expect((await speaking).pcm.length).toBeGreaterThan(100 * 16_000);
    expect(engine.pid).not.toBe(pid);
  });

  it('kills a synthesis that exceeds its deadline and recovers', async () => {
    const hasty = new EspeakEngine({ log: silentLog, timeoutMs: 40 });
    await hasty.start();
    const pid = hasty.pid!;
    await expect(speak(LONG_TEXT, {}, hasty)).rejects.toMatchObject({ code: 'speech_timeout' });
    // A busy machine may miss 40 ms for one syllable, too; it does not miss them every time.
    const speaks = () =>
      speak('да', {}, hasty).then(
        ({ pcm }) => pcm.length > 0,
        () => false,
      );
    await vi.waitUntil(speaks, { timeout: 20_000 });
    expect(hasty.pid).not.toBe(pid);
    await hasty.close();
  });

  it.each([
    ['ru+zz', 'unknown voice "ru+zz"'],
    ['ru+../ru', 'unknown voice "ru+../ru"'],
    ['de', 'unknown voice "de"'],
    ['kk+f2', 'voice "kk+f2" speaks kk, not ru'],
  ])('says what is wrong with the voice %s', async (voice, detail) => {
    await expect(speak('раз', { voice })).rejects.toMatchObject({ code: 'invalid_request', params: { detail } });
  });

  it.each([{ rate: 0.4 }, { rate: Number.NaN }, { pitch: 3 }])('refuses %j', async (factor) => {
    await expect(speak('раз', factor)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('names women and men among its voices', async () => {
    const voices = await engine.voices();
    const licence = 'GPL-3.0 (the engine; what it says is free)';
    expect(voices).toContainEqual({ id: 'ru+f2', name: 'Русский, female2', language: 'ru', gender: 'female', licence });
    expect(voices).toContainEqual({ id: 'en-gb', name: 'English (UK)', language: 'en', gender: 'male', licence });
  });

  it('streams at its own rate', async () => {
    const { sampleRate, pcm } = await engine.stream({ text: 'раз', language: 'ru' }, new AbortController().signal);
    let samples = 0;
    for await (const piece of pcm) samples += piece.length;
    expect(sampleRate).toBe(22_050);
    expect(samples / sampleRate).toBeCloseTo((await speak('раз')).pcm.length / 16_000, 2);
  });

  it('keeps nothing of what it said before, not even its echo', async () => {
    await speak('Громко и долго!', { voice: 'ru+f4' });
    const { pcm } = await speak('Тихо', { voice: 'ru+f4' });
    // The word begins with the 30 ms of silence that close a plosive.
    expect(pcm.subarray(0, 320).every((sample) => Math.abs(sample) < 60)).toBe(true);
  });
});
