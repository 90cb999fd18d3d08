import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface TestServer {
  /** `http://localhost:<port>`: as the specification writes it, but for the port. */
  url: string;
  outputDir: string;
  close(): Promise<void>;
}

/** `npm start` in a process of its own, on a free port, with an outputs folder of its own. Resolves when it is ready. */
export async function startServer(env: Record<string, string> = {}): Promise<TestServer> {
  const outputDir = await mkdtemp(join(tmpdir(), 'soyle-outputs-'));
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info', OUTPUT_DIR: outputDir, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(outputDir, { recursive: true, force: true });
  };
  try {
    const { port } = new URL(await readiness(child));
    return { url: `http://localhost:${port}`, outputDir, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The address in the log line `ready`; rejects with the log if the process ends before. */
async function readiness(child: ChildProcess): Promise<string> {
  const lines: string[] = [];
  // The loop ends with the process; after `ready` it goes on, so that the pipe never fills.
  const log = createInterface({ input: child.stderr! });
  return new Promise((resolve, reject) => {
    log.on('line', (line) => {
      lines.push(line);
      if (line.includes('"msg":"ready"')) resolve((JSON.parse(line) as { url: string }).url);
    });
    log.once('close', () => reject(new Error(`The server ended before it was ready:\n${lines.join('\n')}`)));
  });
}
