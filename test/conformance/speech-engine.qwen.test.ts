import { afterAll } from 'vitest';
import { createQwen } from '../../src/speech/qwen.ts';
import { serveQwen } from '../fixtures/speech/servers.ts';
import { remoteTools } from '../fixtures/speech/tools.ts';
import { describeSpeechEngine } from './speech-engine.ts';

const server = await serveQwen();
afterAll(() => server.close());

describeSpeechEngine('qwen', () => createQwen({ url: server.url, ...remoteTools }));
