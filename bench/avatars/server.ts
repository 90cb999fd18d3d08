import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const READY_MS = 60_000;
const POLL_MS = 200;

export interface TrialServer {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** Starts the server as `npm start` does, on a free port. Rejects when it is not ready within a minute. */
export async function startServer(env: Record<string, string>): Promise<TrialServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settings = { HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'error', ...env };
  const changes = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  // On top of this process's own environment; `env` becomes the server itself.
  const server = spawn('env', [...changes, process.execPath, '--import', 'tsx', 'src/main.ts'], {
    ...{ cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] },
  });
  const gone = once(server, 'exit');
  const stop = async (): Promise<void> => {
    server.kill('SIGTERM');
    await gone;
  };
  const deadline = Date.now() + READY_MS;
  while (!(await isReady(url))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error('the server did not become ready');
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return { url, pid: server.pid!, stop };
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health`).catch(() => undefined);
  return answer?.ok === true && ((await answer.json()) as { status: string }).status === 'ready';
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}
