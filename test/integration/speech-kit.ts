import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SoyleError } from '../../src/errors.ts';
import type { AppDeps, EngineAbilities, HttpSettings, ListedVoice, Voices } from '../../src/http/deps.ts';
import type { SaidStream, SayRequest } from '../../src/jobs/job.ts';
import { silentLog } from '../../src/log.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';
import type { SpeechEngine } from '../../src/speech/speech.ts';
import { createDiskStorage } from '../../src/storage/disk.ts';
import type { Language } from '../../src/types.ts';
import { buildHouse } from './http-helpers.ts';

/** Rate of the fake voices, none that any route would make of its own, Hz. */
export const RATE = 22_050;
/** What a word lasts, samples. */
export const WORD_SAMPLES = RATE / 10;

/** Voices that hum a tone for every word; what they are asked is remembered, and every word can be held up. */
export class FakeVoices implements Voices {
  readonly engines = ['sherpa', 'espeak'];
  readonly asked: SayRequest[] = [];
  readonly signals: AbortSignal[] = [];
  said: Partial<SaidStream> = { engine: 'sherpa' };
  /** Peak of the tone. */
  loudness = 8000;
  /** Awaited before each word is said. */
  beforeWord = async (_index: number, _signal: AbortSignal): Promise<void> => {};
  onEnd = () => {};

  async list(): Promise<ListedVoice[]> {
    return [
      { id: 'irina', name: 'Ирина', engine: 'sherpa', language: 'ru', gender: 'female', licence: 'CC0-1.0' },
      { id: 'kokoro', name: 'Kokoro', engine: 'sherpa', language: 'en', licence: 'Apache-2.0' },
      { id: 'kokoro', name: 'Kokoro', engine: 'sherpa', language: 'ru', licence: 'Apache-2.0' },
      { id: 'kk+f1', name: 'Қазақша', engine: 'espeak', language: 'kk', gender: 'female' },
    ];
  }

  abilities(engine: string): EngineAbilities {
    return { rate: true, pitch: engine === 'espeak', temperature: false };
  }

  async languagesOf(voice: string, engine?: string): Promise<readonly Language[]> {
    const own = (await this.list()).filter(({ id, ...of }) => id === voice && of.engine === (engine ?? of.engine));
    return own.map(({ language }) => language);
  }

  async check({ voice, language }: Omit<SayRequest, 'text'>): Promise<void> {
    const able = (await this.list()).filter((one) => language === 'auto' || one.language === language);
    const known = able.map(({ id }) => id);
    if (voice !== undefined && !known.includes(voice)) {
      throw new SoyleError('voice_unknown', { voice, known: known.join(', ') });
    }
  }

  async stream(request: SayRequest, signal: AbortSignal): Promise<SaidStream> {
    this.asked.push(request);
    this.signals.push(signal);
    const words = request.text.match(/\p{L}+/gu) ?? [];
    const pcm = this.#hum(words.length, signal);
    const first = await pcm.next();
    return { ...this.said, sampleRate: RATE, pcm: startingWith(first, pcm) };
  }

  async *#hum(words: number, signal: AbortSignal): AsyncGenerator<Int16Array> {
    try {
      for (let word = 0; word < words; word++) {
        await this.beforeWord(word, signal);
        signal.throwIfAborted();
        yield Int16Array.from(
          { length: WORD_SAMPLES },
          (_, i) => this.loudness * Math.sin((2 * Math.PI * 220 * i) / RATE),
        );
      }
    } finally {
      this.onEnd();
    }
  }
}

async function* startingWith<T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    if (!first.done) yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

export interface SpeakingHouse extends AppDeps {
  speakers: FakeVoices;
}

/** Parts for one test: fake voices, a real encoder, real storage in a folder of its own. */
export async function speakingHouse(settings: Partial<HttpSettings> = {}): Promise<SpeakingHouse> {
  const dir = await mkdtemp(join(tmpdir(), 'soyle-speech-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const speakers = new FakeVoices();
  const storage = await createDiskStorage({ dir, log: silentLog });
  return { ...(await buildHouse(settings)), storage, speakers, voices: () => speakers };
}

/** How long any sound is, decoded by ffmpeg whatever it is, seconds. */
export async function secondsOf(bytes: Uint8Array, options: readonly string[] = []): Promise<number> {
  const { ffmpegPath } = createMedia({ log: silentLog });
  const pcm = await new Promise<Buffer>((resolve, reject) => {
    const args = ['-v', 'error', ...options, '-i', 'pipe:0', '-ac', '1', '-ar', '8000', '-f', 's16le', 'pipe:1'];
    const child = execFile(ffmpegPath, args, { encoding: 'buffer', maxBuffer: 2 ** 26 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
    child.stdin?.end(bytes);
  });
  return pcm.length / 2 / 8000;
}

/** The sizes and the rate that a WAV's header tells. */
export function headOf(wav: Uint8Array): { sampleRate: number; riffBytes: number; dataBytes: number } {
  const view = new DataView(wav.buffer, wav.byteOffset, wav.byteLength);
  return {
    sampleRate: view.getUint32(24, true),
    riffBytes: view.getUint32(4, true),
    dataBytes: view.getUint32(40, true),
  };
}

/** What an engine streams for a text: its rate and length. The engine is closed afterwards. */
export async function heardFrom(engine: SpeechEngine, text: string): Promise<{ sampleRate: number; seconds: number }> {
  try {
    await engine.start();
    const stream = await engine.stream?.({ text, language: 'ru' }, new AbortController().signal);
    if (!stream) throw new Error(`${engine.id} does not stream`);
    let samples = 0;
    for await (const piece of stream.pcm) samples += piece.length;
    return { sampleRate: stream.sampleRate, seconds: samples / stream.sampleRate };
  } finally {
    await engine.close();
  }
}
