import { MAX_RATE, MIN_RATE } from '../audio/resample.ts';
import { encodeWav, WavError } from '../audio/wav.ts';
import { readWavHead, readWavSamples, type WavHead } from '../audio/wav-stream.ts';
import { type AudioContainer, decodeAudio } from '../media/audio.ts';
import type { Media } from '../media/ffmpeg.ts';
import { sniff } from '../media/sniff.ts';
import { RemoteFault } from './remote-fault.ts';
import type { RemoteAnswer } from './remote-http.ts';

export interface SoundOptions {
  /** Named in faults. */
  server: string;
  media: Media;
  /** Hz of headerless 16-bit mono samples, where the server may send them. */
  rawRate?: number;
}

export interface Sound {
  /** Hz, the server's own. */
  sampleRate: number;
  /** How many samples there will be, where the server says so. */
  samples?: number;
  pcm: AsyncGenerator<Int16Array>;
}

/** Enough to tell every format from another, and text from samples. */
const HEAD_BYTES = 64;
/** Less than that may be missing at a WAV's end: headers are sometimes rounded. */
const SHORTEST_CUT_SECONDS = 0.1;
const DECODE_TIMEOUT_MS = 120_000;
/** Types of sound that is no samples. */
const CODED = /\b(mp4|m4a|aacp?|mpeg|mp3|ogg|opus|webm|matroska|flac|3gpp2?|amr|midi|basic|pcm[au])\b/;
const SOUND: ReadonlySet<string> = new Set<AudioContainer>(['wav', 'mp3', 'ogg', 'flac']);

/**
 * Whatever a server answered as mono 16-bit samples, while it is still coming in. What it is its bytes say; the header
 * is believed only where bytes cannot say it (raw samples, which no picture or film is taken for). Plain WAV is read here, everything else by ffmpeg.
 * Resolves with the first samples at hand. Rejects with `RemoteFault` for an empty answer, a page or JSON in place of
 * sound, or sound that cannot be read.
 */
export async function openSound(answer: RemoteAnswer, options: SoundOptions, signal: AbortSignal): Promise<Sound> {
  const source = new Peekable(answer.body);
  try {
    const sound = await soundOf(source, answer.contentType, options, signal);
    const first = await sound.pcm.next();
    if (first.done) throw new RemoteFault(`${options.server} sent no sound`, { retryable: true });
    return { ...sound, pcm: startingWith([first.value], sound.pcm) };
  } catch (error) {
    await source.return();
    throw error instanceof WavError ? unreadable(options.server, error) : error;
  }
}

async function soundOf(
  source: Peekable,
  contentType: string,
  { server, media, rawRate }: SoundOptions,
  signal: AbortSignal,
): Promise<Sound> {
  const head = await source.peek(HEAD_BYTES);
  if (head.length === 0) throw new RemoteFault(`${server} sent an empty answer`, { retryable: true });
  const found = sniff(head);
  const container = found?.kind === 'stream' && isSound(found.container) ? found.container : undefined;
  if (container === 'wav') {
    const wav = await wavHead(source);
    if (wav) return announced(wav, source, server);
  }
  if (container) {
    const failure = (cause: Error) => unreadable(server, cause);
    const decoded = new Peekable(
      decodeAudio(media, container, source, { timeoutMs: DECODE_TIMEOUT_MS, failure, signal }),
    );
    const wav = await wavHead(decoded);
    if (!wav) {
      await decoded.return();
      throw unreadable(server);
    }
    return { sampleRate: wav.sampleRate, pcm: readWavSamples(wav, decoded) };
  }
  const rate = Number(/^audio\/.*\brate=(\d+)/.exec(contentType)?.[1] ?? rawRate);
  if (found || !(rate >= MIN_RATE && rate <= MAX_RATE) || !mayBeSamples(contentType) || isText(contentType, head)) {
    const what = contentType.split(';', 1)[0] || 'something';
    throw new RemoteFault(`${server} answered with ${what} that is no sound`, { retryable: false });
  }
  return { sampleRate: rate, pcm: readWavSamples(rawHead(rate), source) };
}

/** A WAV that is shorter than its header says was cut, whether the connection ended as it should or not. */
function announced(wav: WavHead, source: Peekable, server: string): Sound {
  const { sampleRate, dataBytes, frameBytes } = wav;
  const samples = Number.isFinite(dataBytes) ? Math.floor(dataBytes / frameBytes) : undefined;
  async function* pcm(): AsyncGenerator<Int16Array> {
    let read = 0;
    for await (const piece of readWavSamples(wav, source)) {
      read += piece.length;
      yield piece;
    }
    if (read === 0 || samples === undefined || samples - read < SHORTEST_CUT_SECONDS * sampleRate) return;
    throw new RemoteFault(`${server} broke off`, { retryable: true });
  }
  return { sampleRate, samples, pcm: pcm() };
}

/** Reads the header off the source; `undefined`, and nothing read, when the WAV is one for ffmpeg or has no samples. */
async function wavHead(source: Peekable): Promise<WavHead | undefined> {
  for (let size = HEAD_BYTES; ; size *= 2) {
    const bytes = await source.peek(size);
    try {
      const head = readWavHead(bytes);
      if (head) {
        source.skip(head.length);
        return head;
      }
    } catch (error) {
      if (error instanceof WavError) return undefined;
      throw error;
    }
    if (bytes.length < size) return undefined;
  }
}

const isSound = (container: string): container is AudioContainer => SOUND.has(container);

/** Sound in a format that its bytes did not show is damaged, not raw. */
function mayBeSamples(contentType: string): boolean {
  const [type = ''] = contentType.split(';', 1);
  return /^(audio\/.*|application\/octet-stream|)$/.test(type.trim()) && !CODED.test(type);
}

/** Raw samples have no magic number, but no speech begins with so much readable text either. */
function isText(contentType: string, head: Uint8Array): boolean {
  return /^text\/|[/+](json|xml|html)\b/.test(contentType) || head.every(isReadable);
}

const isReadable = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d);

/** The header that raw 16-bit mono samples lack. */
function rawHead(sampleRate: number): WavHead {
  const bytes = encodeWav(new Int16Array(0));
  new DataView(bytes.buffer).setUint32(24, sampleRate, true);
  return readWavHead(bytes)!;
}

const unreadable = (server: string, cause?: unknown): RemoteFault =>
  new RemoteFault(`${server} sent sound that cannot be read`, { retryable: false, cause });

/** The pieces that were read already, then the rest. */
export async function* startingWith(
  read: readonly Int16Array[],
  rest: AsyncGenerator<Int16Array>,
): AsyncGenerator<Int16Array> {
  try {
    yield* read;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

/** A stream of bytes whose beginning can be looked at before it is read. */
class Peekable implements AsyncIterableIterator<Uint8Array> {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** At least `size` bytes, or all there are. */
  async peek(size: number): Promise<Uint8Array> {
    while (this.#held.length < size) {
      const { value, done } = await this.#source.next();
      if (done) break;
      this.#held = Buffer.concat([this.#held, value]);
    }
    return this.#held;
  }

  skip(bytes: number): void {
    this.#held = this.#held.subarray(bytes);
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#held.length === 0) return this.#source.next();
    const value = this.#held;
    this.#held = new Uint8Array(0);
    return { value, done: false };
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    await this.#source.return?.();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
