import { randomBytes } from 'node:crypto';
import { copyFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, parse, resolve } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { AvatarFacts } from '../avatar/facts.ts';
import { isVerdict } from '../avatar/faults.ts';
import type { AvatarLibrary } from '../avatar/library.ts';
import { readAvatarSource } from '../avatar/manifest.ts';
import { readPrepared } from '../avatar/prepared.ts';
import { loadConfig, type Settings } from '../config.ts';
import { openAvatars, openModels } from '../engines.ts';
import { BootError, SoyleError } from '../errors.ts';
import { isChosenId } from '../ids.ts';
import { createLog, silentLog } from '../log.ts';
import { createMedia } from '../media/ffmpeg.ts';
import { registerAvatar } from '../register.ts';
import { AVATAR_CHARS, FACE_POINT, facePoint, PLAIN_WORDS, VOICE_GENDERS, type VoiceGender } from '../types.ts';

interface AddOptions {
  id?: string;
  name?: string;
  face?: { x: number; y: number };
  idle?: 'alive' | 'still';
  gender?: VoiceGender;
  licence?: string;
  origin?: string;
  consent?: boolean;
}

const chosenId = (text: string): string => {
  if (!isChosenId(text))
    throw new InvalidArgumentError('Letters a-z, digits, "-" and "_", a letter or digit first, at most 64 characters.');
  return text;
};

const point = (text: string): { x: number; y: number } => {
  if (!FACE_POINT.test(text)) throw new InvalidArgumentError('Two numbers, such as 320,240.');
  return facePoint(text);
};

const wordsOf =
  (most: number) =>
  (text: string): string => {
    const said = text.trim();
    if (said === '' || said.length > most || !PLAIN_WORDS.test(said)) {
      throw new InvalidArgumentError(`1 to ${most} characters, none of them a control character.`);
    }
    return said;
  };
const words = wordsOf(AVATAR_CHARS.words);

/** `avatar add|list|remove`: the avatars of this machine, without the server. */
export function avatarCommand(): Command {
  const command = new Command('avatar').description('The avatars on this machine.');
  command
    .command('list', { isDefault: true })
    .description('List the avatars and how good they will look.')
    .action(async () => {
      process.stdout.write(await listAvatars(loadConfig()));
    });
  command
    .command('add')
    .description('Make an avatar of a photo or a short video, and say how good it will look.')
    .argument('<file>', 'PNG, JPEG, WebP, MP4, MOV, WebM, MKV or GIF')
    .option('--id <id>', 'what requests will call it; made up unless set', chosenId)
    .option('--name <name>', "for people; the file's own without its ending unless set", wordsOf(AVATAR_CHARS.name))
    .option('--face <x,y>', 'a point on the face that is meant, in pixels of the upright picture', point)
    .addOption(new Option('--idle <how>', 'whether a photo breathes and blinks').choices(['alive', 'still']))
    .addOption(new Option('--gender <of>', 'of its voice where a request names none').choices([...VOICE_GENDERS]))
    .option('--licence <words>', 'to be kept with it', words)
    .option('--origin <words>', 'who or what is shown and where it comes from', words)
    .option('--consent', 'the person shown has agreed; needed')
    .action(async (file: string, options: AddOptions) => {
      process.exitCode = await addAvatar(file, options, loadConfig());
    });
  command
    .command('remove')
    .description('Delete an avatar and its files.')
    .argument('<id>', 'one of the list', chosenId)
    .action(async (id: string) => {
      const settings = loadConfig();
      const ids = await idsIn(settings.AVATARS_DIR);
      if (!ids.includes(id)) throw new SoyleError('avatar_unknown', { avatar: id, known: ids.join(', ') });
      await withLibrary(settings, [id], (library) => library.remove(id));
      process.stdout.write(`${id} is removed.\n`);
    });
  return command;
}

/** One line an avatar: id, kind, size, quality. Nothing is prepared for it. */
export async function listAvatars({ AVATARS_DIR, AVATAR }: Settings): Promise<string> {
  const ids = await idsIn(AVATARS_DIR);
  const width = Math.max(0, ...ids.map((id) => id.length));
  const lines = ids.map(async (id) => {
    const told = await describe(join(AVATARS_DIR, id)).catch((error: unknown) => {
      if (error instanceof BootError) return error.message;
      throw error;
    });
    return `${id === AVATAR ? '*' : ' '} ${id.padEnd(width)}  ${plain(told)}\n`;
  });
  return `${(await Promise.all(lines)).join('')}\n* speaks where nobody is named (AVATAR)\n`;
}

/** As a terminal may have it: files and what they say were named by anybody. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ');

/** The avatars' folders in `dir`. Throws `BootError` where that cannot be read. */
async function idsIn(dir: string): Promise<string[]> {
  const found = await readdir(dir, { withFileTypes: true }).catch((error) => {
    throw new BootError(`The folder of avatars ${dir} cannot be read: ${error.code}. Set AVATARS_DIR.`, error);
  });
  return found
    .filter((one) => !one.isFile() && isChosenId(one.name))
    .map(({ name }) => name)
    .sort();
}

