import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BootError } from '../errors.ts';
import { isChosenId } from '../ids.ts';
import { type CatalogueEntry, downloadSize, type RemoteFile } from './catalogue.ts';
import { type DownloadOptions, download, sha256Of } from './download.ts';
import { type InstalledVoice, readVoice, voiceIds } from './folder.ts';
import { locked } from './lock.ts';
import { appendOnnxMetadata } from './onnx-metadata.ts';
import { convertPiper, PIPER_FILES } from './piper.ts';
import { VOICE_FILE, type VoiceInput, voiceSchema } from './voice.ts';

export interface AddOptions extends Omit<DownloadOptions, 'onProgress'> {
  /** Called with the bytes of all the voice's files that have arrived, and with how many there are. */
  onProgress?(bytes: number, total: number): void;
  /** Bytes that can still be written to a folder; the operating system's answer when absent. */
  freeBytes?(dir: string): Promise<number>;
}

/** Left free beside a download: tokens, metadata, whatever else runs. */
const SPARE_BYTES = 32 * 2 ** 20;
const MEGABYTE = 2 ** 20;

/**
 * Downloads a voice into `<voicesDir>/<id>/`. Until everything is there and sound it lies in a hidden folder, where a
 * broken-off download is continued; one process at a time. A voice that is there already is answered as it is. Throws
 * `BootError`, or the signal's reason.
 */
export async function addVoice(entry: CatalogueEntry, voicesDir: string, options: AddOptions): Promise<InstalledVoice> {
  const { id } = entry;
  await makeFolder(voicesDir);
  return alone(voicesDir, id, async () => {
    if ((await voiceIds(voicesDir)).includes(id)) return readVoice(join(voicesDir, id));
    const dir = join(voicesDir, `.part-${id}`);
    await makeFolder(dir);
    await fetchFiles(entry, dir, options);
    await describe(entry, dir);
    await readVoice(dir, id);
    await rename(dir, join(voicesDir, id));
    return readVoice(join(voicesDir, id));
  });
}

/** Deletes a voice, and what a broken-off `addVoice` left of it. Throws `BootError` when there is neither. */
export async function removeVoice(voicesDir: string, id: string): Promise<void> {
  const missing = () =>
    new BootError(`There is no voice "${id}" in ${voicesDir}. See what there is: npm run voices -- list`);
  // Anything else could lead out of the folder.
  if (!isChosenId(id) || !(await exists(voicesDir))) throw missing();
  await alone(voicesDir, id, async () => {
    const found = [];
    for (const name of [id, `.part-${id}`]) if (await exists(join(voicesDir, name))) found.push(name);
    if (found.length === 0) throw missing();
    for (const name of found) {
      // Out of sight first: a server that looks now sees all of it or nothing.
      const aside = join(voicesDir, `.removed-${randomUUID()}`);
      await rename(join(voicesDir, name), aside);
      await rm(aside, { recursive: true });
    }
  });
}

const alone = <T>(voicesDir: string, id: string, work: () => Promise<T>): Promise<T> =>
  locked(
    join(voicesDir, `.lock-${id}`),
    (pid) => new BootError(`Voice "${id}" is being added or removed by process ${pid}. Wait until it is done.`),
    work,
  );

async function fetchFiles(entry: CatalogueEntry, dir: string, options: AddOptions): Promise<void> {
  const total = downloadSize(entry);
  let done = 0;
  const wanted: { file: RemoteFile; path: string }[] = [];
  for (const [role, file] of Object.entries(entry.files)) {
    const path = join(dir, FILE_NAMES[role]!);
    if (await isThere(path, file, options.signal)) done += file.size;
    else wanted.push({ file, path });
  }
  await requireSpace(dir, total - done, options);
  for (const { file, path } of wanted) {
    await download(file, path, { ...options, onProgress: (bytes) => options.onProgress?.(done + bytes, total) });
    done += file.size;
  }
}

/** What the downloaded files are called in a voice's folder. */
const FILE_NAMES: Readonly<Record<string, string>> = {
  model: PIPER_FILES.model,
  config: 'piper.json',
  voices: 'voices.bin',
  tokens: 'tokens.txt',
};

/** Whether an earlier call has fetched the file; metadata that it may have appended are cut off again. */
async function isThere(path: string, file: RemoteFile, signal: AbortSignal): Promise<boolean> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  if (size < file.size) return false;
  if (size > file.size) await truncate(path, file.size);
  return (await sha256Of(path, signal)) === file.sha256;
}

/** Writes what makes the files a voice. The network's file is changed last: until then it can be checked again. */
async function describe(entry: CatalogueEntry, dir: string): Promise<void> {
  if (entry.kind === 'piper') {
    const config: unknown = JSON.parse(await readFile(join(dir, FILE_NAMES.config!), 'utf8'));
    const { voice, tokens, metadata } = convertPiper(config, entry);
    await writeFile(join(dir, PIPER_FILES.tokens), tokens);
    await writeDescription(dir, voice);
    await appendOnnxMetadata(join(dir, PIPER_FILES.model), metadata);
    return;
  }
  const { kind, name, language, licence, sampleRate, speakers } = entry;
  const files = { model: FILE_NAMES.model!, voices: FILE_NAMES.voices!, tokens: FILE_NAMES.tokens! };
  await writeDescription(dir, {
    kind,
    name,
    languages: [language],
    sampleRate,
    speakers,
    licence,
    espeak: true,
    files,
  });
}

const writeDescription = (dir: string, voice: VoiceInput): Promise<void> =>
  writeFile(join(dir, VOICE_FILE), `${JSON.stringify(voiceSchema.parse(voice), null, 2)}\n`);

async function requireSpace(dir: string, bytes: number, { freeBytes = freeOnDisk }: AddOptions): Promise<void> {
  const free = await freeBytes(dir);
  if (free >= bytes + SPARE_BYTES) return;
  const megabytes = (count: number) => `${Math.ceil(count / MEGABYTE)} MB`;
  throw new BootError(
    `The voice needs ${megabytes(bytes + SPARE_BYTES)}, and ${megabytes(free)} are free in ${dir}. Make room, or put ` +
      'MODELS_DIR on another disk.',
  );
}

async function freeOnDisk(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

async function makeFolder(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new BootError(`The folder ${dir} cannot be made (${error.code}). Let this user write there.`, error);
  });
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
