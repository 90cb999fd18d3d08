import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readConfig, type Settings } from '../../src/config.ts';
import { type OpenEngines, openEngines } from '../../src/engines.ts';
import { silentLog } from '../../src/log.ts';
import { inOrder, isInput } from './cases.ts';
import { makeDisguised } from './disguised.ts';
import { makeInputs } from './inputs.ts';
import { type Climb, climbOut, openBait, snapshot } from './malice.ts';
import { measurePaste } from './paste.ts';
import { drawPreviewFor, drawTile, fillIn, mayBeShown, tilePath } from './pictures.ts';
import { register } from './register.ts';
import { startServer, type TrialServer } from './server.ts';
import { climbsOf, type Row, tableOf } from './table.ts';

// Registers every file of a folder with a real server, lets what became an avatar speak, and measures both.
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Makes the trial's own inputs in the folder first, from the faces that `training.heads.portraits` wrote here. */
    portraits: { type: 'string' },
    /** Writes tables and pictures of docs/avatars.md anew. */
    docs: { type: 'boolean', default: false },
  },
});

const TEXT = 'Мама мыла раму. А папа пил кофе!';
const DEFAULT = 'anna';
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = join(ROOT, 'docs/avatars.md');
const PICTURES = join(ROOT, 'docs/avatars');
const PREVIEW_OF = 'several.jpg';
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const [folder] = positionals;
if (!folder) throw new Error('usage: npm run try:avatars -- <folder of inputs> [--portraits <folder>] [--docs]');
const room = await mkdtemp(join(tmpdir(), 'soyle-trial-'));
const settings: Settings = { ...readConfig(), AVATARS_DIR: join(room, 'avatars'), OUTPUT_DIR: join(room, 'outputs') };
const bait = await openBait();
try {
  const baitFile = join(room, 'bait');
  await writeFile(baitFile, 'bait');
  if (options.portraits) {
    await makeInputs(folder, { portraits: options.portraits, avatars: join(ROOT, 'avatars') });
    await makeDisguised(folder, join(folder, 'photo-512.png'), { file: baitFile, url: bait.url });
  }
  await cp(join(ROOT, 'avatars', DEFAULT), join(settings.AVATARS_DIR, DEFAULT), { recursive: true });
  const rows = await trial(folder, settings);
  const table = tableOf(rows);
  say(`\n${table}\n\nbait asked for: ${bait.asked()}`);
  if (options.docs) await fillIn(PAGE, 'inputs', table);
} finally {
  bait.close();
  await rm(room, { recursive: true, force: true });
}

async function trial(dir: string, { AVATARS_DIR, OUTPUT_DIR }: Settings): Promise<Row[]> {
  const files = inOrder((await readdir(dir)).filter(isInput));
  const rows: Row[] = [];
  const server = await startServer({ AVATARS_DIR, OUTPUT_DIR });
  try {
    for (const [index, file] of files.entries()) rows.push(await tryFile(server, dir, file, `trial-${index}`));
    if (files.includes('photo-512.png')) await tryToClimb(server, join(dir, 'photo-512.png'), rows);
  } finally {
    await server.stop();
  }
  const engines = await openEngines(settings, silentLog, { watchAvatars: true });
  try {
    const spoken = await engines.speech.speak({ text: TEXT, language: 'ru' }, new AbortController().signal);
    for (const row of rows) if (row.registered.report) await trySpeaking(engines, row, spoken.pcm);
  } finally {
    await engines.close();
  }
  return rows;
}

async function tryFile(server: TrialServer, dir: string, file: string, id: string): Promise<Row> {
  const registered = await register(server, join(dir, file), id);
  const { code, error, report, doneMs, peak } = registered;
  say(
    `${file}: ${report?.quality ?? code} after ${Math.round(doneMs)} ms, ${peak.preparing.toFixed(0)} MB, server ${peak.server.toFixed(0)} MB`,
  );
  if (error) say(`  ${error}`);
  for (const { level, message } of report?.findings ?? []) say(`  ${level}: ${message.en}`);
  if (!options.docs || !report || !mayBeShown(file)) return { file, registered };
  const preview = new Uint8Array(await (await fetch(`${server.url}/api/avatars/${id}/preview`)).arrayBuffer());
  if (file === PREVIEW_OF) await drawPreviewFor(preview, tilePath(PICTURES, 'preview'));
  return { file, registered, preview };
}

async function tryToClimb(server: TrialServer, picture: string, rows: readonly Row[]): Promise<void> {
  const ids = rows.map(({ registered }) => registered.id);
  const before = await snapshot(room, [...ids, 'avatar-']);
  const climbs: Climb[] = await climbOut(server, picture);
  const after = await snapshot(room, [...ids, 'avatar-']);
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  );
  say(`\n${climbsOf(climbs)}\n\nfiles changed outside: ${changed.length} ${changed.join(' ')}`);
  if (options.docs) await fillIn(PAGE, 'climbs', climbsOf(climbs));
}

async function trySpeaking(engines: OpenEngines, row: Row, pcm: Int16Array): Promise<void> {
  const { file, registered, preview } = row;
  const { avatar, lips, release } = await engines.open(registered.id, {}, new AbortController().signal);
  try {
    const pasted = await measurePaste(avatar, lips, pcm);
    const { own, pasted: step, added, outside, ms } = pasted;
    const steps = `${own.toFixed(2)} own, ${step.toFixed(2)} pasted, ${added.toFixed(2)} added`;
    say(`${file}: ΔE ${steps}; ${outside} changed outside; ${ms.toFixed(1)} ms a frame`);
    row.pasted = pasted;
    if (!preview) return;
    const name = file.replace(/\.\w+$/, '');
    await drawTile(preview, pasted.widest, avatar.face, tilePath(PICTURES, name));
    row.picture = `avatars/${name}.webp`;
  } finally {
    release();
  }
}
