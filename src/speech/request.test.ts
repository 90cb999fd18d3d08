import { describe, expect, it } from 'vitest';
import { checkRequest, grant } from './request.ts';
import type { SpeechFacts, SpeechRequest } from './speech.ts';

const facts: SpeechFacts = { languages: ['ru'], wordTimings: false, rate: true, pitch: false, rateRange: [0.7, 1.2] };
const asking = (more: Partial<SpeechRequest>): SpeechRequest => ({ text: 'раз', language: 'ru', ...more });

describe('grant', () => {
  it.each([
    [{}, { warnings: [] }],
    [{ rate: 1, pitch: 1 }, { warnings: [] }],
    [{ rate: 1.1 }, { rate: 1.1, warnings: [] }],
    [{ rate: 2 }, { rate: 1.2, warnings: ['rate_limited'] }],
    [{ rate: 0.5 }, { rate: 0.7, warnings: ['rate_limited'] }],
    [{ pitch: 1.5, temperature: 0 }, { warnings: ['pitch_ignored', 'temperature_ignored'] }],
    [{ voiceAttributes: { age: 30 } }, { warnings: ['voice_attributes_ignored'] }],
    [{ voiceAttributes: {} }, { warnings: [] }],
  ] as const)('%j', (wish, granted) => {
    expect(grant(asking(wish), facts)).toEqual(granted);
  });

  it('brings pitch and temperature into their ranges, too', () => {
    const narrow: SpeechFacts = {
      ...facts,
      pitch: true,
      pitchRange: [0.8, 1.2],
      temperature: true,
      temperatureRange: [0.1, 1],
    };
    const warnings = ['pitch_limited', 'temperature_limited'];
    expect(grant(asking({ pitch: 2, temperature: 0 }), narrow)).toEqual({ pitch: 1.2, temperature: 0.1, warnings });
  });

  it('leaves everything to an engine that can do everything', () => {
    const all = { ...facts, rateRange: undefined, pitch: true, temperature: true, voiceAttributes: true };
    const wishes = { rate: 2, pitch: 0.5, temperature: 2, voiceAttributes: { emotion: 'sad' } };
    expect(grant(asking(wishes), all)).toEqual({ ...wishes, warnings: [] });
    expect(grant(asking({ rate: 2 }), { ...facts, rate: false })).toEqual({ warnings: ['rate_ignored'] });
  });
});

describe('checkRequest', () => {
  it.each([
    { rate: 0.49 },
    { rate: Number.NaN },
    { pitch: 2.01 },
    { temperature: 2.1 },
    { voiceAttributes: { age: 121 } },
  ])('refuses %j', (wish) => {
    expect(() => checkRequest(asking(wish))).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  it('lets the rest pass', () => {
    expect(() =>
      checkRequest(asking({ rate: 0.5, pitch: 2, temperature: 0, voiceAttributes: { age: 120 } })),
    ).not.toThrow();
    expect(() => checkRequest(asking({}))).not.toThrow();
  });
});
