import { PassThrough, type Writable } from 'node:stream';
import { SoyleError } from '../errors.ts';
import type { Sound, SoundFormat } from '../types.ts';
import { type Command, STDIN, STDOUT } from './args.ts';
import { type Media, runFfmpeg } from './ffmpeg.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Rate of `pcm`, which has no header to say one, Hz. */
const RAW_RATE = 24_000;
const WAV_HEAD_BYTES = 44;
/** What a text with nothing to pronounce sounds like. */
const SILENCE_MS = 200;
/** Sizes of a WAV whose end the writer does not know yet. */
const UNKNOWN_SIZE = 0xffff_ffff;
/** A safety net: speech ends when its text does, or when its client leaves. */
const ENCODE_TIMEOUT_MS = 60 * 60 * 1000;

/** Encoders bring the sound to the nearest rate they know; sizes and tags that need seeking back are left out. */
const ENCODERS: Record<Exclude<SoundFormat, 'wav'>, readonly string[]> = {
  mp3: ['-c:a', 'libmp3lame', '-b:a', '64k', '-write_xing', '0', '-id3v2_version', '0', '-f', 'mp3'],
  // Pages of 0.2 s: a player has something to play sooner than with the usual whole second.
  opus: ['-c:a', 'libopus', '-b:a', '32k', '-application', 'voip', '-page_duration', '200000', '-f', 'ogg'],
  aac: ['-c:a', 'aac', '-b:a', '64k', '-f', 'adts'],
  flac: ['-c:a', 'flac', '-f', 'flac'],
  pcm: ['-c:a', 'pcm_s16le', '-ar', `${RAW_RATE}`, '-f', 's16le'],
};

/** Raw samples on stdin → an encoded stream on stdout, flushed as it grows. */
export function encodeSoundCommand(format: Exclude<SoundFormat, 'wav'>, sampleRate: number): Command {
  return {
    inputs: [{ source: STDIN, options: ['-f', 's16le', '-ar', `${sampleRate}`, '-ac', '1', '-probesize', '32'] }],
    options: ['-map_metadata', '-1', '-threads', '1', ...ENCODERS[format], '-flush_packets', '1'],
    output: STDOUT,
  };
}

/**
 * Speech in a format while it is being spoken: WAV of unknown length and bare samples of the right rate are written
 * here, the others by ffmpeg. Rejects with the signal's reason, what the sound threw, or `audio_failed`. Leaving the
 * loop ends ffmpeg and the sound.
 */
export async function* encodeSound(
  media: Media,
  sound: Sound,
  format: SoundFormat,
  signal: AbortSignal,
): AsyncGenerator<Bytes> {
  const { sampleRate } = sound;
  const samples = littleEndian(audible(sound));
  if (format === 'wav') {
    yield wavHead(sampleRate, UNKNOWN_SIZE);
    yield* samples;
  } else if (format === 'pcm' && sampleRate === RAW_RATE) {
    yield* samples;
  } else {
    yield* throughFfmpeg(media, encodeSoundCommand(format, sampleRate), samples, signal);
  }
}

/** The whole of it as one file; its WAV says how long it is. */
export async function encodeSoundFile(
  media: Media,
  sound: Sound,
  format: SoundFormat,
  signal: AbortSignal,
): Promise<Bytes> {
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeSound(media, sound, format, signal)) pieces.push(piece);
  const file = new Uint8Array(Buffer.concat(pieces));
  if (format === 'wav') file.set(wavHead(sound.sampleRate, file.length - WAV_HEAD_BYTES));
  return file;
}

/** The same, or a short silence: no player and no encoder likes a sound without a sample. */
async function* audible({ sampleRate, pcm }: Sound): AsyncGenerator<Int16Array> {
  let samples = 0;
  for await (const piece of pcm) {
    samples += piece.length;
    yield piece;
  }
  if (samples === 0) yield new Int16Array((SILENCE_MS * sampleRate) / 1000);
}

/** The canonical header of mono 16-bit samples that are `dataBytes` long. */
function wavHead(sampleRate: number, dataBytes: number): Bytes {
  const head = Buffer.alloc(WAV_HEAD_BYTES);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(Math.min(UNKNOWN_SIZE, dataBytes + WAV_HEAD_BYTES - 8), 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(2 * sampleRate, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(dataBytes, 40);
  return new Uint8Array(head);
}

/** Every machine that we have a build of onnxruntime for keeps its numbers so: the samples' own memory is sent. */
async function* littleEndian(pcm: AsyncIterable<Int16Array>): AsyncGenerator<Bytes> {
  for await (const piece of pcm) yield new Uint8Array(piece.buffer as ArrayBuffer, piece.byteOffset, piece.byteLength);
}

async function* throughFfmpeg(
  media: Media,
  command: Command,
  stdin: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Bytes> {
  const encoded = new PassThrough();
  const leaving = new AbortController();
  const run = runFfmpeg(media, command, {
    stdin: heldBack(stdin, encoded),
    onOutput: (piece) => encoded.write(piece),
    timeoutMs: ENCODE_TIMEOUT_MS,
    failure: (cause) => new SoyleError('audio_failed', {}, cause),
    signal: AbortSignal.any([signal, leaving.signal]),
  }).then(
    () => encoded.end(),
    (error) => encoded.destroy(error),
  );
  try {
    yield* encoded;
  } finally {
    leaving.abort(new SoyleError('aborted'));
    encoded.destroy();
    await run;
  }
}

/**
 * ffmpeg's output cannot be held up, but it makes none of samples that it has not got: a piece is asked for only once
 * what was made of those before it has been read, or nobody will read it.
 */
async function* heldBack(pieces: AsyncIterable<Uint8Array>, output: Writable): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece;
    if (output.writableNeedDrain && !output.destroyed) await drained(output);
  }
}

function drained(output: Writable): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      output.off('drain', end).off('close', end);
      resolve();
    };
    output.once('drain', end).once('close', end);
  });
}
