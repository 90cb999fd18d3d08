import { afterAll } from 'vitest';
import { createHttp } from '../../src/speech/http.ts';
import { servePlain } from '../fixtures/speech/servers.ts';
import { remoteTools } from '../fixtures/speech/tools.ts';
import { describeSpeechEngine } from './speech-engine.ts';

const server = await servePlain();
afterAll(() => server.close());

describeSpeechEngine('http', () =>
  createHttp({ url: server.url, fields: { rate: 'speed', pitch: 'tone' }, ...remoteTools }),
);
