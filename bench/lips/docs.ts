import { readFile, rm, writeFile } from 'node:fs/promises';
import type { FaceFinder } from '../../src/avatar/face.ts';
import { writeClip } from './clip.ts';
import { type EvaluationData, soundOf } from './data.ts';
import type { Pictures } from './heads.ts';
import type { TestModel } from './model.ts';
import type { Sitter } from './place.ts';
import { asMarkdown, between, type Measured, type Row } from './report.ts';
import { readSequences } from './sequences.ts';
import { showMoments, showVisemes } from './show.ts';
import { speak } from './speak.ts';

const PAGE = 'docs/lips.md';
const PICTURES = 'docs/lips';
/** Clips of bundled avatars, each saying one held-out sentence. */
const CLIPS = ['espeak-f4-kk02', 'flite-slt-en02'];
/** Side of an avatar's clip, pixels. */
const CLIP_SIDE = 360;

export interface DocsInput {
  rows: Row[];
  pictures: Pictures;
  ours: Measured;
  models: readonly TestModel[];
  data: EvaluationData;
  sitters: readonly Sitter[];
  finder: FaceFinder;
}

/** Writes the measured part of docs/lips.md, its sheets of pictures and its clips. */
export async function writeDocs({ rows, pictures, ours, models, data, sitters, finder }: DocsInput): Promise<void> {
  const page = between(await readFile(PAGE, 'utf8'), 'table', asMarkdown(rows));
  await writeFile(PAGE, between(page, 'details', details(pictures, ours)));
  await rm(PICTURES, { recursive: true, force: true });
  await showVisemes(`${PICTURES}/visemes.webp`, models, data, finder);
  await showMoments(`${PICTURES}/moments.webp`, models, data, finder);
  const model = models.at(-1)!;
  await headClip(`${PICTURES}/head.mp4`, model, data, finder);
  const avatars = sitters.slice(0, CLIPS.length);
  for (const [i, sitter] of avatars.entries())
    await avatarClip(`${PICTURES}/${sitter.name}.mp4`, model, sitter, CLIPS[i]!, data);
}

/** What lies behind the table's means. */
function details({ psnr, groups, lost }: Pictures, { sync, closures }: Measured): string {
  const voices = Object.entries(sync.voices).map(([name, { jaw, press }]) => {
    const closed = closures.by[name.split(' ')[0]!];
    return `| ${name} | ${jaw.toFixed(3)} | ${press.toFixed(3)} | ${closed === undefined ? '' : `${(100 * closed).toFixed(1)} %`} |`;
  });
  const names = Object.keys(psnr);
  const heads = Object.entries(groups)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([group, values]) => `| ${group} | ${names.map((name) => values[name]?.toFixed(2) ?? '').join(' | ')} |`);
  return [
    'Sync of ours and closed p, b, m for each held-out voice (closures over all of its languages):',
    '',
    '| voice | jaw | press | closures |',
    '|---|---|---|---|',
    ...voices,
    '',
    `PSNR (dB) of groups of held-out heads${lost.length > 0 ? `; no face was found in ${lost.length} more` : ''}:`,
    '',
    `| heads | ${names.join(' | ')} |`,
    `|---|${names.map(() => '---|').join('')}`,
    ...heads,
  ].join('\n');
}

/** A held-out head saying a sentence: the truth at the left, ours from the sound alone at the right. */
async function headClip(path: string, model: TestModel, data: EvaluationData, finder: FaceFinder): Promise<void> {
  const [sequence] = data.sequences;
  for await (const { utterance, sitter, frames } of readSequences(
    { ...data, sequences: sequence ? [sequence] : [] },
    finder,
  )) {
    const { pcm, mel } = await soundOf(utterance);
    const shown: Uint8Array[] = [];
    for await (const { index, data: picture } of speak(model, sitter, mel, [...frames.keys()])) {
      shown.push(beside(frames[index]!.data, picture, data.size));
    }
    await writeClip(path, { width: 2 * data.size, height: data.size, pcm, frames: shown, frameCount: shown.length });
  }
}

/** The avatar's first frame saying an utterance, at half size. */
async function avatarClip(
  path: string,
  model: TestModel,
  sitter: Sitter,
  id: string,
  { utterances }: EvaluationData,
): Promise<void> {
  const utterance = utterances.find((one) => one.id === id);
  if (!utterance) throw new Error(`the prepared speech lacks ${id}`);
  const { pcm, mel } = await soundOf(utterance);
  const all = Array.from({ length: utterance.frames }, (_, i) => i);
  const frames: Uint8Array[] = [];
  for await (const { data } of speak(model, sitter, mel, all)) frames.push(data.slice());
  const { width, height } = sitter.frame;
  await writeClip(path, { width, height, pcm, frames, frameCount: frames.length, side: CLIP_SIDE });
}

/** Two I420 pictures of `side`×`side` next to each other. */
function beside(left: Uint8Array, right: Uint8Array, side: number): Uint8Array {
  const out = new Uint8Array(2 * left.length);
  let from = 0;
  let to = 0;
  for (const [rows, width] of [
    [side, side],
    [side / 2, side / 2],
    [side / 2, side / 2],
  ] as const) {
    for (let row = 0; row < rows; row++, from += width, to += 2 * width) {
      out.set(left.subarray(from, from + width), to);
      out.set(right.subarray(from, from + width), to + width);
    }
  }
  return out;
}
