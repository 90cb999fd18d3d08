import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AvatarFacts } from '../../src/avatar/facts.ts';
import { SoyleError } from '../../src/errors.ts';
import { createApp } from '../../src/http/app.ts';
import type { AppDeps, Avatars, HttpSettings } from '../../src/http/deps.ts';
import { type RunningServer, serve } from '../../src/http/server.ts';
import { newChunkId } from '../../src/ids.ts';
import type { JobEvent, JobQueue, RenderJob } from '../../src/jobs/job.ts';
import { silentLog } from '../../src/log.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';
import { encodeSound, encodeSoundFile } from '../../src/media/sound.ts';
import type { Storage, StoredFile, StoredRead } from '../../src/storage/storage.ts';
import { type Spoken, VIDEO_EXTENSIONS, type VideoFormat } from '../../src/types.ts';

/** Storage in memory; knows how many reads are open and how many bytes were asked of them. */
export class MemoryStorage implements Storage {
  readonly files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; storedAt: number }>();
  openReads = 0;
  bytesRead = 0;
  onReadClosed = () => {};

  add(name: string, bytes: Uint8Array<ArrayBuffer>, storedAt = Date.now()): void {
    this.files.set(name, { bytes, storedAt });
  }

  async scratch(extension: string): Promise<string> {
    return join(tmpdir(), newChunkId(0) + extension);
  }

  async put(name: string): Promise<StoredFile> {
    this.add(name, new Uint8Array());
    return { size: 0, storedAt: Date.now() };
  }

  async stat(name: string): Promise<StoredFile | undefined> {
    const file = this.files.get(name);
    return file && { size: file.bytes.length, storedAt: file.storedAt };
  }

  async read(name: string, range?: { start: number; end: number }): Promise<StoredRead | undefined> {
    const file = this.files.get(name);
    if (!file) return undefined;
    const bytes = range ? file.bytes.subarray(range.start, range.end + 1) : file.bytes;
    this.openReads++;
    const closed = () => {
      this.openReads--;
      this.onReadClosed();
    };
    let at = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (at < bytes.length) controller.enqueue(bytes.slice(at, at + 65_536));
        at += 65_536;
        this.bytesRead += 65_536;
        if (at < bytes.length) return;
        controller.close();
        closed();
      },
      cancel: closed,
    });
    return { size: file.bytes.length, storedAt: file.storedAt, stream };
  }

  async remove(name: string): Promise<boolean> {
    return this.files.delete(name);
  }

  async purge(before: number): Promise<number> {
    const old = [...this.files].filter(([, { storedAt }]) => storedAt < before);
    for (const [name] of old) this.files.delete(name);
    return old.length;
  }

  async clearScratch(): Promise<number> {
    return 0;
  }
}

/** Queue in memory: a chunk per `chunkSize` words, its files a few known bytes; a word `fail:<code>` fails its chunk. */
export class MemoryQueue implements JobQueue {
  readonly jobs: RenderJob[] = [];
  places = Number.POSITIVE_INFINITY;
  active = 0;
  /** What every chunk says of its voice. */
  spoken: Spoken = {};
  /** Of every chunk's video. */
  format: VideoFormat = 'mp4';
  /** Awaited before anything of a job happens, and before each of its chunks. */
  beforeStart = async (_signal: AbortSignal): Promise<void> => {};
  beforeChunk = async (_index: number, _signal: AbortSignal): Promise<void> => {};
  onEnd = (_signal: AbortSignal) => {};
  readonly #storage: MemoryStorage;

  constructor(storage: MemoryStorage) {
    this.#storage = storage;
  }

  run(job: RenderJob, signal: AbortSignal): AsyncIterable<JobEvent> {
    if (this.active >= this.places) throw new SoyleError('queue_full');
    this.active++;
    this.jobs.push(job);
    return this.#events(job, signal);
  }

  async *#events(job: RenderJob, signal: AbortSignal): AsyncGenerator<JobEvent> {
    try {
      await this.beforeStart(signal);
      const texts = splitWords(job);
      yield { type: 'start', texts };
      for (const [index, text] of texts.entries()) {
        await this.beforeChunk(index, signal);
        signal.throwIfAborted();
        const code = /fail:(\w+)/.exec(text)?.[1];
        yield code
          ? { type: 'failed', chunk: { index, text, code } }
          : { type: 'chunk', chunk: this.#store(index, text) };
      }
    } finally {
      this.active--;
      this.onEnd(signal);
    }
  }

  #store(index: number, text: string) {
    const id = newChunkId(index);
    const extension = VIDEO_EXTENSIONS[this.format];
    this.#storage.add(`${id}.${extension}`, new TextEncoder().encode(`${extension} of ${text}`));
    this.#storage.add(`${id}.wav`, new TextEncoder().encode(`wav of ${text}`));
    const words = [{ text: text.slice(0, 1), startMs: 40, endMs: 1000, textOffset: 0 }];
    return { index, text, id, durationMs: 3520, endPose: 88, format: this.format, words, ...this.spoken };
  }

  depth() {
    return { active: this.active, waiting: 0 };
  }

  async close(): Promise<void> {}
}

function splitWords({ kind, text, chunkSize }: RenderJob): string[] {
  if (kind === 'whole') return [text];
  const words = text.split(/\s+/);
  return words.flatMap((_, i) => (i % chunkSize ? [] : [words.slice(i, i + chunkSize).join(' ')]));
}

