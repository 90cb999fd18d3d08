import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { BootError } from '../errors.ts';

/**
 * The path of a model's file, which lies inside the models folder, can be read and has that SHA-256 (hexadecimal), if
 * one is known. Throws `BootError` naming what to mend.
 */
export async function checkedPath(
  modelsDir: string,
  name: string,
  sha256: string | undefined,
  model: { id: string; url?: string },
): Promise<string> {
  const path = resolve(modelsDir, name);
  if (!path.startsWith(resolve(modelsDir) + sep)) {
    throw new BootError(`Lips model "${model.id}": file "${name}" lies outside the models folder ${modelsDir}.`);
  }
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const cure = model.url ? `Fetch it from ${model.url}.` : 'Restore it from the repository.';
    throw new BootError(`Lips model "${model.id}": cannot read ${path}. ${cure}`, error);
  }
  if (!sha256) return path;
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== sha256) {
    throw new BootError(`Lips model "${model.id}": ${path} is damaged or another version (sha256 ${actual}).`);
  }
  return path;
}
