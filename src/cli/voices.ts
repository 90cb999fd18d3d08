import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { readConfig } from '../config.ts';
import { BootError } from '../errors.ts';
import { LANGUAGES, type Language } from '../types.ts';
import { type CatalogueEntry, downloadSize, readCatalogue } from '../voices/catalogue.ts';
import { readVoice, voiceIds } from '../voices/folder.ts';
import { addVoice, removeVoice } from '../voices/manage.ts';

/** Folder of the list of voices, and inside it of the voices. */
const VOICES = 'voices';
const MEGABYTE = 1e6;

/** `voices list|add|remove`: natural voices on this machine. */
export function voicesCommand(): Command {
  const command = new Command('voices').description('Natural voices on this machine.').showHelpAfterError();
  command
    .command('list', { isDefault: true })
    .description('List the voices that are here and those that can be added.')
    .action(async () => {
      process.stdout.write(await listVoices(readConfig().MODELS_DIR));
    });
  command
    .command('add')
    .description('Download a voice; a broken-off download is continued.')
    .argument('<id>', 'one of the list')
    .action(async (id: string) => {
      process.exitCode = await add(readConfig().MODELS_DIR, id.toLowerCase());
    });
  command
    .command('remove')
    .description('Delete a voice.')
    .argument('<id>', 'one of the list')
    .action(async (id: string) => {
      await removeVoice(join(readConfig().MODELS_DIR, VOICES), id.toLowerCase());
      process.stdout.write(`${id} is removed.\n`);
    });
  return command;
}

interface Row {
  id: string;
  language: Language;
  name: string;
  licence: string;
  gender?: string;
  sample?: string;
  /** Bytes to download; 0 for a voice that somebody put here by hand. */
  size: number;
}

/** What is here (`+`) and what can be added, by language, and what is wrong with folders that are no voices. */
export async function listVoices(modelsDir: string): Promise<string> {
  const catalogue = await readCatalogue(join(modelsDir, `${VOICES}.json`));
  const rows: Row[] = catalogue.map((entry) => ({ ...entry, size: downloadSize(entry) }));
  const here = new Set<string>();
  const faults: string[] = [];
  for (const id of await voiceIds(join(modelsDir, VOICES))) {
    try {
      const { name, licence, languages } = await readVoice(join(modelsDir, VOICES, id), id);
      here.add(id);
      if (!rows.some((row) => row.id === id)) rows.push({ id, name, licence, language: languages[0]!, size: 0 });
    } catch (error) {
      if (!(error instanceof BootError)) throw error;
      faults.push(`\n${error.message}\n`);
    }
  }
  const width = Math.max(...rows.map(({ id }) => id.length));
  const groups = LANGUAGES.map((language) => {
    const lines = rows.filter((row) => row.language === language).map((row) => lineOf(row, here.has(row.id), width));
    return `${language}\n${lines.join('\n')}\n`;
  });
  return `${groups.join('\n')}${faults.join('')}\n+ is here already. Add another: npm run voices -- add <id>\n`;
}

function lineOf({ id, name, gender, licence, size, sample = '' }: Row, isHere: boolean, width: number): string {
  const cells = [
    `${isHere ? '+' : ' '} ${id.padEnd(width)}`,
    (size ? `${Math.round(size / MEGABYTE)} MB` : '').padStart(7),
    licence.padEnd(14),
    (gender ? `${name}, ${gender}` : name).padEnd(18),
    sample,
  ];
  return cells.join('  ').trimEnd();
}

async function add(modelsDir: string, id: string): Promise<number> {
  const entry = await find(modelsDir, id);
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());
  const bar = new SingleBar({
    format: `${id} {bar} {percentage}% | {megabytes} | {eta_formatted} left`,
    stream: process.stderr,
    noTTYOutput: false,
    clearOnComplete: true,
    hideCursor: true,
  });
  const of = (bytes: number, total: number) => `${Math.round(bytes / MEGABYTE)}/${Math.round(total / MEGABYTE)} MB`;
  try {
    bar.start(downloadSize(entry), 0, { megabytes: of(0, downloadSize(entry)) });
    const voice = await addVoice(entry, join(modelsDir, VOICES), {
      signal: interrupted.signal,
      onProgress: (bytes, total) => bar.update(bytes, { megabytes: of(bytes, total) }),
    });
    bar.stop();
    process.stdout.write(`${id} is in ${voice.dir}. Licence: ${entry.licence}, see ${entry.licencePage}\n`);
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    throw error;
  } finally {
    bar.stop();
  }
}

async function find(modelsDir: string, id: string): Promise<CatalogueEntry> {
  const catalogue = await readCatalogue(join(modelsDir, `${VOICES}.json`));
  const entry = catalogue.find((one) => one.id === id);
  if (entry) return entry;
  throw new BootError(`There is no voice "${id}". There is: ${catalogue.map((one) => one.id).join(', ')}.`);
}
