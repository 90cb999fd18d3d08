import { expect, it } from 'vitest';
import { ALL_FACTS, FakeEngine } from '../../test/fixtures/speech/fake-engine.ts';
import { voiceLanguages } from './voice-languages.ts';

it.each([
  ['kokoro', undefined, ['en', 'ru']],
  ['kokoro', 'elevenlabs', []],
  ['x7Yz', undefined, ['kk']],
  ['aria', undefined, ['kk']],
  ['Aria', 'elevenlabs', ['kk']],
  ['Кокоро', undefined, []],
  ['nobody', undefined, []],
])('%s of %s speaks %j', async (called, named, languages) => {
  const [sherpa, elevenlabs] = [new FakeEngine('sherpa'), new FakeEngine('elevenlabs')];
  sherpa.known = (['en', 'ru'] as const).map((language) => ({ id: 'kokoro', name: 'Кокоро', language }));
  elevenlabs.known = [{ id: 'x7Yz', name: 'Aria', language: 'kk' }];
  elevenlabs.facts = { ...ALL_FACTS, voicesByName: true };
  expect(await voiceLanguages(called, [sherpa, elevenlabs], named)).toEqual(languages);
});
