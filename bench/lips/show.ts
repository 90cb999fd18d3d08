import { cropFrame } from '../../src/avatar/crop.ts';
import type { FaceFinder } from '../../src/avatar/face.ts';
import { FRAMING, SIDE } from './contract.ts';
import { type EvaluationData, soundOf, type Utterance } from './data.ts';
import { compareAt } from './heads.ts';
import type { TestModel } from './model.ts';
import { mapped, place } from './place.ts';
import { readSequences, type TrueSequence } from './sequences.ts';
import { type Tile, tileOf, writeSheet } from './sheet.ts';
import { readFrames, sit } from './sitters.ts';
import { speak } from './speak.ts';

/** Poses shown of every head, as identities.json names them. */
const POSES = ['a', 'e', 'i', 'o', 'u', 'pbm', 'fv', 'sh', 'l'];
/** Heads in the sheet of visemes, spread over the list. */
const HEADS = 6;
/** What is looked at in the sheet of moments, and how many of each. */
const MOMENTS = { 'p b m': ['bilabial'], 'f v': ['labiodental'], 'o u': ['mid round', 'open round', 'close round'] };
const EACH = 3;
const SEQUENCES = 4;

/** Held-out heads in the main visemes: reference, study, ours, truth. */
export async function showVisemes(
  path: string,
  models: readonly TestModel[],
  data: EvaluationData,
  finder: FaceFinder,
): Promise<void> {
  const rows: { title: string; tiles: Tile[] }[] = [];
  const step = Math.max(1, Math.floor(data.heads.length / HEADS));
  for (const head of data.heads.filter((_, i) => i % step === 0).slice(0, HEADS)) {
    const frames = await readFrames(`heads/${head.seed}.png`, data.size);
    const sitter = await sit(String(head.seed), frames[0]!, finder);
    if (!sitter) continue;
    const reference = tileOf(Float32Array.from(place(sitter, FRAMING).reference.data), SIDE);
    const lines = new Map([...models.map(({ name }) => name), 'truth'].map((name) => [name, [reference]]));
    for (const name of POSES) {
      const at = head.poses.findIndex((pose) => pose.name === name);
      if (at < 0) throw new Error(`the prepared heads lack the pose ${name}`);
      const { drawn, truth } = await compareAt(models, sitter, frames[at + 1]!, head.poses[at]!.params);
      for (const [model, picture] of drawn) lines.get(model)!.push(tileOf(picture, SIDE));
      lines.get('truth')!.push(tileOf(truth, SIDE));
    }
    for (const [title, tiles] of lines) rows.push({ title, tiles });
  }
  await writeSheet(path, { titles: ['reference', ...POSES], rows, side: 120 });
}

/** Moments of whole sentences in which one looks at the lips: from sound alone, beside the truth. */
export async function showMoments(
  path: string,
  models: readonly TestModel[],
  data: EvaluationData,
  finder: FaceFinder,
): Promise<void> {
  const rows: { title: string; tiles: Tile[] }[] = [];
  const step = Math.max(1, Math.floor(data.sequences.length / SEQUENCES));
  const chosen = data.sequences.filter((_, i) => i % step === 0).slice(0, SEQUENCES);
  for await (const shown of readSequences({ ...data, sequences: chosen }, finder)) {
    const wanted = momentFrames(shown.utterance);
    for (const model of models) {
      rows.push({ title: model.name, tiles: await tilesOf(model, shown, wanted) });
    }
    const { matrix } = place(shown.sitter, FRAMING);
    const truth = wanted.map((frame) => Float32Array.from(cropFrame(shown.frames[frame]!, matrix, SIDE).data));
    rows.push({ title: 'truth', tiles: truth.map((crop) => tileOf(crop, SIDE)) });
  }
  const titles = Object.keys(MOMENTS).flatMap((name) => Array.from({ length: EACH }, () => name));
  await writeSheet(path, { titles, rows, side: 120 });
}

/** Frames in the middle of the first few phonemes of each kind; where there are fewer, the last one again. */
export function momentFrames({ phones, frames }: Pick<Utterance, 'phones' | 'frames'>): number[] {
  return Object.values(MOMENTS).flatMap((visemes) => {
    const found = phones
      .filter(([, , , viseme]) => visemes.includes(viseme))
      .map(([start, end]) => Math.min(frames - 1, Math.floor(((start + end) / 2) * 25)));
    return Array.from({ length: EACH }, (_, i) => found[Math.min(i, found.length - 1)] ?? 0);
  });
}

async function tilesOf(
  model: TestModel,
  { utterance, sitter }: TrueSequence,
  wanted: readonly number[],
): Promise<Tile[]> {
  const { mel } = await soundOf(utterance);
  const [base, placed] = [place(sitter, FRAMING), place(sitter, model.framing)];
  const tiles = new Map<number, Tile>();
  const frames = [...new Set(wanted)].sort((a, b) => a - b);
  for await (const { index, patch } of speak(model, sitter, mel, frames, placed)) {
    tiles.set(index, tileOf(mapped(patch, placed, base), SIDE));
  }
  return wanted.map((frame) => tiles.get(frame)!);
}
