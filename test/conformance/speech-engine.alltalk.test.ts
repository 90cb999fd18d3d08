import { afterAll } from 'vitest';
import { createAlltalk } from '../../src/speech/alltalk.ts';
import { serveAlltalk } from '../fixtures/speech/servers.ts';
import { remoteTools } from '../fixtures/speech/tools.ts';
import { describeSpeechEngine } from './speech-engine.ts';

const server = await serveAlltalk();
afterAll(() => server.close());

describeSpeechEngine('alltalk', () => createAlltalk({ url: server.url, ...remoteTools }));
