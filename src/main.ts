import { loadConfig, watchConfig } from './config.ts';
import { BootError } from './errors.ts';
import { serve } from './http/server.ts';
import { createLog } from './log.ts';
import { createServices } from './services.ts';

/** After Ctrl-C or SIGTERM the process ends within this time, whatever its clients do. */
const STOP_MS = 10_000;
/** Of it, what is left to tell clients that the server is stopping, once running answers are ended … */
const FAREWELL_MS = 2000;
/** … and then to end child processes and write down what is remembered. */
const TIDY_MS = 1000;
const ANSWERS_MS = STOP_MS - FAREWELL_MS - TIDY_MS;
const STOPPING =
  `stopping: running answers have ${ANSWERS_MS / 1000} s to end, the process ends within ${STOP_MS / 1000} s; ` +
  'ask again to stop now';

const USAGE =
  'The server takes no arguments: its settings are environment variables, .env and soyle.config.json; README.md lists them.';

async function main(): Promise<void> {
  if (process.argv.length > 2) {
    process.stderr.write(`${USAGE}\n`);
    process.exitCode = 2;
    return;
  }
  const settings = loadConfig();
  const log = createLog(settings.LOG_LEVEL);
  const services = await createServices(settings, log);
  const server = await serve(services.app, { host: settings.HOST, port: settings.PORT });
  log.info({ url: server.url }, 'listening');

  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) {
      // Whoever asks twice means now: what runs is aborted and its clients are told; those who do not read are cut off.
      void services.stopWork();
      setTimeout(server.cut, FAREWELL_MS);
      return;
    }
    stopping = true;
    const { queue } = services.health();
    log.info({ signal, answersMs: ANSWERS_MS, withinMs: STOP_MS, ...queue }, STOPPING);
    setTimeout(() => {
      log.warn({ withinMs: STOP_MS }, 'not everything has ended in time, the process ends all the same');
      // Its way out would wait for networks that are being loaded; children end with it.
      process.kill(process.pid, 'SIGKILL');
    }, STOP_MS).unref();
    const deadline = setTimeout(services.stopWork, ANSWERS_MS);
    await server.close(ANSWERS_MS + FAREWELL_MS);
    clearTimeout(deadline);
    await services.close();
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  await services.load();
  if (stopping) return;
  watchConfig(settings, {
    changed: (next) => void services.change(next),
    broken: (error) => {
      for (const fault of error.faults) log.error({ fault }, 'the settings file is not usable, the old settings stay');
    },
  });
  const { device, engines } = services.health();
  log.info({ url: server.url, avatar: settings.AVATAR, device, ...engines }, 'ready');
  // The log goes to stderr; a person at a terminal wants the address alone.
  if (process.stdout.isTTY) process.stdout.write(`\nSöyle is ready: open ${server.url}\n\n`);
}

main().catch((error: unknown) => {
  const message = error instanceof BootError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`Söyle cannot start. ${message}\n`);
  process.exit(1);
});
