import { loadConfig, watchConfig } from './config.ts';
import { BootError } from './errors.ts';
import { serve } from './http/server.ts';
import { createLog } from './log.ts';
import { createServices } from './services.ts';

/** Running answers get this long to finish after Ctrl-C or SIGTERM … */
const STOP_DEADLINE_MS = 10_000;
/** … and then this long to tell their clients that the server is stopping. */
const FAREWELL_MS = 2000;

async function main(): Promise<void> {
  const settings = loadConfig();
  const log = createLog(settings.LOG_LEVEL);
  const services = await createServices(settings, log);
  const server = await serve(services.app, { host: settings.HOST, port: settings.PORT });
  log.info({ url: server.url }, 'listening');

  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) {
      // Whoever asks twice means now: what runs is aborted, which takes a moment, and its clients are told.
      await services.stopWork();
      setTimeout(server.cut, FAREWELL_MS);
      return;
    }
    stopping = true;
    log.info(
      { signal, waitMs: STOP_DEADLINE_MS, ...services.health().queue },
      'stopping once running answers end; ask again to stop now',
    );
    const deadline = setTimeout(services.stopWork, STOP_DEADLINE_MS);
    await server.close(STOP_DEADLINE_MS + FAREWELL_MS);
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
    broken: (error) => log.error({ err: error }, 'the settings file is not usable, the old settings stay'),
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
