import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe } from 'vitest';

const runs = (program: string, ...args: string[]): boolean => {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

export const CHROMIUM = process.env.CHROMIUM_PATH || '/usr/bin/chromium';
/** A Python that has `requests`: the first in PATH need not be the one Debian's package is for. */
export const PYTHON = ['python3', '/usr/bin/python3'].find((python) => runs(python, '-c', 'import requests'));

const FINDERS = {
  chromium: () => existsSync(CHROMIUM),
  bash: () => runs('bash', '--version'),
  curl: () => runs('curl', '--version'),
  jq: () => runs('jq', '--version'),
  ffmpeg: () => runs('ffmpeg', '-version'),
  'python3 with requests': () => PYTHON !== undefined,
} as const;
export type Tool = keyof typeof FINDERS;

/** `describe` for a suite that needs programs. Where one is missing the suite says so and skips; in CI it fails. */
export function describeWith(tools: readonly Tool[], name: string, body: () => void): void {
  const missing = tools.filter((tool) => !FINDERS[tool]());
  if (missing.length === 0) {
    describe(name, body);
    return;
  }
  const complaint = `"${name}" needs ${missing.join(', ')}`;
  if (process.env.CI) throw new Error(complaint);
  process.stderr.write(`Skipped: ${complaint}\n`);
  describe.skip(name, body);
}
