import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.ts';
import { openEngines } from '../src/engines.ts';
import { serve } from '../src/http/server.ts';
import { silentLog } from '../src/log.ts';
import { createServices } from '../src/services.ts';
import { benchAgainst } from './against.ts';
import { measureServer } from './server.ts';
import { measureSpeech } from './speech.ts';
import { measureStages } from './stages.ts';
import { TEXTS } from './texts.ts';
import { measureVoices } from './voices.ts';

const { values: options } = parseArgs({
  options: {
    /** Measure this commit too, in the same run, and print the ratio. */
    against: { type: 'string' },
    json: { type: 'string', default: 'bench/results/latest.json' },
    quiet: { type: 'boolean', default: false },
  },
});

const resident = () => process.memoryUsage.rss() / 2 ** 20;

async function measure(): Promise<Record<string, number>> {
  const outputs = await mkdtemp(join(tmpdir(), 'soyle-bench-'));
  const settings = { ...readConfig(), OUTPUT_DIR: outputs };
  try {
    const started = performance.now();
    // Whoever repeats himself to measure must not be answered from memory.
    const engines = await openEngines({ ...settings, TTS_CACHE_MEMORY_MB: 0, TTS_CACHE_DISK_MB: 0 }, silentLog);
    const load = performance.now() - started;
    const text = TEXTS.ru.split(/\s+/).slice(0, 15).join(' ');
    const stages = await measureStages(engines, text);
    await engines.close();
    const voices = await measureVoices(settings, text);

    const services = await createServices(settings, silentLog);
    await services.load();
    const server = await serve(services.app, { host: '127.0.0.1', port: 0 });
    const idle = resident();
    const seen = await measureServer(server.url);
    const heard = await measureSpeech(server.url);
    const busy = resident();
    await server.close(1000);
    await services.close();
    return {
      'start (voice, model and avatar loaded), ms': load,
      ...stages,
      ...voices,
      ...seen,
      ...heard,
      'memory of the server process after start, MiB': idle,
      'memory of the server process after the requests, MiB': busy,
    };
  } finally {
    await rm(outputs, { recursive: true, force: true });
  }
}

const show = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));

const here = await measure();
const there = options.against ? await benchAgainst(options.against) : undefined;
const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
const report = {
  commit,
  against: options.against,
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  node: process.version,
  here,
  there,
};
await mkdir(join(options.json, '..'), { recursive: true });
await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
if (!options.quiet) {
  for (const [name, value] of Object.entries(here)) {
    const before = there?.[name];
    const ratio = before ? `${show(before).padStart(9)}  ×${(value / before).toFixed(2)}` : '';
    process.stdout.write(`${name.padEnd(56)}${show(value).padStart(9)}${ratio}\n`);
  }
  process.stdout.write(`\nWritten to ${options.json}\n`);
}
