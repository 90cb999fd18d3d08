import { parseWav, WavError } from './wav.ts';

/** What stands before a WAV's samples. */
export interface WavHead {
  sampleRate: number;
  /** The header up to the first sample, its sizes unknown, as if written by a stream. */
  bytes: Uint8Array;
  /** Bytes of one sample of every channel. */
  frameBytes: number;
  /** How long the samples are, bytes; `Infinity` where the writer could not know. */
  dataBytes: number;
}

const CHUNK_HEADER = 8;
const UNKNOWN_SIZE = 0xffff_ffff;
/** From here on writers that cannot seek back put something large: 0x7fffffff, 0xffffffff less a header, … */
const IMPLAUSIBLE_SIZE = 0x7fff_0000;
/** Chunks before the samples (tags, cue points) are small. */
const MAX_HEAD = 1024 * 1024;

/**
 * Reads a WAV's header from its first bytes; `undefined` asks for more of them. Servers that stream send the header
 * before they know how long they will speak: sizes of 0, huge ones, and a RIFF that ends where its samples begin all
 * mean "until the end". Throws `WavError` for what `parseWav` cannot read either.
 */
export function readWavHead(bytes: Uint8Array): (WavHead & { length: number }) | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12) return undefined;
  if (tag(0) !== 'RIFF' || tag(8) !== 'WAVE') throw new WavError('Not a WAV file');
  const riffEnd = view.getUint32(4, true) + CHUNK_HEADER;

  let frameBytes = 0;
  for (let at = 12; at + CHUNK_HEADER <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    const body = at + CHUNK_HEADER;
    if (tag(at) === 'data') {
      const head = new Uint8Array(bytes.subarray(0, body));
      const headView = new DataView(head.buffer);
      headView.setUint32(4, UNKNOWN_SIZE, true);
      headView.setUint32(at + 4, UNKNOWN_SIZE, true);
      const { sampleRate } = parseWav(head);
      const endless = size >= IMPLAUSIBLE_SIZE || (size === 0 && (riffEnd <= body || riffEnd >= IMPLAUSIBLE_SIZE));
      return {
        sampleRate,
        bytes: head,
        frameBytes,
        dataBytes: endless ? Number.POSITIVE_INFINITY : size,
        length: body,
      };
    }
    if (tag(at) === 'fmt ' && bytes.length >= body + 16) {
      frameBytes = (view.getUint16(body + 2, true) * view.getUint16(body + 14, true)) / 8;
    }
    at = body + size + (size % 2);
  }
  if (bytes.length > MAX_HEAD) throw new WavError('WAV has no data');
  return undefined;
}

/** The samples that follow a header, mixed down to mono, as they come. What comes after them is dropped. */
export async function* readWavSamples(
  { bytes: head, frameBytes, dataBytes }: WavHead,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Int16Array> {
  let left = dataBytes;
  let rest = new Uint8Array(0);
  for await (const piece of pieces) {
    const wanted = piece.subarray(0, left);
    left -= wanted.length;
    // Each piece becomes a WAV of its own.
    const wav = new Uint8Array(head.length + rest.length + wanted.length);
    wav.set(head);
    wav.set(rest, head.length);
    wav.set(wanted, head.length + rest.length);
    const end = wav.length - ((wav.length - head.length) % frameBytes);
    rest = wav.slice(end);
    if (end > head.length) yield parseWav(wav.subarray(0, end)).pcm;
    if (left <= 0) return;
  }
}
