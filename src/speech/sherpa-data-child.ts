/**
 * Copies espeak-ng's dictionaries out of the WebAssembly package into a folder, for sherpa-onnx to read. They are
 * GPL-3 like the program they come with, hence a process of its own.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import initEspeak from '@echogarden/espeak-ng-emscripten';
import { serveParent } from './child-link.ts';

const SOURCE = '/usr/share/espeak-ng-data';

await serveParent<{ target: string }, { files: number }, Record<string, never>>(async () => {
  const { FS } = await initEspeak({ print() {}, printErr() {} });
  const copy = async (from: string, to: string): Promise<number> => {
    await mkdir(to, { recursive: true });
    let files = 0;
    for (const name of FS.readdir(from)) {
      if (name === '.' || name === '..') continue;
      const path = `${from}/${name}`;
      if (FS.isDir(FS.stat(path).mode)) {
        files += await copy(path, join(to, name));
      } else {
        await writeFile(join(to, name), FS.readFile(path));
        files++;
      }
    }
    return files;
  };
  return { ready: {}, answer: async ({ target }) => ({ files: await copy(SOURCE, target) }) };
});
