import { RANDOM_VOICE, type SpeechFacts, type Voice } from './speech.ts';

/** How an engine lets its voices be called. */
export type VoiceCalls = Pick<SpeechFacts, 'voicesByName' | 'randomVoice'>;

/** The voice that a request calls so: the one of that id, or of that name where names count. */
export function findVoice<Known extends Voice>(
  called: string,
  voices: readonly Known[],
  { voicesByName }: VoiceCalls,
): Known | undefined {
  const plain = called.toLowerCase();
  return (
    voices.find(({ id }) => id === called) ??
    (voicesByName ? voices.find(({ name }) => name.toLowerCase() === plain) : undefined)
  );
}

/** Whether an engine with these voices has one for what a request calls so; any of them is a `random` one. */
export const hasVoice = (called: string, voices: readonly Voice[], facts: VoiceCalls): boolean =>
  findVoice(called, voices, facts) !== undefined ||
  (facts.randomVoice === true && called === RANDOM_VOICE && voices.length > 0);

/** What people call the voices, each once. */
export function callsOf(voices: readonly Voice[], { voicesByName, randomVoice }: VoiceCalls): string[] {
  const names = voices.map(({ id, name }) => (voicesByName ? name : id));
  return [...new Set(randomVoice && names.length > 0 ? [...names, RANDOM_VOICE] : names)];
}
