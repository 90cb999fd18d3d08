import { type ChildProcess, fork } from 'node:child_process';

/**
 * Forks a TypeScript module as a child process with this process's loader flags, so that it runs the same way under
 * `node --import tsx`, the CLI and Vitest. The child gets no terminal signals: Ctrl-C is the parent's to handle.
 * `env` is added to this process's environment.
 */
export function forkModule(url: URL, args: readonly string[] = [], env: Record<string, string> = {}): ChildProcess {
  const loader = process.execArgv.some((arg) => arg.includes('tsx'))
    ? process.execArgv.filter((arg) => !arg.startsWith('--inspect'))
    : ['--import', import.meta.resolve('tsx')];
  return fork(url, [...args], {
    execArgv: loader,
    // biome-ignore lint/style/noProcessEnv: handed on, not read.
    env: { ...process.env, ...env },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
  });
}
