import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type FaceFinder, openFaceFinder } from '../../src/avatar/face.ts';
import { readConfig } from '../../src/config.ts';
import { BootError } from '../../src/errors.ts';
import { type LipsModel, readLipsModel } from '../../src/lipsync/manifest.ts';
import { measureClosures } from './closures.ts';
import { type EvaluationData, openData, soundOf } from './data.ts';
import { writeDocs } from './docs.ts';
import { measurePictures } from './heads.ts';
import { measureIdentity } from './identity.ts';
import type { TestModel } from './model.ts';
import { tryPhotos } from './photos.ts';
import type { Sitter } from './place.ts';
import { asText, type Measured, rowsOf } from './report.ts';
import { measureLag } from './sequences.ts';
import { avatarSitters, readFrames, sit } from './sitters.ts';
import { openOurs } from './soyle.ts';
import { measureSpeed } from './speed.ts';
import { measureStillness } from './still.ts';
import { openStudy } from './study.ts';
import { measureSync } from './sync.ts';

const { values: options } = parseArgs({
  options: {
    /** Entry of models/manifest.json; LIPS_MODEL when absent. */
    model: { type: 'string' },
    /** The first study's fused network, measured beside ours. */
    against: { type: 'string' },
    /** A quick look: every N-th utterance and head. */
    sample: { type: 'string', default: '1' },
    json: { type: 'string', default: 'bench/results/lips.json' },
    /** Writes table, sheets and clips of docs/lips.md. */
    docs: { type: 'boolean', default: false },
    /** Tries the pictures of this folder instead of measuring; they and what is made of them stay out of git. */
    photos: { type: 'string' },
    /** The Python with Debian's packages that prepares the data. */
    python: { type: 'string', default: 'python3' },
  },
});

const settings = readConfig();
const say = (text: string): void => void process.stdout.write(`${text}\n`);
/** An utterance of usual length; only its mel matters where speed and identity are measured. */
const USUAL = 'espeak-f4-ru01';
const STILL_SITTERS = 4;

async function main(): Promise<void> {
  if (options.docs && options.sample !== '1')
    throw new BootError('--docs writes what the whole data says: leave out --sample.');
  if (options.photos) {
    const lips = options.model ?? settings.LIPS_MODEL;
    const lines = await tryPhotos(options.photos, 'training/runs/photographs', { ...settings, LIPS_MODEL: lips });
    say(lines.join('\n'));
    return;
  }
  const all = await openData(options.python);
  const data = sampled(all, Number(options.sample));
  const finder = await openFaceFinder({ modelsDir: settings.MODELS_DIR });
  const ours = await openModel(await readLipsModel(settings.MODELS_DIR, options.model ?? settings.LIPS_MODEL));
  const study = options.against === undefined ? undefined : await openStudy(options.against, 'study');
  try {
    await evaluate(ours, study, data, finder, all);
  } finally {
    await Promise.all([finder.close(), ours.close(), study?.close()]);
  }
}

async function evaluate(
  ours: TestModel,
  study: TestModel | undefined,
  data: EvaluationData,
  finder: FaceFinder,
  all: EvaluationData,
): Promise<void> {
  const sitters = await allSitters(data, finder);
  const models = study ? [study, ours] : [ours];
  const pictures = await step('pictures', () => measurePictures(models, data, finder));
  const measured = new Map<TestModel, Measured>();
  for (const model of models) measured.set(model, await measureModel(model, data, sitters, finder, all));
  const [mine, theirs] = [measured.get(ours)!, study && measured.get(study)];
  const names = { ours: ours.name, study: study?.name };
  const rows = rowsOf(pictures, names, mine, theirs);
  const report = {
    commit: execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim(),
    ...{ cpu: cpus()[0]?.model, cores: cpus().length, node: process.version },
    ...{ sample: Number(options.sample), rows, pictures, ours: mine, study: theirs },
  };
  await mkdir(join(options.json, '..'), { recursive: true });
  await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  say(`\n${asText(rows)}\n\nWritten to ${options.json}`);
  if (options.docs)
    await step('docs/lips.md', () => writeDocs({ rows, pictures, ours: mine, models, data, sitters, finder }));
}

async function measureModel(
  model: TestModel,
  data: EvaluationData,
  sitters: Sitter[],
  finder: FaceFinder,
  { utterances }: EvaluationData,
): Promise<Measured> {
  const usual = utterances.find(({ id }) => id === USUAL);
  const first = sitters[0];
  if (!usual || !first) throw new BootError(`The evaluation's data lacks ${USUAL} or a face; prepare it anew.`);
  const { mel } = await soundOf(usual);
  const named = <T>(what: string, work: () => Promise<T>) => step(`${model.name}: ${what}`, work);
  return {
    sync: await named('sync', () => measureSync(model, data)),
    closures: await named('closures', () => measureClosures(model, data, sitters, finder)),
    lag: await named('lag', () => measureLag(model, data, finder)),
    stillness: await named('stillness', () => measureStillness(model, sitters.slice(0, STILL_SITTERS))),
    identity: await named('identity', () => measureIdentity(model, first, mel, usual.frames)),
    speed: await named('speed', () => measureSpeed(model, first, mel, usual.frames)),
    bytes: model.bytes,
  };
}

/** The avatars and the heads that speak. */
async function allSitters(data: EvaluationData, finder: FaceFinder): Promise<Sitter[]> {
  const found = await avatarSitters(settings.AVATARS_DIR, finder);
  for (const { seed, utterance } of data.sequences) {
    const [rest] = await readFrames(`sequences/${seed}-${utterance}.png`, data.size);
    const sitter = rest && (await sit(String(seed), rest, finder));
    if (sitter) found.push(sitter);
  }
  return found;
}

function sampled(data: EvaluationData, every: number): EvaluationData {
  const some = <T>(items: T[]): T[] => items.filter((_, i) => i % every === 0);
  return {
    ...data,
    utterances: every === 1 ? data.utterances : withSequences(data, some(data.utterances)),
    heads: some(data.heads),
  };
}

/** The utterances of the sequences are always needed. */
function withSequences(data: EvaluationData, utterances: EvaluationData['utterances']): EvaluationData['utterances'] {
  const spoken = new Set(data.sequences.map(({ utterance }) => utterance));
  return data.utterances.filter((utterance) => utterances.includes(utterance) || spoken.has(utterance.id));
}

/** The entry by the product's own code; the study's own entry is opened as what it is. */
function openModel(model: LipsModel): Promise<TestModel> {
  return model.kind === 'soyle' ? openOurs(model, 'ours') : openStudy(model.path, 'ours');
}

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  say(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return result;
}

await main().catch((error: unknown) => {
  if (!(error instanceof BootError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
