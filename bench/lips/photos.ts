import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { padToFrames } from '../../src/audio/chunk-sound.ts';
import { cropFrame } from '../../src/avatar/crop.ts';
import type { Settings } from '../../src/config.ts';
import { type OpenEngines, openEngines } from '../../src/engines.ts';
import { silentLog } from '../../src/log.ts';
import { say } from '../../src/say.ts';
import { talkingFrames } from '../../src/talking-frames.ts';
import { FPS, LANGUAGES, type Language, SAMPLES_PER_FRAME } from '../../src/types.ts';
import { writeClip } from './clip.ts';
import { SIDE } from './contract.ts';
import { type Tile, tileOf, writeSheet } from './sheet.ts';

/** Of `training/evaluation/sentences.json`: many p, b, m in each. */
const SENTENCES: Record<Language, string> = { ru: 'ru01', kk: 'kk02', en: 'en02' };
const COLUMNS = 16;
const MAX_FRAMES = 6 * COLUMNS;
const PICTURES = ['.png', '.jpg', '.jpeg', '.webp'];
const never = new AbortController().signal;

/**
 * Lets every picture of `folder` say one sentence in each language through the whole server pipeline, and writes a sheet
 * of all frames and an MP4 of each to `out`. Resolves with one line per picture: what was written or why nothing was.
 */
export async function tryPhotos(folder: string, out: string, settings: Settings): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => PICTURES.includes(extname(name).toLowerCase()));
  const lines: string[] = [];
  await mkdir(out, { recursive: true });
  for (const name of names.sort()) {
    const id =
      basename(name, extname(name))
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '') || 'photo';
    lines.push(await tryPhoto(join(folder, name), id, out, settings));
  }
  return lines;
}

async function tryPhoto(path: string, id: string, out: string, settings: Settings): Promise<string> {
  const avatars = await mkdtemp(join(tmpdir(), 'soyle-photos-'));
  try {
    await mkdir(join(avatars, id));
    await copyFile(path, join(avatars, id, `picture${extname(path).toLowerCase()}`));
    const engines = await openEngines({ ...settings, AVATARS_DIR: avatars, AVATAR: id }, silentLog);
    try {
      for (const language of LANGUAGES) await saySentence(engines, language, join(out, `${id}-${language}`));
    } finally {
      await engines.close();
    }
    return `${path}: ${join(out, `${id}-*.webp`)}`;
  } catch (error) {
    return `${path}: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    await rm(avatars, { recursive: true, force: true });
  }
}

async function saySentence(engines: OpenEngines, language: Language, path: string): Promise<void> {
  const { avatar, lips, speech } = engines;
  const text = await sentenceText(language);
  const pcm = padToFrames((await say({ text, language }, speech, never)).pcm);
  const pictures: Uint8Array[] = [];
  for await (const picture of talkingFrames(pcm, { pose: 0 }, avatar, lips, never)) pictures.push(picture.slice());
  const { width, height } = avatar;
  const tiles: Tile[] = pictures.slice(0, MAX_FRAMES).map((data, frame) => {
    const crop = avatar.crops[frame % avatar.crops.length]!;
    return tileOf(Float32Array.from(cropFrame({ width, height, data }, crop, SIDE).data), SIDE);
  });
  const rows = Array.from({ length: Math.ceil(tiles.length / COLUMNS) }, (_, row) => ({
    title: `${((row * COLUMNS) / FPS).toFixed(2)} s`,
    tiles: tiles.slice(row * COLUMNS, (row + 1) * COLUMNS),
  }));
  await writeSheet(`${path}.webp`, { titles: [text], rows, side: 120 });
  await writeClip(`${path}.mp4`, { width, height, pcm, frames: pictures, frameCount: pcm.length / SAMPLES_PER_FRAME });
}

/** The text of a language's sentence in the committed list. */
export async function sentenceText(language: Language): Promise<string> {
  const list = JSON.parse(await readFile('training/evaluation/sentences.json', 'utf8')) as Record<
    Language,
    { id: string; text: string }[]
  >;
  const found = list[language].find(({ id }) => id === SENTENCES[language]);
  if (!found) throw new Error(`sentences.json lacks ${SENTENCES[language]}`);
  return found.text;
}