/** Rejects when the signal aborts; never settles otherwise. */
export const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** What is told of a ready avatar, the default one. */
export const readyAvatar = (facts: Partial<AvatarFacts> = {}): AvatarFacts => ({
  ...{ id: 'anna', name: 'Anna', kind: 'video', state: 'ready', progress: 1, bundled: true, default: true },
  ...{ width: 720, height: 720, frames: 125, ...facts },
});

/** Avatars that are as they are. */
export const fakeAvatars = (known: readonly AvatarFacts[]): Avatars => ({
  list: () => known,
  facts(id) {
    const found = known.find((one) => (id === undefined ? one.default : one.id === id));
    if (found) return found;
    throw new SoyleError('avatar_unknown', { avatar: id ?? '', known: known.map((one) => one.id).join(', ') });
  },
  idle: async ({ idlePath }) => idlePath,
  expect: () => undefined,
  register: () => Promise.reject(new SoyleError('internal')),
  remove: () => Promise.reject(new SoyleError('internal')),
  async *follow(id) {
    yield this.facts(id);
  },
});

export interface House extends AppDeps {
  queue: MemoryQueue;
  storage: MemoryStorage;
}

/** Parts for one test; its web folder and its avatar lie in a directory of their own. */
export async function buildHouse(settings: Partial<HttpSettings> = {}): Promise<House> {
  const dir = await mkdtemp(join(tmpdir(), 'soyle-http-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, 'index.html'), '<!doctype html><title>Söyle</title>');
  await writeFile(join(dir, 'talking-avatar.js'), 'export {};');
  await writeFile(join(dir, 'secret.env'), 'no');
  await writeFile(join(dir, 'poster.png'), 'a picture');
  await writeFile(join(dir, 'idle.mp4'), 'an idle loop');
  const storage = new MemoryStorage();
  const queue = new MemoryQueue(storage);
  const media = createMedia({ log: silentLog });
  return {
    queue,
    storage,
    avatars: () => fakeAvatars([readyAvatar({ posterPath: join(dir, 'poster.png'), idlePath: join(dir, 'idle.mp4') })]),
    voices: () => ({
      engines: ['espeak'],
      list: async () => [{ id: 'ru', name: 'Русский', engine: 'espeak', language: 'ru', gender: 'male' }],
      abilities: () => ({ rate: true, pitch: true, temperature: false }),
      languagesOf: async (voice) => (voice === 'ru' ? ['ru'] : []),
      check: async ({ engine = 'espeak', voice = 'ru' }) => {
        if (engine !== 'espeak') throw new SoyleError('engine_unknown', { engine, known: 'espeak' });
        if (voice !== 'ru') throw new SoyleError('voice_unknown', { voice, known: 'ru' });
      },
      async stream({ text }) {
        async function* pcm() {
          for (const _ of text.split(/\s+/)) yield new Int16Array(1600).fill(1000);
        }
        return { sampleRate: 16_000, pcm: pcm(), engine: 'espeak' };
      },
    }),
    looks: () => ({
      models: async () => [
        { id: 'soyle', kind: 'soyle', licence: 'CC0-1.0', default: true, available: true, loaded: true },
      ],
      checkModel(model) {
        if (model !== 'soyle') throw new SoyleError('model_unknown', { model, known: 'soyle' });
      },
      backgrounds: async () => ['office'],
      async checkBackground(picture) {
        if (picture !== 'office') throw new SoyleError('background_unknown', { picture, known: 'office' });
      },
    }),
    sound: {
      stream: (sound, format, signal) => encodeSound(media, sound, format, signal),
      file: (sound, format, signal) => encodeSoundFile(media, sound, format, signal),
    },
    health: () => ({
      status: 'ready',
      models_loaded: true,
      avatar_loaded: true,
      device: 'cpu',
      versions: { soyle: '0.1.0', node: '20', onnxruntime: '1' },
      limits: { max_text_chars: 10_000 },
      engines: { speech: 'espeak', lipsync: 'wav2lip' },
      queue: queue.depth(),
      uptime_seconds: 1,
    }),
    log: silentLog,
    webDir: dir,
    settings: {
      maxTextChars: 10_000,
      maxBodyBytes: 1024 * 1024,
      corsOrigins: ['*'],
      trustProxy: false,
      uploads: 'local',
      maxUploadBytes: 1024 * 1024,
      outputTtlMs: 3_600_000,
      heartbeatMs: 15_000,
      ...settings,
    },
  };
}

export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** The app with a socket of its own for the length of the test. */
export async function listen(deps: AppDeps): Promise<RunningServer> {
  const server = await serve(createApp(deps), { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close(0));
  return server;
}

/** The two ways every case is asked: the app in memory, and over a real socket. */
export const WAYS: [string, (deps: AppDeps) => Promise<Ask>][] = [
  [
    'in memory',
    async (deps) => {
      const app = createApp(deps);
      return async (path, init) => app.request(path, init);
    },
  ],
  [
    'over a socket',
    async (deps) => {
      const { url } = await listen(deps);
      return (path, init) => fetch(url + path, { redirect: 'manual', ...init });
    },
  ],
];

/** A POST with a JSON body. */
export const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

/** A promise and what settles it (`Promise.withResolvers` came after Node 20). */
export function deferred<T = void>() {
  let resolve: (value: T | PromiseLike<T>) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

export const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
