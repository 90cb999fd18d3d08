import { stat } from 'node:fs/promises';
import { SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { LipSync } from './lipsync.ts';
import { checkModel, filesOf, type LipsModel, type ModelEntry, readManifest } from './manifest.ts';

/** What is known of a lips model without loading it. */
export interface ModelFacts {
  id: string;
  kind: ModelEntry['kind'];
  licence: string;
  note: string | undefined;
  /** The one that is taken when a request names none. */
  default: boolean;
  /** Its files are there. */
  available: boolean;
  /** It is in memory at the moment. */
  loaded: boolean;
}

/** A loaded model that stays so until `release`, which may be called twice. */
export interface HeldModel {
  model: LipsModel;
  lips: LipSync;
  release(): void;
}

/** The lips models of `models/manifest.json`, side by side. */
export interface LipsShelf {
  list(): Promise<readonly ModelFacts[]>;
  /** Throws `model_unknown`, which lists what there is. */
  check(id: string): void;
  /** Loads the model if it is not loaded yet; the default when no id is given. Rejects with `model_unknown` or `model_unavailable`. */
  open(id?: string): Promise<HeldModel>;
  /** Unloads all of them; nothing may be opened any more. */
  close(): Promise<void>;
}

export interface ShelfOptions {
  modelsDir: string;
  /** Stays loaded once it was. */
  defaultId: string;
  /** What all loaded models together may take, as far as it can be told beforehand; a model in use stays loaded. */
  memoryBytes: number;
  /** Copies of each network. */
  workers: number;
  load(model: LipsModel): Promise<LipSync>;
  log: Log;
}

interface Loaded {
  opening: Promise<{ model: LipsModel; lips: LipSync }>;
  bytes: number;
  users: number;
}

/** Measured: the bundled networks take 70 … 85 MB a worker besides their weights, which onnxruntime packs once more. */
const WORKER_BYTES = 80 * 2 ** 20;
const COPIES = 2;

/** Reads the manifest; no model is loaded yet. Throws `BootError` where the list or the default cannot be used. */
export async function openShelf(options: ShelfOptions): Promise<LipsShelf> {
  const { modelsDir, defaultId, memoryBytes, workers, load, log } = options;
  const entries = await readManifest(modelsDir);
  await checkModel(entries, modelsDir, defaultId);
  const known = new Map(entries.map((entry) => [entry.id, entry]));
  /** The one that was used last comes last. */
  const loaded = new Map<string, Loaded>();
  const unloading = new Set<Promise<void>>();

  const check = (id: string): void => {
    if (!known.has(id)) throw new SoyleError('model_unknown', { model: id, known: [...known.keys()].join(', ') });
  };

  const unload = (id: string, { opening }: Loaded): void => {
    loaded.delete(id);
    const ended = opening
      .then(({ lips }) => lips.close())
      .catch((error) => log.warn({ model: id, err: error }, 'a lips model did not close'))
      .then(() => void unloading.delete(ended));
    unloading.add(ended);
  };

  /** Lets models go, the one unused for longest first, until the others fit. */
  const tidy = (): void => {
    let bytes = [...loaded.values()].reduce((sum, model) => sum + model.bytes, 0);
    for (const [id, model] of [...loaded]) {
      if (bytes <= memoryBytes) return;
      if (model.users > 0 || id === defaultId) continue;
      log.info({ model: id }, 'lips model unloaded');
      unload(id, model);
      bytes -= model.bytes;
    }
  };

  const begin = (id: string): Loaded => {
    const entry: Loaded = { bytes: 0, users: 0, opening: checkModel(entries, modelsDir, id).then(opened) };
    async function opened(model: LipsModel) {
      const sizes = await Promise.all(filesOf(model, modelsDir).map(sizeOf));
      entry.bytes = workers * (WORKER_BYTES + COPIES * sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0));
      return { model, lips: await load(model) };
    }
    return entry;
  };

  return {
    check,

    async list() {
      return Promise.all(
        entries.map(async (entry) => ({
          id: entry.id,
          kind: entry.kind,
          licence: entry.licence,
          note: entry.note,
          default: entry.id === defaultId,
          available: (await Promise.all(filesOf(entry, modelsDir).map(sizeOf))).every((size) => size !== undefined),
          loaded: loaded.has(entry.id),
        })),
      );
    },

    async open(id = defaultId) {
      check(id);
      const entry = loaded.get(id) ?? begin(id);
      entry.users++;
      loaded.delete(id);
      loaded.set(id, entry);
      let held = true;
      const release = (): void => {
        if (!held) return;
        held = false;
        entry.users--;
        tidy();
      };
      try {
        const { model, lips } = await entry.opening;
        tidy();
        return { model, lips, release };
      } catch (error) {
        if (loaded.get(id) === entry) loaded.delete(id);
        log.error({ model: id, err: error }, 'a lips model cannot be loaded');
        throw new SoyleError('model_unavailable', { model: id }, error);
      }
    },

    async close() {
      for (const [id, model] of [...loaded]) unload(id, model);
      await Promise.all(unloading);
    },
  };
}

const sizeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
