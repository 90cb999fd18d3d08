import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** An inherited variable by which the children of a program are known, whoever their parent is by now. */
const MARK = 'SOYLE_TEST_RUN';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Program {
  pid: number;
  /** What it has written so far. */
  stdout: string;
  stderr: string;
  stdin: NonNullable<ChildProcess['stdin']>;
  exit: Promise<Exit>;
  /** Sends a signal to it and, as a terminal's Ctrl-C does, to every process of its group. */
  interrupt(signal: NodeJS.Signals): void;
  /** Sends a signal to it alone, as a service manager does. */
  kill(signal: NodeJS.Signals): void;
  /** Command lines of it and of what it has started, while they run. */
  processes(): Promise<string[]>;
}

/** Starts Node.js in a process group of its own, at the repository's root unless told otherwise. */
export function start(
  args: readonly string[],
  { cwd = ROOT, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Program {
  const mark = randomBytes(8).toString('hex');
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env, [MARK]: mark },
    stdio: 'pipe',
    detached: true,
  });
  const pid = child.pid!;
  const program: Program = {
    pid,
    stdout: '',
    stderr: '',
    stdin: child.stdin,
    exit: once(child, 'close').then(([code, signal]) => ({ code, signal })),
    interrupt: (signal) => void process.kill(-pid, signal),
    kill: (signal) => void child.kill(signal),
    processes: () => running(`${MARK}=${mark}`),
  };
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) program.interrupt('SIGKILL');
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    program.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    program.stderr += text;
  });
  return program;
}

/** Command lines of the running processes with that entry in their environment, as Linux tells it. */
async function running(entry: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process may end, or belong to somebody else, while it is looked at.
      const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
      const environment = await read('environ');
      return environment.split('\0').includes(entry) ? (await read('cmdline')).replaceAll('\0', ' ').trim() : '';
    }),
  );
  return found.filter(Boolean);
}
