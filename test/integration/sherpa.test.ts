import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BootError } from '../../src/errors.ts';
import { type Log, silentLog } from '../../src/log.ts';
import { SherpaEngine, type SherpaOptions } from '../../src/speech/sherpa.ts';
import type { SpeechRequest } from '../../src/speech/speech.ts';
import { removeVoice } from '../../src/voices/manage.ts';
import { installMmsVoice, installVoice, RAW } from '../fixtures/voices/random-weights.ts';

let voicesDir: string;
const opened: SherpaEngine[] = [];
const unaborted = () => new AbortController().signal;

beforeAll(async () => {
  voicesDir = await mkdtemp(join(tmpdir(), 'soyle-voices-'));
  await installVoice(voicesDir, 'random-ru', 'ru', { sampleRate: 16_000 });
  await installVoice(voicesDir, 'random-kk', 'kk', { speakers: 2 });
  await installVoice(voicesDir, 'random-en', 'en');
  await installMmsVoice(voicesDir, 'zz-letters');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((engine) => engine.close()));
});
afterAll(() => rm(voicesDir, { recursive: true, force: true }));

async function open(options: Partial<SherpaOptions> = {}): Promise<SherpaEngine> {
  const engine = new SherpaEngine({ log: silentLog, voicesDir, ...options });
  opened.push(engine);
  await engine.start();
  return engine;
}

const speak = (engine: SherpaEngine, text: string, more: Partial<SpeechRequest> = {}) =>
  engine.speak({ text, language: 'ru', ...more }, unaborted());

describe('sherpa', () => {
  it('says what to do when there is no voice', async () => {
    const none = new SherpaEngine({ log: silentLog, voicesDir: join(voicesDir, 'nowhere') });
    await expect(none.start()).rejects.toThrow(
      new BootError('Speech engine "sherpa" has no voice. Add one: npm run voices -- list'),
    );
  });

  it('names every speaker of its voices, and who spoke', async () => {
    const engine = await open();
    expect(engine.facts).toMatchObject({ languages: ['ru', 'kk', 'en'], wordTimings: false, rate: true, pitch: false });
    expect(new Set((await engine.voices()).map(({ licence }) => licence))).toEqual(new Set(['CC0-1.0']));
    const ids = (await engine.voices()).map(({ id }) => id);
    expect(ids).toEqual(['random-en', 'random-kk+s0', 'random-kk+s1', 'random-ru', 'zz-letters']);
    const { voice, engine: name, warnings } = await speak(engine, 'Сәлем', { language: 'kk', pitch: 1.5 });
    expect({ voice, name, warnings }).toEqual({ voice: 'random-kk+s0', name: 'sherpa', warnings: ['pitch_ignored'] });
  });

  it('lets the speakers of one network sound differently', async () => {
    const engine = await open();
    const [one, other] = await Promise.all(
      ['random-kk+s0', 'random-kk+s1'].map((voice) => speak(engine, 'Сәлем', { language: 'kk', voice })),
    );
    expect(other!.pcm.length).toBeCloseTo(one!.pcm.length, -3);
    expect(other!.pcm).not.toEqual(one!.pcm);
  });

  it('takes the voice that was named as the default of its language', async () => {
    const engine = await open({ defaults: { ru: 'zz-letters' } });
    expect(await speak(engine, 'Привет')).toMatchObject({ voice: 'zz-letters' });
  });

  it('speaks with a network that reads letters', async () => {
    const { pcm } = await speak(await open(), 'привет, мир', { voice: 'zz-letters' });
    expect(pcm.length).toBeGreaterThan(8000);
  });

  it('streams sentence by sentence at the rate of the network', async () => {
    const engine = await open();
    const { sampleRate, pcm } = await engine.stream({ text: 'One. Two! Three?', language: 'en' }, unaborted());
    expect(sampleRate).toBe(22_050);
    let pieces = 0;
    for await (const piece of pcm) pieces += piece.length > 1000 ? 1 : 0;
    expect(pieces).toBe(3);
  });

  it('sees voices that come and go', async () => {
    const engine = await open();
    await expect(speak(engine, 'раз', { voice: 'newcomer' })).rejects.toMatchObject({ code: 'invalid_request' });
    await installVoice(voicesDir, 'newcomer', 'ru');
    expect(await speak(engine, 'раз', { voice: 'newcomer' })).toMatchObject({ voice: 'newcomer' });
    await removeVoice(voicesDir, 'newcomer');
    expect((await engine.voices()).map(({ id }) => id)).not.toContain('newcomer');
  });

  it('lets go of the voice used least recently when memory runs out', async () => {
    const engine = await open({ memoryBytes: 1 });
    await speak(engine, 'раз', { voice: 'random-ru' });
    expect([...engine.loaded.keys()]).toEqual([]);
    const roomy = await open({ memoryBytes: 330 * 2 ** 20 });
    for (const [voice, language] of [
      ['random-ru', 'ru'],
      ['random-en', 'en'],
      ['random-kk', 'kk'],
      ['zz-letters', 'ru'],
    ] as const) {
      await speak(roomy, 'раз', { voice, language });
    }
    expect(roomy.loaded.size).toBeLessThan(4);
    expect([...roomy.loaded.keys()].at(-1)).toBe('zz-letters');
    expect([...roomy.loaded.keys()]).not.toContain('random-ru');
  });

  it('finishes a text although the process is killed in the middle of it', async () => {
    const engine = await open();
    const pid = engine.loaded.get('random-ru')!;
    const speaking = speak(engine, 'Сегодня хорошая погода. '.repeat(20));
    await new Promise(setImmediate);
    process.kill(pid, 'SIGKILL');
    expect((await speaking).pcm.length).toBeGreaterThan(10 * 16_000);
    expect(engine.loaded.get('random-ru')).not.toBe(pid);
  });

  it('kills a synthesis that exceeds its deadline', async () => {
    const engine = await open({ timeoutMs: 1 });
    await expect(speak(engine, 'ша'.repeat(180))).rejects.toMatchObject({ code: 'speech_timeout' });
  });
});

