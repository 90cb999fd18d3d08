import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Block, codeBlocks, readPage, shapeOf } from './markdown.ts';
import { startServer, type TestServer } from './server.ts';
import { describeWith, PYTHON } from './tools.ts';

/*
 * The blocks of API.md marked bash, js or python are run in their order, in one folder. A json or text block that
 * follows one shows what it prints: of JSON the fields and their types count, and of an error every letter.
 */

const run = promisify(execFile);
const blocks = codeBlocks(readPage('API.md'));

const PROGRAMS: Record<string, (file: string) => [string, string[]]> = {
  bash: (file) => ['bash', ['-euo', 'pipefail', file]],
  js: (file) => [process.execPath, [file]],
  python: (file) => [PYTHON!, [file]],
};
const EXTENSIONS: Record<string, string> = { bash: 'sh', js: 'mjs', python: 'py' };

interface Example extends Block {
  shown: Block | undefined;
}

const examples = blocks.flatMap((block, at): [name: string, example: Example][] => {
  if (!(block.language in PROGRAMS)) return [];
  const next = blocks[at + 1];
  const shown = next?.heading === block.heading && ['json', 'text'].includes(next.language) ? next : undefined;
  return [[`${at + 1} (${block.language}, ${block.heading})`, { ...block, shown }]];
});

describe('API.md', () => {
  it('has examples of every kind', () => {
    expect(new Set(examples.map(([, { language }]) => language))).toEqual(new Set(Object.keys(PROGRAMS)));
  });

  it('writes no JSON that is none', () => {
    const faulty = blocks.filter(({ language, code }) => language === 'json' && !isJson(code));
    expect(faulty).toEqual([]);
  });
});

describeWith(['bash', 'curl', 'jq', 'ffmpeg', 'python3 with requests'], 'the examples of API.md', () => {
  let server: TestServer;
  let folder: string;
  beforeAll(async () => {
    [server, folder] = await Promise.all([startServer(), mkdtemp(join(tmpdir(), 'soyle-api-'))]);
  });
  afterAll(async () => {
    await server?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it.each(examples)('block %s', async (_, { language, code, shown }) => {
    const file = join(folder, `example.${EXTENSIONS[language]}`);
    await writeFile(file, code.replaceAll('http://localhost:3000', server.url));
    const env = { ...process.env, NO_PROXY: 'localhost', PYTHONIOENCODING: 'utf-8' };
    const { stdout, stderr } = await run(...PROGRAMS[language]!(file), { cwd: folder, env });
    expect(stderr).toBe('');
    expect(comparable(stdout, shown)).toEqual(shown ? comparable(shown.code, shown) : '');
  });
});

/** The part of an output that is the same every time. */
function comparable(output: string, shown: Block | undefined): unknown {
  if (shown?.language !== 'json') return output.replace(/^data: (.*)$/gm, (_, data: string) => shapeText(data));
  const value = JSON.parse(output) as unknown;
  const isError = value !== null && typeof value === 'object' && 'code' in value;
  return isError ? value : shapeOf(value);
}

const shapeText = (json: string): string => JSON.stringify(shapeOf(JSON.parse(json)));

function isJson(code: string): boolean {
  try {
    JSON.parse(code);
    return true;
  } catch {
    return false;
  }
}
