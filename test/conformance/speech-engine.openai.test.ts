import { afterAll } from 'vitest';
import { createOpenai } from '../../src/speech/openai.ts';
import { serveOpenai } from '../fixtures/speech/servers.ts';
import { remoteTools } from '../fixtures/speech/tools.ts';
import { describeSpeechEngine } from './speech-engine.ts';

const server = await serveOpenai();
afterAll(() => server.close());

describeSpeechEngine('openai', () => createOpenai({ url: server.url, ...remoteTools }));
