import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeEngine } from '../../test/fixtures/speech/fake-engine.ts';
import { remoteTools } from '../../test/fixtures/speech/tools.ts';
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

  it('blames the request, not the server', async () => {
    const speaking = remote().speak({ text: 'Привет', language: 'ru' }, unaborted());
    await expect(speaking).rejects.toMatchObject({ code: 'speech_failed', retryable: false, ofRequest: true });
  });
});
