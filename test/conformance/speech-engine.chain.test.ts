import { afterAll } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { SpeechCache } from '../../src/speech/cache.ts';
import { CachedEngine } from '../../src/speech/cached.ts';
import { SpeechChain } from '../../src/speech/chain.ts';
import { EspeakEngine } from '../../src/speech/espeak.ts';
import { GuardedEngine } from '../../src/speech/guard.ts';
import { createHttp } from '../../src/speech/http.ts';
import { servePlain } from '../fixtures/speech/servers.ts';
import { remoteTools } from '../fixtures/speech/tools.ts';
import { describeSpeechEngine } from './speech-engine.ts';

const server = await servePlain();
afterAll(() => server.close());

/** As a server is put together: every engine guarded and remembered, one behind the other. */
describeSpeechEngine('chain', () => {
  const cache = new SpeechCache({ maxBytes: 50_000_000, ttlMs: 60_000, log: silentLog });
  const fields = { rate: 'speed', pitch: 'tone' };
  const engines = [createHttp({ url: server.url, fields, ...remoteTools }), new EspeakEngine({ log: silentLog })];
  const guarded = engines.map(
    (engine) => new GuardedEngine(engine, { concurrency: 4, timeoutMs: 30_000, log: silentLog }),
  );
  return new SpeechChain(
    guarded.map((engine) => new CachedEngine(engine, cache)),
    { log: silentLog },
  );
});
