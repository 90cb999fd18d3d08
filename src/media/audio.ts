import { PassThrough } from 'node:stream';
import { type Command, LOCAL_ONLY, STDIN, STDOUT } from './args.ts';
import { type Media, runFfmpeg } from './ffmpeg.ts';
import type { Container } from './sniff.ts';

/** Containers that hold sound alone. */
export type AudioContainer = Extract<Container, 'wav' | 'mp3' | 'ogg' | 'flac'>;

/** More than any utterance; a file that unpacks to more is cut. */
const MAX_SECONDS = 30 * 60;
/** As much at 48 kHz: a few bytes of a file that claims a higher rate would unpack to more. */
const MAX_BYTES = MAX_SECONDS * 48_000 * 2;
/** Enough to find a stream's first packets; the default of 5 MB would hold back a whole utterance. */
const PROBE_BYTES = 16 * 1024;

/** Sound on stdin → a mono 16-bit WAV of unknown length on stdout, at the file's own rate. */
export function decodeAudioCommand(container: AudioContainer): Command {
  const quick = ['-probesize', `${PROBE_BYTES}`, '-analyzeduration', '0'];
  return {
    inputs: [{ source: STDIN, options: ['-f', container, ...LOCAL_ONLY, ...quick, '-threads', '1'] }],
    options: [
      ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1', '-t', `${MAX_SECONDS}`, '-fs', `${MAX_BYTES}`],
      ...['-ac', '1', '-c:a', 'pcm_s16le', '-flags', '+bitexact', '-flush_packets', '1', '-f', 'wav'],
    ],
    output: STDOUT,
  };
}

export interface DecodeAudioIo {
  timeoutMs: number;
  /** The error of a failed or overlong run, as the caller words it. */
  failure: (cause: Error) => Error;
  signal: AbortSignal;
}

/**
 * The same sound as a WAV, while it is still coming in: `decodeAudioCommand` over a stream. Rejects with the signal's
 * reason, what `bytes` threw, or `failure`. Leaving the loop ends ffmpeg.
 */
export async function* decodeAudio(
  media: Media,
  container: AudioContainer,
  bytes: AsyncIterable<Uint8Array>,
  { timeoutMs, failure, signal }: DecodeAudioIo,
): AsyncGenerator<Uint8Array> {
  const wav = new PassThrough();
  const leaving = new AbortController();
  const run = runFfmpeg(media, decodeAudioCommand(container), {
    stdin: bytes,
    onOutput: (piece) => wav.write(piece),
    timeoutMs,
    failure,
    signal: AbortSignal.any([signal, leaving.signal]),
  }).then(
    () => wav.end(),
    (error) => wav.destroy(error),
  );
  try {
    yield* wav;
  } finally {
    leaving.abort(new Error('nobody listens any more'));
    wav.destroy();
    await run;
  }
}
