import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALL_FACTS, FakeEngine } from '../../test/fixtures/speech/fake-engine.ts';
import { silentLog } from '../log.ts';
import { SpeechCache } from './cache.ts';
import { DiskCache } from './cache-disk.ts';
import { CachedEngine } from './cached.ts';
import { RemoteFault } from './remote-fault.ts';
import type { SpeechRequest } from './speech.ts';

const unaborted = () => new AbortController().signal;
const request: SpeechRequest = { text: 'Доброе утро', language: 'ru' };
const spoken = {
  pcm: Int16Array.of(1, -2, 300, -32_768),
  words: [{ text: 'Доброе', startMs: 0, endMs: 10, textOffset: 0 }],
  voice: 'irina',
  warnings: ['pitch_ignored'] as const,
};
const MINUTE = 60_000;

describe('CachedEngine', () => {
  let dir: string;
  let now: number;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'soyle-speech-cache-'));
    now = Date.now();
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const memory = (maxBytes = 100_000) => new SpeechCache({ maxBytes, ttlMs: MINUTE, log: silentLog, now: () => now });
  const open = (more = {}) => DiskCache.open({ dir, maxBytes: 100_000, ttlMs: MINUTE, now: () => now, ...more });
  const onDisk = async (more = {}) =>
    new SpeechCache({ maxBytes: 100_000, ttlMs: MINUTE, log: silentLog, now: () => now, disk: await open(more) });
  const engine = () => new FakeEngine('fake', () => ({ ...spoken, pcm: spoken.pcm.slice() }));

  it('answers the second time without the engine, with everything it said', async () => {
    const fake = engine();
    const cached = new CachedEngine(fake, memory());
    const first = await cached.speak(request, unaborted());
    first.pcm.fill(0); // a worker took it
    const second = await cached.speak(request, unaborted());
    expect(second).toEqual(spoken);
    expect(second.pcm.byteLength).toBe(second.pcm.buffer.byteLength);
    expect(fake.asked).toHaveLength(1);
  });

  it.each([
    { text: 'Доброе утро!' },
    { language: 'kk' },
    { voice: 'dmitri' },
    { rate: 1.1 },
    { pitch: 1.1 },
    { temperature: 0 },
    { voiceAttributes: { emotion: 'sad' } },
    { voiceAttributes: { gender: 'female' } },
  ] as const)('takes %j for another thing to say', async (more) => {
    const fake = engine();
    const cached = new CachedEngine(fake, memory());
    await cached.speak(request, unaborted());
    await cached.speak({ ...request, ...more }, unaborted());
    expect(fake.asked).toHaveLength(2);
  });

  it('knows one engine and one model from another, and the plain from the asked-for', async () => {
    const cache = memory();
    const fake = engine();
    const cached = new CachedEngine(fake, cache);
    await cached.speak(request, unaborted());
    await cached.speak({ ...request, rate: 1, pitch: 1 }, unaborted());
    expect(fake.asked).toHaveLength(1);
    fake.facts = { ...ALL_FACTS, model: 'newer' };
    await cached.speak(request, unaborted());
    expect(fake.asked).toHaveLength(2);
    const other = new FakeEngine('other');
    await new CachedEngine(other, cache).speak(request, unaborted());
    expect(other.asked).toHaveLength(1);
  });

  it('knows an engine with other settings from itself', async () => {
    const [cache, fake] = [memory(), engine()];
    for (const url of ['http://a', 'http://b', 'http://a']) {
      await new CachedEngine(fake, cache, { url }).speak(request, unaborted());
    }
    expect(fake.asked).toHaveLength(2);
  });

  it('says in the new voice what it said in the one that was the default before', async () => {
    const fake = engine();
    const cached = new CachedEngine(fake, memory());
    const say = (more: Partial<SpeechRequest> = {}) => cached.speak({ ...request, ...more }, unaborted());
    const voice = (id: string) => ({ id, name: id, language: 'ru' as const });
    for (const [first, asked] of [
      ['irina', 1],
      ['dmitri', 2],
      ['irina', 2],
    ] as const) {
      fake.known = [{ ...voice('joe'), language: 'en' }, voice(first), voice('denis')];
      await say();
      expect(fake.asked).toHaveLength(asked);
    }
    await say({ voice: 'irina' });
    expect(fake.asked).toHaveLength(2);
  });

  it('knows which voice is the default where that is not the first', async () => {
    const fake = engine();
    const cached = new CachedEngine(fake, memory());
    const voice = (id: string) => ({ id, name: id, language: 'ru' as const });
    fake.known = [voice('dmitri'), { ...voice('irina'), default: 'usual' }];
    for (const [asked, more] of [
      [1, {}],
      [1, { voice: 'irina' }],
      [2, { voice: 'dmitri' }],
    ] as const) {
      await cached.speak({ ...request, ...more }, unaborted());
      expect(fake.asked).toHaveLength(asked);
    }
  });

  it('remembers nothing of an engine that does not say whose voice it has', async () => {
    const fake = engine();
    fake.voices = () => Promise.reject(new RemoteFault('down', { retryable: true }));
    const cached = new CachedEngine(fake, memory());
    for (let i = 0; i < 2; i++) await cached.speak(request, unaborted());
    expect(fake.asked).toHaveLength(2);
  });

  it('has the same said once for all who ask at the same time, each with sound of their own', async () => {
    const fake = engine();
    const cached = new CachedEngine(fake, memory());
    const [one, other] = await Promise.all([1, 2].map(() => cached.speak(request, unaborted())));
    one!.pcm.fill(0);
    expect(other).toEqual(spoken);
    expect(await cached.speak(request, unaborted())).toEqual(spoken);
    expect(fake.asked).toHaveLength(1);
  });

  it('does not remember a voice in the place of another', async () => {
    const fake = new FakeEngine('fake', () => ({ pcm: spoken.pcm.slice(), warnings: ['voice_replaced'] }));
    const cached = new CachedEngine(fake, memory());
    for (let i = 0; i < 2; i++) await cached.speak({ ...request, voice: 'irina' }, unaborted());
    expect(fake.asked).toHaveLength(2);
  });

  it('remembers neither failures, nor silence, nor a voice drawn by lot', async () => {
    const fake = engine();
    const cached = new CachedEngine(fake, memory());
    fake.answer = () => {
      throw new RemoteFault('down', { retryable: true });
    };
    await expect(cached.speak(request, unaborted())).rejects.toThrow();
    fake.answer = () => ({ pcm: new Int16Array(0) });
    for (let i = 0; i < 2; i++) await cached.speak(request, unaborted());
    fake.answer = () => spoken;
    for (let i = 0; i < 2; i++) await cached.speak({ ...request, voice: 'random' }, unaborted());
    expect(fake.asked).toHaveLength(5);
  });

  it('remembers a stream that was heard to its end, at its own rate', async () => {
    const fake = engine();
    const sampleRate = 22_050;
    let streams = 0;
    const streaming = Object.assign(fake, {
      async stream() {
        streams++;
        const pieces = async function* () {
          yield Int16Array.of(1, 2);
          yield Int16Array.of(3);
        };
        return { sampleRate, voice: 'irina', pcm: pieces() };
      },
    });
    const cached = new CachedEngine(streaming, memory());
    const listen = async (pieces: number) => {
      const stream = await cached.stream(request, unaborted());
      const heard: number[] = [];
      for await (const piece of stream.pcm) {
        heard.push(...piece);
        if (--pieces === 0) break;
      }
      return { ...stream, pcm: heard };
    };
    await listen(1);
    await listen(9);
    expect(await listen(9)).toEqual({ sampleRate, voice: 'irina', pcm: [1, 2, 3] });
    expect(streams).toBe(2);
    await cached.speak(request, unaborted());
    expect(fake.asked).toHaveLength(1);
  });

  it('forgets after its time, and what has been unused longest when memory is full', async () => {
    const fake = new FakeEngine('fake', () => ({ pcm: new Int16Array(10_000).fill(1) }));
    const cached = new CachedEngine(fake, memory(50_000));
    const say = (text: string) => cached.speak({ ...request, text }, unaborted());
    for (const text of ['а', 'б', 'а', 'в', 'а']) await say(text);
    expect(fake.asked.map(({ text }) => text)).toEqual(['а', 'б', 'в']);
    await say('б');
    expect(fake.asked).toHaveLength(4);
    now += MINUTE + 1;
    await say('б');
    expect(fake.asked).toHaveLength(5);
  });

  it('rejects with the reason of the signal', async () => {
    const cached = new CachedEngine(engine(), memory());
    const reason = new Error('left');
    await expect(cached.speak(request, AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(cached.stream(request, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  describe('on disk', () => {
    async function spokenOnce(more = {}) {
      const cached = new CachedEngine(engine(), await onDisk(more));
      await cached.speak(request, unaborted());
      await cached.close();
      const [name] = await readdir(dir);
      return join(dir, name!);
    }
    async function asksEngine(more = {}): Promise<boolean> {
      const fake = engine();
      const cached = new CachedEngine(fake, await onDisk(more));
      expect(await cached.speak(request, unaborted())).toEqual(spoken);
      await cached.close();
      return fake.asked.length > 0;
    }

    it('remembers past a restart', async () => {
      await spokenOnce();
      expect(await asksEngine()).toBe(false);
    });

    it('keeps only whole files', async () => {
      const left = join(dir, `${'a'.repeat(64)}.1-0123.part`);
      await writeFile(left, 'half of');
      const longAgo = Date.now() / 1000 - 3600;
      await utimes(left, longAgo, longAgo);
      await writeFile(join(dir, 'README'), 'mine');
      await spokenOnce();
      const kept = (await readdir(dir)).filter((name) => name !== 'README');
      expect(kept).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    });

    it('leaves alone what another cache in the same folder is writing', async () => {
      const beingWritten = `${'b'.repeat(64)}.1-0123.part`;
      await writeFile(join(dir, beingWritten), 'half of');
      const [one, other] = [await open(), await open()];
      const speech = { sampleRate: 16_000, pcm: new Int16Array(600).fill(1) };
      const keys = Array.from({ length: 20 }, (_, index) => index.toString(16).padStart(64, '0'));
      await Promise.all([
        ...keys.map((key) => one.set(key, speech)),
        ...keys.map((key) => other.set(key, speech)),
        ...keys.map(() => open()),
      ]);
      expect((await readdir(dir)).sort()).toEqual([...keys, beingWritten]);
      for (const key of keys) expect((await one.get(key))?.pcm).toEqual(speech.pcm);
    });

    it.each([
      ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
      ['flipped', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! ^ 1)])],
      ['emptied', () => Buffer.alloc(0)],
      ['overwritten', () => Buffer.from('<html>')],
      [
        'of another version',
        (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('"version":1', '"version":9'), 'latin1'),
      ],
    ])('takes a file that was %s for absent', async (_, damage) => {
      const path = await spokenOnce();
      await writeFile(path, damage(await readFile(path)));
      expect(await asksEngine()).toBe(true);
      expect(await asksEngine()).toBe(false);
    });

    it('forgets what is too old, at the start and later', async () => {
      await spokenOnce();
      const disk = await open();
      now += MINUTE;
      expect(await asksEngine()).toBe(true);
      const [name] = await readdir(dir);
      now += MINUTE;
      expect(await disk.get(name!)).toBeUndefined();
      expect(await readdir(dir)).toEqual([]);
    });

    it('stays within its bytes, dropping what has been unused longest', async () => {
      const disk = await open({ maxBytes: 5000 });
      const speech = { sampleRate: 16_000, pcm: new Int16Array(600) };
      const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(64)) as [string, string, string, string];
      for (const key of [a, b, c]) await disk.set(key, speech);
      await disk.get(a);
      await disk.set(d, speech);
      expect((await readdir(dir)).sort()).toEqual([a, c, d]);
      expect(disk.bytes).toBeLessThanOrEqual(5000);
      await disk.set(b, { ...speech, pcm: new Int16Array(9000) });
      expect(await disk.get(b)).toBeUndefined();
      expect((await readdir(dir)).sort()).toEqual([a, c, d]);
      expect((await open({ maxBytes: 3000 })).bytes).toBeLessThanOrEqual(3000);
    });

    it('speaks on when the folder cannot be written', async () => {
      const cached = new CachedEngine(engine(), await onDisk());
      await rm(dir, { recursive: true });
      expect(await cached.speak(request, unaborted())).toEqual(spoken);
      await cached.close();
    });
  });
});
