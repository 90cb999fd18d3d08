import { expect, it } from 'vitest';
import { ALL_FACTS, FakeEngine } from '../../test/fixtures/speech/fake-engine.ts';
import type { Language } from '../types.ts';
import type { Voice } from './speech.ts';
import { checkVoice, type VoiceWish } from './voice-check.ts';

const voice = (id: string, language: Language): Voice => ({ id, name: id, language });

function house() {
  const [sherpa, espeak, alltalk] = [new FakeEngine('sherpa'), new FakeEngine('espeak'), new FakeEngine('alltalk')];
  sherpa.facts = { ...ALL_FACTS, languages: ['ru'] };
  sherpa.known = [voice('irina', 'ru')];
  espeak.known = [voice('ru+f1', 'ru'), voice('ru', 'ru'), voice('en', 'en')];
  alltalk.facts = { ...ALL_FACTS, languages: ['ru', 'en'], replacesVoices: true };
  const check = (wish: Partial<VoiceWish>) => checkVoice({ language: 'ru', ...wish }, [sherpa, espeak, alltalk]);
  return { sherpa, espeak, check };
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
  [{ voice: 'nobody' }, 'voice_unknown', 'irina'],
  [{ voice: 'irina', engine: 'espeak' }, 'voice_unknown', 'ru, ru+f1'],
  [{ voice: 'ru', language: 'en' }, 'voice_unknown', 'en'],
  [{ voice: '', engine: 'espeak', language: 'auto' }, 'voice_unknown', 'ru, en, ru+f1'],
])('refuses %j with %s, and names %s', async (wish, code, known) => {
  await expect(house().check(wish)).rejects.toMatchObject({ code, params: { known } });
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
  const { sherpa, check } = house();
  sherpa.voices = () => Promise.reject(new Error('down'));
  await expect(check({ voice: 'nobody' })).resolves.toBeUndefined();
});
