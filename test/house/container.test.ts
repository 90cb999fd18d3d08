import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/* The image is not built here, so what can be known of its recipe without a container engine is checked. */

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const there = (path: string) => existsSync(fileURLToPath(new URL(path, root)));

const KEYWORDS = /^(ARG|CMD|COPY|ENV|EXPOSE|FROM|HEALTHCHECK|RUN|USER|VOLUME|WORKDIR) \S/;

const instructions = read('Dockerfile')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '' && !line.startsWith('#'));
const having = (keyword: string) => instructions.filter((line) => line.startsWith(`${keyword} `));

/** Paths that `.dockerignore` lets into the image; it begins by ignoring everything. */
const kept = read('.dockerignore')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1));

describe('the Docker image', () => {
  it('is made of known instructions alone', () => {
    expect(instructions.filter((line) => !KEYWORDS.test(line))).toEqual([]);
  });

  it('is built without the developers’ packages and runs as nobody in particular', () => {
    expect(having('RUN').join('\n')).toContain('npm ci --omit=dev');
    const users = having('USER');
    expect(users.at(-1)).toMatch(/^USER [1-9]\d*:[1-9]\d*$/);
    const last = instructions.lastIndexOf(users.at(-1) ?? '');
    expect(instructions.findIndex((line) => line.includes('npm ci'))).toBeGreaterThan(last);
  });

  it('copies only what exists and what .dockerignore lets through', () => {
    const copied = having('COPY')
      .map((line) => line.split(/\s+/).slice(1))
      .filter((words) => !words.some((word) => word.startsWith('--from=')))
      .flatMap((words) => words.filter((word) => !word.startsWith('--')).slice(0, -1));
    expect(copied.length).toBeGreaterThan(0);
    for (const path of copied) {
      expect(there(path), path).toBe(true);
      if (path !== '.') expect(kept).toContain(path);
    }
    for (const path of kept) expect(there(path), path).toBe(true);
  });

  it('starts as `npm start` does, and listens to the outside', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const command = JSON.parse(having('CMD').at(-1)?.slice('CMD '.length) ?? '[]') as string[];
    expect(command.join(' ')).toBe(scripts.start);
    expect(having('ENV').join(' ')).toContain('HOST=0.0.0.0');
    expect(having('HEALTHCHECK')).toHaveLength(1);
  });

  it('takes the CUDA provider from where onnxruntime-node keeps its installer', () => {
    const [script] = /node_modules\/onnxruntime-node\/script\/\w+/.exec(read('Dockerfile')) ?? [];
    expect(there(`${script}.js`)).toBe(true);
  });
});
