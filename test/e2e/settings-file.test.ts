import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { start } from './program.ts';

it('tells each fault of a changed settings file in a line of its own, without a stack', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'soyle-settings-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const CONFIG_FILE = join(dir, 'soyle.config.json');
  await writeFile(CONFIG_FILE, '{}');
  const program = start(['--import', 'tsx', 'src/main.ts'], {
    env: { HOST: '127.0.0.1', PORT: '0', EXECUTION_PROVIDERS: 'cpu', OUTPUT_DIR: join(dir, 'outputs'), CONFIG_FILE },
  });
  const lines = (msg: string) =>
    program.stderr
      .split('\n')
      .filter((line) => line.includes(`"msg":"${msg}`))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const logged = (msg: string, count: number) =>
    vi.waitFor(() => expect(lines(msg)).toHaveLength(count), { timeout: 30_000 });
  await logged('ready', 1);

  await writeFile(CONFIG_FILE, JSON.stringify({ TTS_ATTEMPTS: 99, PROT: 1 }));
  await logged('the settings file is not usable', 2);
  expect(lines('the settings file is not usable').map(({ fault }) => fault)).toEqual([
    'PROT: there is no such setting',
    'TTS_ATTEMPTS: "99" is not a whole number from 1 to 10',
  ]);
  await writeFile(CONFIG_FILE, JSON.stringify({ SPEECH_ENGINES: ['alltalk'], TTS_ATTEMPTS: 2 }));
  await logged('the settings file is not usable', 3);
  expect(program.stderr).not.toMatch(/"stack"|\\n +at /);
  await writeFile(CONFIG_FILE, '{"TTS_ATTEMPTS": 2}');
  await logged('the settings file was read again', 1);
  program.kill('SIGTERM');
  expect(await program.exit).toEqual({ code: 0, signal: null });
});
