import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listVoices } from '../../src/cli/voices.ts';
import { installVoice } from '../fixtures/voices/random-weights.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
let modelsDir: string;

beforeAll(async () => {
  modelsDir = await mkdtemp(join(tmpdir(), 'soyle-models-'));
  await cp(join(root, 'models/voices.json'), join(modelsDir, 'voices.json'));
});
afterAll(() => rm(modelsDir, { recursive: true, force: true }));

/** `npm run voices -- <args>`. */
const voices = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/cli/voices-main.ts', ...args], {
    cwd: root,
    env: { ...process.env, MODELS_DIR: modelsDir },
  });

describe('npm run voices', () => {
  it('lists what can be added by language, with licence and sample', async () => {
    const list = await listVoices(modelsDir);
    expect(list).toMatch(
      /^ru\n {2}ru_ru-dmitri-medium .* 63 MB {2}CC0-1\.0 .* Дмитрий, male .* https:\S+speaker_0\.mp3$/m,
    );
    expect(list.indexOf('\nkk\n')).toBeGreaterThan(0);
    expect(list.indexOf('\nen\n')).toBeGreaterThan(list.indexOf('\nkk\n'));
  });

  it('marks what is here, shows voices put here by hand and names broken ones', async () => {
    await installVoice(join(modelsDir, 'voices'), 'ru_ru-denis-medium', 'ru');
    await installVoice(join(modelsDir, 'voices'), 'my-own', 'kk');
    await mkdir(join(modelsDir, 'voices', 'half'));
    await writeFile(join(modelsDir, 'voices', 'half', 'voice.json'), '{}');
    const list = await listVoices(modelsDir);
    expect(list).toMatch(/^\+ ru_ru-denis-medium/m);
    expect(list).toMatch(/^\+ my-own .* CC0-1\.0/m);
    expect(list).toMatch(/^ {2}ru_ru-dmitri-medium/m);
    expect(list).toContain('Voice "half"');
  });

  it('removes a voice', async () => {
    await installVoice(join(modelsDir, 'voices'), 'gone-soon', 'ru');
    expect((await voices('remove', 'gone-soon')).stdout).toBe('gone-soon is removed.\n');
    expect(await listVoices(modelsDir)).not.toContain('gone-soon');
  });

  it('names the voices there are when asked for another, in one line', async () => {
    const failed = await voices('add', 'ru_ru-ruslan-medium').catch((error) => error);
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toMatch(
      /^voices: There is no voice "ru_ru-ruslan-medium"\. There is: ru_ru-dmitri-medium, .*\n$/,
    );
  });
});
