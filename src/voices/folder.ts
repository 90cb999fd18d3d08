import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { BootError } from '../errors.ts';
import { isChosenId } from '../ids.ts';
import { faultInFiles } from './check.ts';
import { VOICE_FILE, type VoiceDescription, voiceSchema } from './voice.ts';

/** A voice that lies in `dir` and has been looked at: sherpa-onnx will not stumble over its files. */
export type InstalledVoice = VoiceDescription & {
  id: string;
  dir: string;
  /** Another one after the voice was removed and added again. */
  version: string;
};

/** The voice in a folder, named after it. Throws `BootError` that names the fault and the cure. */
export async function readVoice(dir: string, id: string = basename(dir)): Promise<InstalledVoice> {
  const broken = (fault: string, cause?: unknown) =>
    new BootError(`Voice "${id}" in ${dir}: ${fault}. Remove and add it again: npm run voices -- remove ${id}`, cause);
  const path = join(dir, VOICE_FILE);
  let json: unknown;
  let version: string;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
    version = String((await stat(path)).mtimeMs);
  } catch (error) {
    throw broken(`${VOICE_FILE} cannot be read`, error);
  }
  const parsed = voiceSchema.safeParse(json);
  if (!parsed.success) throw broken(`${VOICE_FILE} is not usable:\n${z.prettifyError(parsed.error)}\n`);
  const fault = await faultInFiles(dir, parsed.data);
  if (fault) throw broken(fault);
  return { ...parsed.data, id, dir, version };
}

/** What a voice's folder looks like from outside: another text once a file has come, gone or been written. */
export async function folderLook(dir: string): Promise<string> {
  const names = (await readdir(dir)).sort();
  const looks = names.map(async (name) => {
    const { size, mtimeMs } = await stat(join(dir, name));
    return `${name} ${size} ${mtimeMs}`;
  });
  return (await Promise.all(looks)).join('\n');
}

/** Ids of the voices that lie in a folder, sound or not; none when there is no such folder. */
export async function voiceIds(voicesDir: string): Promise<string[]> {
  const entries = await readdir(voicesDir, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() && isChosenId(entry.name))
    .map(({ name }) => name)
    .sort();
}
