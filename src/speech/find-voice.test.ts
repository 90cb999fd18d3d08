import { expect, it } from 'vitest';
import { ALL_FACTS, FakeEngine } from '../../test/fixtures/speech/fake-engine.ts';
import { silentLog } from '../log.ts';
import { SpeechChain } from './chain.ts';

it('leads the chain to the engine that knows a voice by its name, or any voice at random', async () => {
  const [sherpa, elevenlabs] = [new FakeEngine('sherpa'), new FakeEngine('elevenlabs')];
  sherpa.known = [{ id: 'irina', name: 'Ирина', language: 'ru' }];
  elevenlabs.known = [{ id: 'x7Yz', name: 'Aria', language: 'ru' }];
  elevenlabs.facts = { ...ALL_FACTS, voicesByName: true, randomVoice: true };
  const chain = new SpeechChain([sherpa, elevenlabs], { log: silentLog });
  const speak = (voice: string) => chain.speak({ text: 'раз', language: 'ru', voice }, new AbortController().signal);
  for (const [voice, engine] of [
    ['aria', 'elevenlabs'],
    ['x7Yz', 'elevenlabs'],
    ['random', 'elevenlabs'],
    ['irina', 'sherpa'],
    ['Ирина', 'sherpa'],
  ] as const) {
    expect(await speak(voice), voice).toMatchObject({ engine, degraded: false });
  }
  expect(elevenlabs.asked.map(({ voice }) => voice)).toEqual(['aria', 'x7Yz', 'random']);
});
