import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/*
 * biome.json says who may import whom. This suite runs the real linter on copies of the tree with forbidden
 * imports planted in them, because a rule that matches nothing looks exactly like a rule that nobody breaks.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));
const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
const RULES = ['lint/style/noRestrictedImports', 'lint/style/noProcessEnv', 'lint/suspicious/noImportCycles'];
const FOLDERS = ['src', 'web', 'bench'];

interface Report {
  summary: { changed: number; unchanged: number };
  diagnostics: { category: string; location: { path: string } }[];
}

const trees: string[] = [];
afterAll(() => Promise.all(trees.splice(0).map((tree) => rm(tree, { recursive: true, force: true }))));

/** A copy of the linted folders (none of their files when `empty`) and the linter's settings, `planted` on top. */
async function tree(planted: Record<string, string> = {}, { empty = false } = {}): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'soyle-layers-'));
  trees.push(copy);
  for (const file of ['biome.json', '.gitignore', 'package.json']) await cp(join(root, file), join(copy, file));
  for (const folder of FOLDERS) {
    await mkdir(join(copy, folder));
    if (!empty) await cp(join(root, folder), join(copy, folder), { recursive: true });
  }
  for (const [path, source] of Object.entries(planted)) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await writeFile(join(copy, path), source);
  }
  return copy;
}

/** What the layer rules alone say about a tree, as `file: rule`; having looked at no file is an error, not a pass. */
async function lint(cwd: string): Promise<{ checked: number; faults: string[] }> {
  const output = await new Promise<string>((resolve) => {
    // The exit status is 1 when there are faults; the report on stdout is what counts.
    execFile(
      process.execPath,
      [biome, 'lint', '--reporter=json', '--max-diagnostics=none', ...FOLDERS],
      { cwd },
      (_, stdout) => resolve(stdout),
    );
  });
  const { summary, diagnostics } = JSON.parse(output) as Report;
  const checked = summary.changed + summary.unchanged;
  if (checked === 0) throw new Error('The linter checked 0 files');
  const layer = diagnostics.filter(({ category }) => RULES.includes(category));
  return { checked, faults: layer.map(({ category, location }) => `${location.path}: ${category}`) };
}

const imports = (specifier: string) => `import * as planted from '${specifier}';\nexport { planted };\n`;

const FORBIDDEN = [
  ['upward, from the audio room to the pipeline', 'src/audio/planted.ts', '../pipeline.ts'],
  ['upward, from jobs to http', 'src/jobs/planted.ts', '../http/schemas.ts'],
  ['upward, from services to main', 'src/services.ts', './main.ts'],
  ['upward, from the messages to the ids', 'src/messages/planted.ts', '../ids.ts'],
  ['between two rooms of floor 1', 'src/onnx/planted.ts', '../media/args.ts'],
  ['between two rooms of floor 2', 'src/text/planted.ts', '../speech/speech.ts'],
  ['between two rooms of floor 2, the long way round', 'src/avatar/planted.ts', './../speech/speech.ts'],
  ['of a concrete engine by the pipeline', 'src/pipeline.ts', './speech/espeak.ts'],
  ['of a concrete storage by jobs', 'src/jobs/planted-too.ts', '../storage/disk.ts'],
  ['of an engine by http', 'src/http/planted.ts', '../lipsync/wav2lip.ts'],
  ['of the settings by a room', 'src/storage/planted.ts', '../config.ts'],
  ['of the command line by the benchmark', 'bench/planted.ts', '../src/cli/main.ts'],
  ['of the server by the page', 'web/planted.js', '../src/types.ts'],
  ['by a room that has no floor yet', 'src/cellar/planted.ts', '../types.ts'],
  ['of onnxruntime outside its room', 'src/lipsync/planted.ts', 'onnxruntime-node'],
  ['of fluent-ffmpeg outside its room', 'src/video/planted.ts', 'fluent-ffmpeg'],
  ['of the ffmpeg binary outside its room', 'src/cli/planted.ts', '@ffmpeg-installer/ffmpeg'],
  ['of espeak-ng outside its child process', 'src/speech/planted.ts', '@echogarden/espeak-ng-emscripten'],
] as const;

describe('the layer rule', () => {
  it('looks at every source file and passes on the tree as it is', async () => {
    const { checked, faults } = await lint(await tree());
    const sources = await readdir(join(root, 'src'), { recursive: true });
    expect(faults).toEqual([]);
    expect(checked).toBeGreaterThanOrEqual(sources.filter((path) => path.endsWith('.ts')).length);
  });

  it('takes a run over no files for a failure', async () => {
    await expect(lint(await tree({}, { empty: true }))).rejects.toThrow('checked 0 files');
  });

  describe('forbids an import', () => {
    let faults: string[];
    beforeAll(async () => {
      const planted = FORBIDDEN.map(([, path, specifier]) => [path, imports(specifier)]);
      faults = (await lint(await tree(Object.fromEntries(planted)))).faults;
    });

    it.each(FORBIDDEN)('%s', (_, path) => {
      expect(faults).toContain(`${path}: lint/style/noRestrictedImports`);
    });
  });

  it('forbids an import cycle', async () => {
    const planted = { 'src/text/egg.ts': imports('./hen.ts'), 'src/text/hen.ts': imports('./egg.ts') };
    const { faults } = await lint(await tree(planted, { empty: true }));
    expect(faults).toEqual(Object.keys(planted).map((path) => `${path}: lint/suspicious/noImportCycles`));
  });

  it('forbids reading the environment outside config.ts', async () => {
    const source = 'export const port = process.env.PORT;\n';
    const { faults } = await lint(await tree({ 'src/config.ts': source, 'src/http/a.ts': source }, { empty: true }));
    expect(faults).toEqual(['src/http/a.ts: lint/style/noProcessEnv']);
  });

  it('allows what points downward', async () => {
    const planted = {
      'src/messages/planted.ts': imports('../types.ts'),
      'src/audio/planted.ts': imports('../types.ts'),
      'src/onnx/planted.ts': imports('onnxruntime-node'),
      'src/media/planted.ts': imports('fluent-ffmpeg'),
      'src/lipsync/planted.ts': imports('../audio/mel.ts'),
      'src/jobs/planted.ts': imports('../storage/storage.ts'),
      'src/http/planted.ts': imports('../jobs/job.ts'),
    };
    const { checked, faults } = await lint(await tree(planted, { empty: true }));
    expect(checked).toBe(Object.keys(planted).length);
    expect(faults).toEqual([]);
  });
});
