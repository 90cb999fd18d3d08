import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'soyle-commands-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** How a program that must fail ends. */
async function failing(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const options = { cwd: root, env: { ...process.env, AVATARS_DIR: dir } };
  const ended = await promisify(execFile)(process.execPath, args, options).catch((error) => error);
  return { code: ended.code, stdout: ended.stdout, stderr: ended.stderr };
}
const soyle = (...args: string[]) => failing('bin/soyle.js', ...args);

describe('soyle', () => {
  it('names the choices in one line where an option holds none of them', async () => {
    const { code, stderr } = await soyle('say', 'hello', '--language', 'de');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*'de' is invalid\. Allowed choices are ru, kk, en, auto\.\n$/);
  });

  it('blames --avatar where that names nobody', async () => {
    const said = await soyle('say', 'hello', '--avatar', 'nobody', '--output', join(dir, 'out.mp4'));
    expect(said.stderr).toBe(
      `soyle: There is no avatar "nobody" in ${dir} (there is: none); set --avatar to one of them.\n`,
    );
  });

  it('keeps what is said of an avatar, named after its file unless it is given a name', {
    timeout: 120_000,
  }, async () => {
    const file = join(dir, '.Glasses.2.webp');
    await copyFile(join(root, 'avatars', 'anna', 'poster.webp'), file);
    const said = ['--id', 'gul', '--licence', 'CC0-1.0', '--origin', ' My own ', '--face', '360.5,300'];
    const { stdout } = await soyle('avatar', 'add', file, ...said, '--consent');
    expect(stdout).toMatch(/^gul is ready/);
    const { consent: _, ...kept } = JSON.parse(await readFile(join(dir, 'gul', 'avatar.json'), 'utf8'));
    expect(kept).toEqual({
      ...{ name: '.Glasses.2', source: 'source.webp', licence: 'CC0-1.0', origin: 'My own' },
      face: { x: 360.5, y: 300 },
    });
  });

  it.each([
    ['--id', '_gul', 'a letter or digit first'],
    ['--licence', ' ', '1 to 200 characters'],
    ['--face', '1;2', 'such as 320,240'],
    ['--name', 'a\u001b[31mb', 'control character'],
  ])('refuses %s %j before anything is read', async (option, value, why) => {
    const { code, stderr } = await soyle('avatar', 'add', 'no-such-file', option, value, '--consent');
    expect([code, stderr]).toEqual([1, expect.stringContaining(why)]);
  });

  it('says that a colour has six digits', async () => {
    const { code, stderr } = await soyle('say', 'hello', '--background', '#fff');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/#rrggbb/)]);
  });

  it('lists folders alone, and nothing that a terminal would obey', async () => {
    await writeFile(join(dir, 'notes'), 'no avatar');
    await mkdir(join(dir, 'gul'));
    await writeFile(join(dir, 'gul', 'a\u001b[31m.png'), '');
    await writeFile(join(dir, 'gul', 'b.png'), '');
    const { stdout } = await soyle('avatar', 'list');
    expect(stdout).toMatch(/gul .*several candidates/);
    expect(stdout).not.toContain('notes');
    expect(stdout).not.toContain('\u001b');
    expect((await soyle('avatar', 'remove', 'notes')).stderr).toMatch(/There is no avatar "notes"/);
  });

  it('says which setting to mend where there is no folder of avatars', async () => {
    await rm(dir, { recursive: true });
    for (const args of [['list'], ['remove', 'gul']]) {
      const { code, stderr } = await soyle('avatar', ...args);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^soyle: The folder .* ENOENT\. Set AVATARS_DIR\.\n$/)]);
    }
  });

  it('names the file that was given where no avatar can be made of it, and keeps nothing', async () => {
    const [grey, text] = [join(dir, '.grey.png'), join(dir, '.notes.txt')];
    await writeFile(text, 'no picture');
    await sharp({ create: { width: 300, height: 300, channels: 3, background: '#888' } })
      .png()
      .toFile(grey);
    const faceless = await soyle('avatar', 'add', grey, '--consent');
    expect(faceless.stderr).toContain(`No face found in ${grey}: `);
    expect((await soyle('avatar', 'add', text, '--consent')).stderr).toBe(
      `soyle: ${text}: Unsupported media format; send PNG, JPEG, WebP, MP4, MOV, WebM, MKV or GIF\n`,
    );
    await writeFile(text, '');
    expect((await soyle('avatar', 'add', text, '--consent')).stderr).toMatch(/notes\.txt: The file is empty/);
    expect((await readdir(dir)).sort()).toEqual(['.grey.png', '.notes.txt']);
  });
});

it('npm start takes no arguments, says so and starts nothing', async () => {
  for (const argument of ['--help', '--port=80']) {
    const { code, stdout, stderr } = await failing('--import', 'tsx', 'src/main.ts', argument);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^The server takes no arguments: its settings are .*\n$/);
  }
});
