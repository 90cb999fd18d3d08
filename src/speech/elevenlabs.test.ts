import { expect, it } from 'vitest';
import { remoteTools } from '../../test/fixtures/speech/tools.ts';
import { createElevenlabs } from './elevenlabs.ts';

it.each([
  [undefined, true],
  ['eleven_flash_v2_5', true],
  ['eleven_v3', true],
  ['eleven_flash_v2', false],
  ['eleven_monolingual_v1', false],
])('knows whether the model %s says foreign words within a sentence', (model, mixesLanguages) => {
  const { facts } = createElevenlabs({ key: 'key', model, ...remoteTools });
  expect(facts.mixesLanguages).toBe(mixesLanguages);
});
