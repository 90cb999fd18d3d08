import { afterAll } from 'vitest';
import { createElevenlabs } from '../../src/speech/elevenlabs.ts';
import { serveElevenlabs } from '../fixtures/speech/servers.ts';
import { remoteTools } from '../fixtures/speech/tools.ts';
import { describeSpeechEngine } from './speech-engine.ts';

const VOICES = [
  { voice_id: 'a1', name: 'Aria', labels: { gender: 'female' } },
  { voice_id: 'b2', name: 'Roger' },
  { voice_id: 'c3', name: 'George' },
];

const server = await serveElevenlabs('key', VOICES);
afterAll(() => server.close());

describeSpeechEngine('elevenlabs', () => createElevenlabs({ url: server.url, key: 'key', ...remoteTools }));
