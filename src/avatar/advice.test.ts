import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../types.ts';
import { ADVICE, adviceOf, SUMMARY } from './advice.ts';
import { FINDING_CODES, QUALITIES } from './report.ts';

describe('advice', () => {
  it.each(FINDING_CODES)('%s has one sentence of its own in every language', (code) => {
    const texts = LANGUAGES.map((language) => ADVICE[code][language]);
    expect(new Set(texts).size).toBe(LANGUAGES.length);
    for (const text of texts) expect(text).toMatch(/^\p{Lu}.{30,170}\.$/u);
    const filled = texts.filter((text) => text.includes('{value}')).length;
    expect([0, LANGUAGES.length]).toContain(filled);
    expect(ADVICE[code].kk).toMatch(/[әғқңөұүһі]/);
  });

  it.each(QUALITIES)('%s has a summary in every language', (quality) => {
    expect(new Set(LANGUAGES.map((language) => SUMMARY[quality][language])).size).toBe(LANGUAGES.length);
  });

  it('fills in the rounded measure', () => {
    expect(adviceOf('face_turned', 34.6).en).toBe('The head is turned by 35°: look at the camera, up to 20° is fine.');
    expect(adviceOf('frames_lost', 12.2).ru).toContain('12%');
  });
});
