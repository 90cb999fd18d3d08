import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { SherpaEngine } from '../../src/speech/sherpa.ts';
import { installVoice } from '../fixtures/voices/random-weights.ts';
import { describeSpeechEngine } from './speech-engine.ts';

const voicesDir = await mkdtemp(join(tmpdir(), 'soyle-voices-'));
await installVoice(voicesDir, 'random-weights-ru', 'ru', { sampleRate: 16_000 });
await installVoice(voicesDir, 'random-weights-kk', 'kk', { speakers: 2 });
await installVoice(voicesDir, 'random-weights-en', 'en');
afterAll(() => rm(voicesDir, { recursive: true, force: true }));

describeSpeechEngine('sherpa', () => new SherpaEngine({ log: silentLog, voicesDir }));
