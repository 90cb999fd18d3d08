import { expect, it } from 'vitest';
import { ALL_FACTS, FakeEngine } from '../../test/fixtures/speech/fake-engine.ts';
import type { Language } from '../types.ts';
import type { Voice } from './speech.ts';
import { checkVoice, type VoiceWish } from './voice-check.ts';

const voice = (id: string, language: Language): Voice => ({ id, name: id, language });

function house() {
  const [sherpa, espeak] = [new FakeEngine('sherpa'), new FakeEngine('espeak')];
  const [alltalk, elevenlabs] = [new FakeEngine('alltalk'), new FakeEngine('elevenlabs')];
  sherpa.facts = { ...ALL_FACTS, languages: ['ru'] };
  sherpa.known = [voice('irina', 'ru')];
  espeak.known = [voice('ru+f1', 'ru'), voice('ru', 'ru'), voice('en', 'en')];
  alltalk.facts = { ...ALL_FACTS, languages: ['ru', 'en'], replacesVoices: true };
  elevenlabs.facts = { ...ALL_FACTS, voicesByName: true, randomVoice: true };
  elevenlabs.known = [{ id: 'x7Yz', name: 'Aria', language: 'ru' }];
  const among = (wish: Partial<VoiceWish>, ...engines: FakeEngine[]) =>
    checkVoice({ language: 'ru', ...wish }, engines);
  const check = (wish: Partial<VoiceWish>) => among(wish, sherpa, espeak, alltalk);
  return { sherpa, espeak, alltalk, elevenlabs, among, check };
}

it.each<Partial<VoiceWish>>([
  {},
  { engine: 'alltalk' },
  { voice: 'irina' },
  { voice: 'ru+f1' },
  { voice: 'en', language: 'auto' },
  { voice: 'anything', engine: 'alltalk' },
  { voice: 'anything', engine: 'sherpa', language: 'kk' },
])('lets %j pass', async (wish) => {
  await expect(house().check(wish)).resolves.toBeUndefined();
});

it.each<[Partial<VoiceWish>, string, string]>([
  [{ engine: 'festival' }, 'engine_unknown', 'sherpa, espeak, alltalk'],
  [{ voice: 'nobody' }, 'voice_unknown', 'irina, ru, ru+f1'],
  [{ voice: 'irina', engine: 'espeak' }, 'voice_unknown', 'ru, ru+f1'],
  [{ voice: 'ru', language: 'en' }, 'voice_unknown', 'en'],
  [{ voice: '', engine: 'espeak', language: 'auto' }, 'voice_unknown', 'ru, en, ru+f1'],
])('refuses %j with %s, and names %s', async (wish, code, known) => {
  await expect(house().check(wish)).rejects.toMatchObject({ code, params: { known } });
});

it('knows a voice by its name, and a random one, where an engine does', async () => {
  const { sherpa, elevenlabs, among } = house();
  for (const voice of ['Aria', 'aria', 'x7Yz', 'random', 'irina']) await among({ voice }, sherpa, elevenlabs);
  await among({ voice: 'random', engine: 'elevenlabs' }, sherpa, elevenlabs);
  for (const wish of [{ voice: 'Irina' }, { voice: 'aria', engine: 'sherpa' }, { voice: 'random', engine: 'sherpa' }]) {
    await expect(among(wish, sherpa, elevenlabs)).rejects.toMatchObject({ code: 'voice_unknown' });
  }
  await expect(among({ voice: 'random' }, sherpa)).rejects.toMatchObject({ code: 'voice_unknown' });
  await expect(among({ voice: 'nobody' }, sherpa, elevenlabs)).rejects.toMatchObject({
    params: { known: 'irina, Aria, random' },
  });
});

it('does not let any voice pass because the first engine would replace it', async () => {
  const { alltalk, espeak, among } = house();
  alltalk.known = [voice('Arnold.wav', 'ru')];
  await among({ voice: 'Arnold.wav' }, alltalk, espeak);
  await expect(among({ voice: 'nobody' }, alltalk, espeak)).rejects.toMatchObject({
    params: { known: 'Arnold.wav, ru, ru+f1' },
  });
});

it('names no more than fit into a message', async () => {
  const { sherpa, check } = house();
  sherpa.known = Array.from({ length: 50 }, (_, at) => voice(`v${at}`, 'ru'));
  const refused = check({ voice: 'x'.repeat(1000) });
  await expect(refused).rejects.toMatchObject({
    params: { voice: 'x'.repeat(100), known: expect.stringMatching(/v19, …/) },
  });
});

it('lets the chain deal with an engine that does not say what voices it has', async () => {
  for (const silent of ['sherpa', 'espeak', 'alltalk'] as const) {
    const engines = house();
    engines[silent].voices = () => Promise.reject(new Error('down'));
    await expect(engines.check({ voice: 'nobody' })).resolves.toBeUndefined();
  }
});

it('knows the voices that an engine had before it fell silent', async () => {
  const { sherpa, check } = house();
  await check({ voice: 'irina' });
  sherpa.voices = () => Promise.reject(new Error('down'));
  await check({ voice: 'irina' });
  await expect(check({ voice: 'nobody' })).rejects.toMatchObject({ params: { known: 'irina, ru, ru+f1' } });
});
