import { rm } from 'node:fs/promises';
import { type Logger, pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type FakeStudio, fakeStudio, gate, untilAborted } from '../../test/fixtures/studio.ts';
import { SoyleError } from '../errors.ts';
import { isChunkId } from '../ids.ts';
import type { Storage } from '../storage/storage.ts';
import type { JobEvent, RenderJob } from './job.ts';
import { createRunner } from './runner.ts';

const forever = new AbortController().signal;
const job = (text: string, changes: Partial<RenderJob> = {}): RenderJob => ({
  requestId: 'req_7',
  kind: 'chunks',
  text,
  language: 'ru',
  chunkSize: 1,
  split: 'words',
  ...changes,
});

/** Takes finished files in by forgetting all but their names; `put` fails where `fault` says so. */
class FakeStorage implements Storage {
  readonly names = new Set<string>();
  fault: (name: string) => unknown = () => undefined;

  async put(name: string, path: string) {
    const fault = this.fault(name);
    if (fault) throw fault;
    await rm(path);
    this.names.add(name);
    return { size: 1, storedAt: 0 };
  }

  remove = async (name: string) => this.names.delete(name);
  scratch = async () => expect.unreachable('the studio knows where it works');
  stat = async () => undefined;
  read = async () => undefined;
  purge = async () => 0;
  clearScratch = async () => 0;
}

interface Bench {
  studio: FakeStudio;
  storage: FakeStorage;
  /** What `onChunk` was told. */
  made: boolean[];
  /** Lines of the log as they would be written. */
  lines: string[];
  run(job: RenderJob, signal?: AbortSignal): AsyncGenerator<JobEvent>;
}

async function bench(): Promise<Bench> {
  const studio = await fakeStudio();
  const storage = new FakeStorage();
  const made: boolean[] = [];
  const lines: string[] = [];
  const log: Logger = pino({ level: 'trace', base: null }, { write: (line) => void lines.push(line) });
  const runner = createRunner({ studio, storage, log, onChunk: (chunk) => void made.push(chunk) });
  return { studio, storage, made, lines, run: (given, signal = forever) => runner(given, studio, signal) };
}

async function collect(events: AsyncIterable<JobEvent>): Promise<JobEvent[]> {
  const seen: JobEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

describe('createRunner', () => {
  it('announces the texts, then every chunk once it is stored', async () => {
    const { studio, storage, made, lines, run } = await bench();
    const stored: string[][] = [];
    const events: JobEvent[] = [];
    for await (const event of run(job('раз два'))) {
      events.push(event);
      stored.push([...storage.names]);
    }
    expect(events).toMatchObject([
      { type: 'start', texts: ['раз', 'два'] },
      { type: 'chunk', chunk: { index: 0, text: 'раз', durationMs: 80, words: [{ text: 'раз', textOffset: 0 }] } },
      { type: 'chunk', chunk: { index: 1, text: 'два', durationMs: 80 } },
    ]);
    const ids = events.flatMap((event) => (event.type === 'chunk' ? [event.chunk.id] : []));
    expect(ids.every(isChunkId)).toBe(true);
    expect(new Set(ids).size).toBe(2);
    const files = (id: string | undefined) => [`${id}.wav`, `${id}.mp4`];
    expect(stored).toEqual([[], files(ids[0]), [...files(ids[0]), ...files(ids[1])]]);
    expect(await studio.files()).toEqual([]);
    expect(made).toEqual([true, true]);
    expect(lines).toEqual([]);
  });

  it('renders a whole text as one chunk, whatever its length', async () => {
    const { studio, storage, run } = await bench();
    const text = ` ${'слово '.repeat(70)}`;
    const events = await collect(run(job(text, { kind: 'whole' })));
    expect(events).toMatchObject([
      { type: 'start', texts: [text] },
      { type: 'chunk', chunk: { index: 0, text, durationMs: 70 * 80 } },
    ]);
    expect(events).toHaveLength(2);
    expect(studio.joined).toHaveLength(1);
    expect(storage.names.size).toBe(2);
    expect(await studio.files()).toEqual([]);
  });

  it('tells of a broken chunk in the log, by the request’s id and without a word of the user', async () => {
    const { studio, made, lines, run } = await bench();
    studio.steps.encode = (chunk) => {
      if (chunk === 1) throw new SoyleError('encode_failed', { by: 'ffmpeg' }, new Error('ffmpeg gave up'));
    };
    const events = await collect(run(job('алма секрет өрік')));
    expect(events.slice(1)).toMatchObject([
      { type: 'chunk', chunk: { index: 0 } },
      { type: 'failed', chunk: { index: 1, text: 'секрет', code: 'encode_failed', params: { by: 'ffmpeg' } } },
      { type: 'chunk', chunk: { index: 2 } },
    ]);
    expect(made).toEqual([true, false, true]);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 50,
      request_id: 'req_7',
      chunk: 1,
      code: 'encode_failed',
      err: { message: 'ffmpeg gave up' },
    });
    expect(lines[0]).not.toMatch(/алма|секрет|өрік/);
  });

  it.each(['wav', 'mp4'])(
    'a full disk when the %s is stored breaks that chunk alone and leaves nothing',
    async (ext) => {
      const { studio, storage, made, lines, run } = await bench();
      const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      storage.fault = (name) => (name.endsWith(`_1.${ext}`) ? full : undefined);
      const events = await collect(run(job('раз секрет три')));
      expect(events.slice(1)).toMatchObject([
        { type: 'chunk', chunk: { index: 0 } },
        { type: 'failed', chunk: { index: 1, text: 'секрет', code: 'storage_full' } },
        { type: 'chunk', chunk: { index: 2 } },
      ]);
      expect(storage.names.size).toBe(4);
      expect([...storage.names].filter((name) => /_1\.\w+$/.test(name))).toEqual([]);
      expect(await studio.files()).toEqual([]);
      expect(made).toEqual([true, false, true]);
      expect(JSON.parse(lines[0]!)).toMatchObject({ request_id: 'req_7', code: 'storage_full' });
      expect(lines[0]).not.toContain('секрет');
    },
  );

  it('on an abort throws the reason, tells nobody of a failure and leaves no scratch file', async () => {
    const { studio, made, lines, run } = await bench();
    const client = new AbortController();
    const reason = new Error('client left');
    const encoding = gate();
    studio.steps.encode = (_, signal) => {
      encoding.open();
      return untilAborted(signal);
    };
    const thrown = expect(collect(run(job('раз два'), client.signal))).rejects.toBe(reason);
    await encoding.opened;
    client.abort(reason);
    await thrown;
    expect([made, lines, await studio.files()]).toEqual([[], [], []]);
  });

  it('a consumer that leaves after a chunk stops the rest', async () => {
    const { studio, storage, made, run } = await bench();
    for await (const event of run(job('раз два три'))) if (event.type === 'chunk') break;
    expect(studio.log).not.toContain('encode 1');
    expect([made, storage.names.size, await studio.files()]).toEqual([[true], 2, []]);
  });
});
