import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeEngine } from '../../test/fixtures/speech/fake-engine.ts';
import { remoteTools } from '../../test/fixtures/speech/tools.ts';
import { wholePcm } from '../audio/sound.ts';
import { encodeWav } from '../audio/wav.ts';
import { silentLog } from '../log.ts';
import { LANGUAGES } from '../types.ts';
import { SpeechChain } from './chain.ts';
import { type Protocol, RemoteEngine } from './remote.ts';
import type { SpeechFacts } from './speech.ts';

const unaborted = () => new AbortController().signal;
const facts: SpeechFacts = { languages: LANGUAGES, wordTimings: false, rate: true, pitch: false };

/** A server whose only voice speaks English. */
const english: Protocol = {
  ...{ id: 'english', facts },
  describe: async () => ({ facts, voices: [{ id: 'joe', name: 'Joe', language: 'en' }] }),
  order: () => expect.unreachable('it must not be asked'),
};

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

describe('RemoteEngine', () => {
  function remote() {
    const engine = new RemoteEngine(english, { url: 'http://127.0.0.1:9', ...remoteTools });
    onTestFinished(() => engine.close());
    return engine;
  }

  it('speaks the languages that it has voices for, once it knows them', async () => {
    const engine = remote();
    expect(engine.facts.languages).toEqual(LANGUAGES);
    await engine.start();
    expect(engine.facts.languages).toEqual(['en']);
  });

  it.each([true, false])('leaves other languages to the next engine, started: %s', async (started) => {
    const engine = remote();
    if (started) await engine.start();
    const chain = new SpeechChain([engine, new FakeEngine('espeak')], { log: silentLog });
    const spoken = await chain.speak({ text: 'Привет', language: 'ru' }, unaborted());
    expect(spoken).toMatchObject({ engine: 'espeak', degraded: !started });
  });

  it.each([
    ['silence', new Int16Array(22_050)],
    ['silence with some hiss', new Int16Array(22_050).fill(20)],
  ])('takes %s for a failure where there is something to say', async (_, pcm) => {
    const answer = { contentType: 'audio/wav', body: pieces(encodeWav(pcm)) };
    const engine = new RemoteEngine({ ...english, order: async () => answer }, { url: 'http://x', ...remoteTools });
    onTestFinished(() => engine.close());
    const chain = new SpeechChain([engine, new FakeEngine('espeak')], { log: silentLog });
    const stream = await chain.stream({ text: 'Hello', language: 'en' }, unaborted());
    expect(stream).toMatchObject({ engine: 'espeak', degraded: true });
  });

  it('keeps the silence before the first sound', async () => {
    const pcm = new Int16Array(5000).fill(1000, 4000);
    const answer = { contentType: 'audio/wav', body: pieces(encodeWav(pcm)) };
    const engine = new RemoteEngine({ ...english, order: async () => answer }, { url: 'http://x', ...remoteTools });
    onTestFinished(() => engine.close());
    const stream = await engine.stream({ text: 'Hello', language: 'en' }, unaborted());
    expect(await wholePcm(stream.pcm)).toEqual(pcm);
  });

  it('blames the request, not the server', async () => {
    const speaking = remote().speak({ text: 'Привет', language: 'ru' }, unaborted());
    await expect(speaking).rejects.toMatchObject({ code: 'speech_failed', retryable: false, ofRequest: true });
  });
});