describe('a folder that is no voice', () => {
  const id = 'broken';
  const dir = () => join(voicesDir, id);
  let engine: SherpaEngine;
  beforeAll(async () => {
    engine = new SherpaEngine({ log: silentLog, voicesDir });
    await engine.start();
  });
  afterEach(() => rm(dir(), { recursive: true, force: true }));
  afterAll(() => engine.close());

  it.each([
    ['has no description', () => rm(join(dir(), 'voice.json')), 'voice.json cannot be read'],
    ['has no tokens', () => rm(join(dir(), 'tokens.txt')), 'tokens.txt is missing'],
    [
      'has strange tokens',
      () => writeFile(join(dir(), 'tokens.txt'), '_ 0\n^ 1\n$ 2\n_ 3\n'),
      'a symbol for the second time',
    ],
    ['has tokens of another voice', () => writeFile(join(dir(), 'tokens.txt'), 'a 0\n'), 'the symbol "_" is missing'],
    ['is as Piper made it', () => copyFile(RAW, join(dir(), 'model.onnx')), 'its metadata lack "sample_rate"'],
    ['is cut short', () => truncate(join(dir(), 'model.onnx'), 5000), 'it is cut short'],
    ['is a web page', () => writeFile(join(dir(), 'model.onnx'), '<html></html>'), 'it is no ONNX file'],
  ])('%s: says so and goes on', async (_, damage, fault) => {
    await installVoice(voicesDir, id, 'ru');
    await damage();
    const refused = speak(engine, 'раз', { voice: id });
    await expect(refused).rejects.toMatchObject({
      code: 'speech_failed',
      cause: { message: expect.stringContaining(fault) },
    });
    await expect(refused).rejects.toMatchObject({
      cause: { message: expect.stringContaining(`voices -- remove ${id}`) },
    });
    expect((await engine.voices()).map((voice) => voice.id)).not.toContain(id);
    expect((await speak(engine, 'раз')).pcm.length).toBeGreaterThan(0);
  });

  it('looks sound and still ends its process: its requests fail, the others go on', async () => {
    await installVoice(voicesDir, id, 'ru');
    const path = join(dir(), 'model.onnx');
    const bytes = await readFile(path);
    // Inside the network, whose length stays what it was.
    bytes.fill(0xff, 200, 2000);
    await writeFile(path, bytes);
    await engine.voices();
    // Its name is the first of all, so it speaks for who names none; but only until it has failed.
    await expect(speak(engine, 'раз')).rejects.toMatchObject({ code: 'speech_failed' });
    expect((await speak(engine, 'раз')).pcm.length).toBeGreaterThan(0);
  });
});

it('writes no text of a user into the log', async () => {
  const lines: string[] = [];
  const log: Log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const engine = await open({ log });
  // Letters that the network does not know: sherpa-onnx says so on standard error and quotes them.
  const secret = '秘密';
  await speak(engine, secret, { voice: 'zz-letters' }).catch(() => undefined);
  const pid = engine.loaded.get('zz-letters');
  await engine.close();
  expect(pid).toBeGreaterThan(0);
  expect(lines.join('')).not.toContain(secret);
});

it('copies the dictionaries once, whole or not at all', async () => {
  const other = await mkdtemp(join(tmpdir(), 'soyle-voices-'));
  await installVoice(other, 'random-ru', 'ru');
  await mkdir(join(other, '.cache'));
  await appendFile(join(other, '.cache', '.part-left-by-a-dead-process'), 'x');
  const [one, two] = await Promise.all([open({ voicesDir: other }), open({ voicesDir: other })]);
  const lengths = await Promise.all([one!, two!].map(async (engine) => (await speak(engine, 'раз')).pcm.length));
  expect(lengths[0]).toBe(lengths[1]);
  const made = (await readdir(join(other, '.cache'))).filter((name) => !name.startsWith('.'));
  expect(made).toEqual([expect.stringMatching(/^espeak-ng-data-/)]);
  await rm(other, { recursive: true });
});