async function describe(dir: string): Promise<string> {
  const source = await readAvatarSource(dir);
  const prepared = await readPrepared(source, join(dir, '.cache'), { log: silentLog });
  if (!prepared) return `${source.kind.padEnd(7)}  not prepared yet`;
  const { width, height, report } = prepared;
  return `${source.kind.padEnd(7)}  ${`${width}×${height}`.padEnd(9)}  ${report.quality.padEnd(4)}  ${source.name}`;
}

/** Resolves with the exit code. */
async function addAvatar(file: string, { consent, ...said }: AddOptions, settings: Settings): Promise<number> {
  if (!consent) throw new BootError('The person shown must have agreed: say so with --consent.');
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());
  const path = join(tmpdir(), `soyle-${randomBytes(8).toString('hex')}`);
  await copyFile(resolve(file), path).catch((error) => {
    throw new BootError(`Cannot read ${file}: ${error.code}.`, error);
  });
  try {
    return await withLibrary(settings, [], (library) =>
      addTo(library, { file, path, said, consent }, settings, interrupted.signal),
    );
  } finally {
    // Where models or folder could not be opened nobody has taken it over.
    await rm(path, { force: true });
  }
}

interface Added {
  file: string;
  /** A copy of it, which is taken over. */
  path: string;
  said: Omit<AddOptions, 'consent'>;
  consent: true;
}

/** Resolves with the exit code. */
async function addTo(
  library: AvatarLibrary,
  { file, path, said, consent }: Added,
  settings: Settings,
  signal: AbortSignal,
): Promise<number> {
  const media = createMedia({ ffmpegPath: settings.FFMPEG_PATH, ffprobePath: settings.FFPROBE_PATH, log: silentLog });
  const upload = { name: nameOf(file), ...said, path, consent };
  const { id } = await registerAvatar(upload, library, media).catch((error: SoyleError) => {
    throw isVerdict(error) ? new BootError(`${file}: ${error.message}`, error) : error;
  });
  const facts = await watched(library, id, signal).catch(async (error) => {
    if (!signal.aborted) throw error;
    await library.remove(id);
  });
  if (!facts) return 130;
  if (facts.error) {
    // No server runs that would try again; the file it came from is still where it was.
    await library.remove(id).catch(() => undefined);
    throw ofFile(file, facts.error, join(settings.AVATARS_DIR, id));
  }
  process.stdout.write(told(facts));
  return 0;
}

/** What kept the avatar in `folder` from being made, told of the file that the user gave instead of its copy there. */
function ofFile(file: string, error: SoyleError, folder: string): Error {
  if (!(error.cause instanceof BootError)) return error;
  const [before, after] = error.cause.message.split(join(folder, 'source.'), 2);
  return after === undefined ? error : new BootError(`${before}${file}${after.replace(/^\w+/, '')}`, error);
}

/** What people call the avatar of a file, unless they say. */
const nameOf = (file: string): string | undefined =>
  plain(parse(file).name).trim().slice(0, AVATAR_CHARS.name) || undefined;

/** The avatar once it is ready or has failed; a bar on standard error until then. */
async function watched(library: AvatarLibrary, id: string, signal: AbortSignal): Promise<AvatarFacts> {
  const bar = new SingleBar({
    format: `${id} {bar} {percentage}% | {stage}`,
    ...{ stream: process.stderr, noTTYOutput: false, clearOnComplete: true, hideCursor: true },
  });
  try {
    bar.start(1, 0, { stage: '' });
    for await (const { progress, stage = '' } of library.follow(id, signal)) bar.update(progress, { stage });
  } finally {
    bar.stop();
  }
  return library.facts(id);
}

function told({ id, width, height, report }: AvatarFacts): string {
  const advice = report?.findings.map(({ level, message }) => `  ${level.padEnd(4)}  ${message.en}\n`) ?? [];
  return `${id} is ready, ${width}×${height}. ${report?.summary.en}\n${advice.join('')}`;
}

/** Runs `work` on the avatars of the settings, of which only `known` are looked at. */
async function withLibrary<T>(
  settings: Settings,
  known: readonly string[],
  work: (library: AvatarLibrary) => Promise<T>,
): Promise<T> {
  const log = createLog(settings.LOG_LEVEL === 'info' ? 'error' : settings.LOG_LEVEL);
  const media = createMedia({ ffmpegPath: settings.FFMPEG_PATH, ffprobePath: settings.FFPROBE_PATH, log });
  const shelf = await openModels(settings, log);
  let lips: ReturnType<typeof shelf.open> | undefined;
  const lipsReady = (): ReturnType<typeof shelf.open> => {
    lips ??= shelf.open();
    return lips;
  };
  try {
    const { library, end } = await openAvatars(settings, { media, lipsReady, log, only: known });
    try {
      return await work(library);
    } finally {
      await end();
    }
  } catch (error) {
    throw error instanceof SoyleError && error.cause instanceof BootError ? error.cause : error;
  } finally {
    await shelf.close();
  }
}
