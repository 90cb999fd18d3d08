import { SoyleError } from '../errors.ts';
import type { SpeechFacts, SpeechRequest, SpeechWarning } from './speech.ts';

/** The parts of a request that not every engine can follow. */
type Wishes = Pick<SpeechRequest, 'rate' | 'pitch' | 'temperature' | 'voiceAttributes'>;

export interface Granted extends Wishes {
  /** What was left out or brought into the engine's range. */
  warnings: SpeechWarning[];
}

/** Throws `invalid_request` for values no engine takes. */
export function checkRequest({ rate = 1, pitch = 1, temperature = 1, voiceAttributes }: SpeechRequest): void {
  requireRange('rate', rate, 0.5, 2);
  requireRange('pitch', pitch, 0.5, 2);
  requireRange('temperature', temperature, 0, 2);
  requireRange('age', voiceAttributes?.age ?? 1, 1, 120);
}

/** What of a request's wishes an engine with these facts can follow; a rate or pitch of 1 is no wish. */
export function grant(request: SpeechRequest, facts: SpeechFacts): Granted {
  const granted: Granted = { warnings: [] };
  const { rate = 1, pitch = 1, temperature, voiceAttributes } = request;
  const wishes = { rate: rate === 1 ? undefined : rate, pitch: pitch === 1 ? undefined : pitch, temperature };
  for (const name of ['rate', 'pitch', 'temperature'] as const) {
    const wish = wishes[name];
    if (wish === undefined) continue;
    const [least, most] = facts[`${name}Range`] ?? [0, 2];
    if (facts[name]) granted[name] = Math.min(most, Math.max(least, wish));
    if (granted[name] !== wish) granted.warnings.push(facts[name] ? `${name}_limited` : `${name}_ignored`);
  }
  if (voiceAttributes && Object.values(voiceAttributes).some((value) => value !== undefined)) {
    if (facts.voiceAttributes) granted.voiceAttributes = voiceAttributes;
    else granted.warnings.push('voice_attributes_ignored');
  }
  return granted;
}

function requireRange(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new SoyleError('invalid_request', { detail: `${name} must be between ${least} and ${most}` });
}
