import { SAMPLE_RATE } from '../types.ts';
import { MAX_RATE, MIN_RATE } from './resample.ts';

const HEADER_BYTES = 44;
/** Format tags of RIFF WAVE (Microsoft, mmreg.h). */
const PCM = 1;
const IEEE_FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** Size that a writer who cannot seek back leaves in its header. */
const UNKNOWN_SIZE = 0xffff_ffff;

/** Bytes that are no WAV, or one whose samples cannot be read. */
export class WavError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WavError';
  }
}

export interface Wav {
  /** Hz, one that `resample` takes. */
  sampleRate: number;
  /** How many channels the file has; `pcm` is their mean. */
  channels: number;
  pcm: Int16Array;
}

/** 16 kHz mono speech as a WAV file: canonical 44-byte header, then signed 16-bit little-endian samples. */
export function encodeWav(pcm: Int16Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + 2 * pcm.length);
  const view = new DataView(bytes.buffer);
  const tag = (at: number, text: string) => bytes.set(Buffer.from(text, 'latin1'), at);
  tag(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  tag(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, SAMPLE_RATE, true);
  view.setUint32(28, 2 * SAMPLE_RATE, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  tag(36, 'data');
  view.setUint32(40, 2 * pcm.length, true);
  for (let i = 0; i < pcm.length; i++) view.setInt16(HEADER_BYTES + 2 * i, pcm[i]!, true);
  return bytes;
}

/**
 * Reads PCM of 8, 16, 24 or 32 bits and 32-bit float, any number of channels, mixed down to mono. Unknown chunks are
 * skipped; a data chunk without a true size (0 or 0xFFFFFFFF from a stream, or cut short) lasts to the end of `bytes`.
 * Throws `WavError`.
 */
export function parseWav(bytes: Uint8Array): Wav {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number) => Buffer.from(bytes.subarray(at, at + 4)).toString('latin1');
  if (bytes.length < 12 || tag(0) !== 'RIFF' || tag(8) !== 'WAVE') throw new WavError('Not a WAV file');
  const riffBytes = view.getUint32(4, true);
  const streamed = riffBytes === 0 || riffBytes >= bytes.length;

  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = tag(at);
    const declared = view.getUint32(at + 4, true);
    const body = at + 8;
    if (id === 'fmt ') format = readFormat(view, body, declared);
    if (id === 'data') {
      if (!format) throw new WavError('WAV has its data before its format');
      const endless = declared === UNKNOWN_SIZE || (declared === 0 && streamed);
      const end = endless ? bytes.length : Math.min(bytes.length, body + declared);
      const pcm = readSamples(view, body, end, format);
      return { sampleRate: format.sampleRate, channels: format.channels, pcm };
    }
    at = body + declared + (declared % 2);
  }
  throw new WavError('WAV has no data');
}

/** Sample at a byte position, −1 … 1. */
type ReadSample = (view: DataView, at: number) => number;

interface Format {
  sampleRate: number;
  channels: number;
  bytesPerSample: number;
  read: ReadSample;
}

const INTEGER_READERS: Partial<Record<number, ReadSample>> = {
  8: (view, at) => (view.getUint8(at) - 128) / 2 ** 7,
  16: (view, at) => view.getInt16(at, true) / 2 ** 15,
  24: (view, at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 2 ** 23,
  32: (view, at) => view.getInt32(at, true) / 2 ** 31,
};
const FLOAT_READERS: Partial<Record<number, ReadSample>> = {
  32: (view, at) => view.getFloat32(at, true),
};

function readFormat(view: DataView, at: number, size: number): Format {
  if (size < 16 || at + size > view.byteLength) throw new WavError('WAV format is cut short');
  const outer = view.getUint16(at, true);
  // An extensible format names the real one in the first bytes of its GUID.
  const kind = outer === EXTENSIBLE && size >= 26 ? view.getUint16(at + 24, true) : outer;
  const channels = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  const readers = kind === PCM ? INTEGER_READERS : kind === IEEE_FLOAT ? FLOAT_READERS : {};
  const read = readers[bits];
  if (!read) throw new WavError(`WAV of format ${kind} with ${bits} bits is not supported`);
  if (channels === 0) throw new WavError('WAV has no channels');
  if (sampleRate < MIN_RATE || sampleRate > MAX_RATE) throw new WavError(`WAV has a sample rate of ${sampleRate} Hz`);
  return { sampleRate, channels, bytesPerSample: bits / 8, read };
}

function readSamples(view: DataView, start: number, end: number, format: Format): Int16Array {
  const { channels, bytesPerSample, read } = format;
  const frameBytes = channels * bytesPerSample;
  const pcm = new Int16Array(Math.max(0, Math.floor((end - start) / frameBytes)));
  for (let i = 0; i < pcm.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += read(view, start + i * frameBytes + c * bytesPerSample);
    pcm[i] = Math.max(-32_768, Math.min(32_767, Math.round((sum / channels) * 32_768)));
  }
  return pcm;
}
