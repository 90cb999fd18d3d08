import { access, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import { SupervisedChild } from './child.ts';

const COPY_TIMEOUT_MS = 60_000;
const { version } = createRequire(import.meta.url)('@echogarden/espeak-ng-emscripten/package.json') as {
  version: string;
};

/**
 * The folder with espeak-ng's dictionaries (24 MB), inside `cacheDir`; made by the first who asks, in a temporary folder
 * where nothing can be written there. Throws `SoyleError` `speech_failed` or the signal's reason.
 */
export async function espeakData(cacheDir: string, log: Log, signal: AbortSignal): Promise<string> {
  const name = `espeak-ng-data-${version}`;
  const target = join(cacheDir, name);
  if (await isComplete(target)) return target;
  try {
    return await copyTo(await workFolder(cacheDir, log), name, log, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof SoyleError ? error : new SoyleError('speech_failed', {}, error);
  }
}

/** The copy appears under its name when it is whole; of two who copy at once, one wins and both have it. */
async function copyTo(dir: string, name: string, log: Log, signal: AbortSignal): Promise<string> {
  const target = join(dir, name);
  const part = await mkdtemp(join(dir, '.part-'));
  const child = new SupervisedChild<{ target: string }, { files: number }, Record<string, never>>({
    name: 'espeak-ng-data',
    module: new URL('./sherpa-data-child.ts', import.meta.url),
    log,
  });
  try {
    await child.ask({ target: part }, COPY_TIMEOUT_MS, signal);
    await rename(part, target).catch(async (error) => {
      if (!(await isComplete(target))) throw error;
    });
    return target;
  } finally {
    await child.close();
    await rm(part, { recursive: true, force: true });
  }
}

async function workFolder(cacheDir: string, log: Log): Promise<string> {
  try {
    await mkdir(cacheDir, { recursive: true });
    await access(cacheDir, 2);
    return cacheDir;
  } catch (error) {
    const temporary = await mkdtemp(join(tmpdir(), 'soyle-espeak-'));
    log.warn({ cacheDir, temporary, err: error }, 'voice cache not writable; dictionaries are copied at every start');
    return temporary;
  }
}

const isComplete = (dir: string): Promise<boolean> =>
  stat(join(dir, 'phontab')).then(
    () => true,
    () => false,
  );
