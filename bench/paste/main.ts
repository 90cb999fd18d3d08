import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { padToFrames } from '../../src/audio/chunk-sound.ts';
import { openFaceFinder } from '../../src/avatar/face.ts';
import { readConfig } from '../../src/config.ts';
import { openLips } from '../../src/lipsync/index.ts';
import { readLipsModel } from '../../src/lipsync/manifest.ts';
import { silentLog } from '../../src/log.ts';
import { decodePicture } from '../../src/media/decode.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';
import { createSpeechEngine } from '../../src/speech/index.ts';
import { openData } from '../lips/data.ts';
import { place, type Sitter } from '../lips/place.ts';
import { sit } from '../lips/sitters.ts';
import { median } from '../measure.ts';
import { measureCost } from './cost.ts';
import { drawSheet } from './look.ts';
import { changedOutside, measureSeam, type Seam } from './seam.ts';
import { speaking } from './speaking.ts';
import { type HeadSeam, measureHeads } from './truth.ts';

// Lets pictures (files or folders) say a sentence and measures how well their mouths are pasted.
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Longest side of the pictures, pixels. */
    side: { type: 'string', default: '1080' },
    /** Patches as of a model of so many pixels, with an error of light; the model's own when absent. */
    small: { type: 'string' },
    text: { type: 'string', default: 'Мама мыла раму. А папа пил кофе!' },
    /** Writes a sheet of each picture's mouth here. */
    out: { type: 'string' },
    /** Measures what each picture costs at 512×512 and 1080×1080 instead. */
    cost: { type: 'boolean', default: false },
    /** Measures the held-out heads of `npm run eval:lips` against the rendered truth instead; needs that data. */
    heads: { type: 'boolean', default: false },
    python: { type: 'string', default: 'python3' },
  },
});

const PICTURES = ['.png', '.jpg', '.jpeg', '.webp'];
const COST_SIDES = [512, 1080];
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const { MODELS_DIR, LIPS_MODEL, EXECUTION_PROVIDERS: providers } = readConfig();
const model = await readLipsModel(MODELS_DIR, LIPS_MODEL);
const lips = await openLips(model, { providers, workers: 1, threads: 2, batchSize: 4, log: silentLog });
const finder = await openFaceFinder({ modelsDir: MODELS_DIR });
const media = createMedia({ log: silentLog });
const speech = await createSpeechEngine('espeak', { log: silentLog, media });
try {
  await speech.start();
  const spoken = await speech.speak({ text: options.text, language: 'ru' }, new AbortController().signal);
  const pcm = padToFrames(spoken.pcm);
  const files = await pictureFiles(positionals);
  if (options.heads) await tryHeads();
  else if (options.cost) {
    for (const path of files) {
      for (const side of COST_SIDES) {
        const { paste, whole } = await measureCost(path, side, pcm, { lips, model, finder, media });
        say(`${path} at ${side}²: paste ${paste.toFixed(2)} ms, lips + paste + encode ${whole.toFixed(2)} ms a frame`);
      }
    }
  } else {
    say(`${'picture'.padEnd(24)} crop px  own ΔE  pasted  added  worst  bytes outside      ms`);
    for (const path of files) await tryPicture(path, pcm);
  }
} finally {
  await Promise.all([speech.close(), finder.close(), lips.close()]);
}

async function tryHeads(): Promise<void> {
  if (model.kind !== 'soyle') throw new Error(`${model.id} is of kind ${model.kind}: heads have no sound`);
  say('head        own ΔE  rendered  pasted');
  const all: HeadSeam[] = [];
  for await (const head of measureHeads(await openData(options.python), model, finder)) {
    all.push(head);
    say(`${String(head.seed).padEnd(10)} ${lineOf(head)}`);
  }
  const mean = (of: keyof HeadSeam): number => all.reduce((sum, head) => sum + head[of], 0) / all.length;
  const means = { own: mean('own'), truth: mean('truth'), pasted: mean('pasted') };
  const most = Math.max(...all.map(({ pasted, truth }) => pasted - truth));
  say(`all ${all.length}     ${lineOf(means)}; pasted at most ${most.toFixed(2)} above rendered`);
}

function lineOf({ own, truth, pasted }: Omit<HeadSeam, 'seed'>): string {
  return [own, truth, pasted].map((value) => value.toFixed(2).padStart(7)).join('  ');
}

async function tryPicture(path: string, pcm: Int16Array): Promise<void> {
  const { width, height, i420: data } = await decodePicture(path, { maxSide: Number(options.side) });
  const stem = basename(path, extname(path));
  // Posters all have one name.
  const name = stem === 'poster' ? basename(dirname(path)) : stem;
  const sitter = await sit(name, { width, height, data }, finder);
  if (!sitter) say(`${path}: no face`);
  else await trySitter(sitter, pcm);
}

/** Measures every frame that speaks and writes a line. */
async function trySitter(sitter: Sitter, pcm: Int16Array): Promise<void> {
  const { name, frame } = sitter;
  const placed = place(sitter, model.framing, lips.size);
  const { matrix, mask } = placed;
  const seams: Seam[] = [];
  const times: number[] = [];
  const shown = new Map<number, { data: Uint8Array; weight: number }>();
  let outside = 0;
  const small = options.small ? Number(options.small) : undefined;
  for await (const { index, data, weight, ms } of speaking(sitter, placed, pcm, lips, small)) {
    if (weight === 0) continue;
    seams.push(measureSeam(frame, data, matrix, mask));
    outside += changedOutside(frame, data, matrix, mask);
    times.push(ms);
    if (options.out) shown.set(index, { data: data.slice(), weight });
  }
  if (options.out) await drawSheet(join(options.out, `${name}.webp`), sitter, placed, shown);
  const mean = (of: keyof Seam): number => seams.reduce((sum, seam) => sum + seam[of], 0) / seams.length;
  const numbers = [mean('own'), mean('pasted'), mean('added'), Math.max(...seams.map(({ added }) => added))];
  const side = Math.round(Math.hypot(matrix[0], matrix[3]));
  const columns = [...numbers.map((value) => value.toFixed(2)), outside, median(times).toFixed(2)];
  say(`${name.padEnd(24)} ${String(side).padStart(7)} ${columns.map((value) => String(value).padStart(7)).join(' ')}`);
}

async function pictureFiles(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    if ((await stat(path)).isFile()) found.push(path);
    else found.push(...(await readdir(path)).sort().map((name) => join(path, name)));
  }
  return found.filter((path) => PICTURES.includes(extname(path).toLowerCase()));
}
