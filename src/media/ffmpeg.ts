import { type ChildProcess, execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import fluentFfmpeg, { type FfmpegCommand } from 'fluent-ffmpeg';
import { BootError, LateError, SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type Command, STDIN, STDOUT } from './args.ts';

/** The media programs; every function that runs one takes it. */
export interface Media {
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  readonly log: Log;
}

export interface MediaOptions {
  /** Instead of the programs npm brought along. */
  ffmpegPath?: string;
  ffprobePath?: string;
  log: Log;
}

/** Finds the programs; runs nothing. Throws `BootError` where npm has no program for this machine. */
export function createMedia({ ffmpegPath, ffprobePath, log }: MediaOptions): Media {
  return {
    ffmpegPath: ffmpegPath ?? bundled('@ffmpeg-installer/ffmpeg', 'FFMPEG_PATH'),
    ffprobePath: ffprobePath ?? bundled('@ffprobe-installer/ffprobe', 'FFPROBE_PATH'),
    log,
  };
}

function bundled(name: string, setting: string): string {
  try {
    return (createRequire(import.meta.url)(name) as { path: string }).path;
  } catch (error) {
    throw new BootError(
      `${name} has no program for this machine: install ffmpeg and set ${setting} to its path`,
      error,
    );
  }
}

const CHECK_TIMEOUT_MS = 20_000;

/** Asks ffmpeg what it can do. Throws `BootError` if it does not run or lacks H.264 or AAC. */
export async function checkMedia({ ffmpegPath }: Media): Promise<void> {
  const asked = promisify(execFile)(ffmpegPath, ['-hide_banner', '-encoders'], { timeout: CHECK_TIMEOUT_MS });
  const { stdout } = await asked.catch((error) => {
    throw new BootError(`${ffmpegPath} does not run: check that it is ffmpeg and executable`, error);
  });
  const missing = ['libx264', 'aac'].filter((name) => !stdout.includes(` ${name} `));
  if (missing.length) throw new BootError(`${ffmpegPath} was built without ${missing.join(' and ')}`);
}

export interface FfmpegIo {
  /** What the `STDIN` input reads, at ffmpeg's own pace. A piece must stay as it is until the second after it is asked for. */
  stdin?: AsyncIterable<Uint8Array>;
  /** Takes what goes to `STDOUT`. */
  onOutput?: (bytes: Uint8Array) => void;
  timeoutMs: number;
  /** The error of a failed or overlong run, as the caller words it; `cause` holds ffmpeg's last words, or is a `LateError`. */
  failure: (cause: Error) => Error;
  signal?: AbortSignal;
}

/** Lines of ffmpeg's stderr that go into an error's cause. */
const STDERR_LINES = 20;
/**
 * So little that at most one piece is asked for before the one in front of it lies in ffmpeg's pipe: that is what lets
 * the givers of frames use their buffers again.
 */
const READ_AHEAD_BYTES = 1;
/** Smaller pieces would gather in the pipe's stream: they are copied. */
const SMALL_PIECE_BYTES = 64 * 1024;

/**
 * Runs ffmpeg to its end. Rejects, always after the process is gone, with the signal's reason, with what `stdin` threw,
 * or with `failure(cause)`; a full disk is `storage_full`. `stdin` is closed in any case.
 */
export async function runFfmpeg(media: Media, { inputs, options, output }: Command, io: FfmpegIo): Promise<void> {
  io.signal?.throwIfAborted();
  // fluent-ffmpeg keeps one path for the whole process: every run sets its own.
  const command = detached(fluentFfmpeg({ stdoutLines: STDERR_LINES }).setFfmpegPath(media.ffmpegPath));
  let stopped: { reason: unknown } | undefined;
  const stop = (reason: unknown): void => {
    stopped ??= { reason };
    command.kill('SIGKILL');
  };
  const onAbort = (): void => stop(io.signal?.reason);
  const timeout = new LateError(`ffmpeg was stopped after ${io.timeoutMs} ms`);
  const timer = setTimeout(() => stop(io.failure(timeout)), io.timeoutMs);
  io.signal?.addEventListener('abort', onAbort, { once: true });

  const source = Readable.from(guarded(io.stdin ?? [], stop), { objectMode: false, highWaterMark: READ_AHEAD_BYTES });
  const sink = collector(io.onOutput);
  for (const input of inputs) {
    command.input(input.source === STDIN ? source : input.source).inputOptions([...input.options]);
  }
  command.outputOptions(['-hide_banner', '-nostdin', '-loglevel', 'error', ...options]);
  command.output(output === STDOUT ? sink.stream : output);
  try {
    await ended(command, () => stopped !== undefined);
    if (output === STDOUT) await sink.finished;
  } catch (error) {
    if (!stopped) throw diskIsFull(error) ? new SoyleError('storage_full', {}, error) : io.failure(error as Error);
  } finally {
    clearTimeout(timer);
    io.signal?.removeEventListener('abort', onAbort);
    source.destroy();
  }
  if (stopped) throw stopped.reason;
}

/** Ctrl-C in a terminal reaches its whole process group; ffmpeg must not die of it while we still finish its chunk. */
function detached(command: FfmpegCommand): FfmpegCommand {
  const hidden = command as unknown as { _spawnFfmpeg(args: string[], options: object, ...rest: unknown[]): void };
  const spawn = hidden._spawnFfmpeg;
  hidden._spawnFfmpeg = (args, options, ...rest) => spawn.call(command, args, { ...options, detached: true }, ...rest);
  return command;
}

const diskIsFull = (error: unknown): boolean => /No space left on device/.test(String(error));

/** Resolves when the process has ended well, rejects with an `Error` whose message ends with its stderr. */
function ended(command: FfmpegCommand, isStopped: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    command.on('start', () => {
      // fluent-ffmpeg's own listener for a program that cannot be started throws inside the event; ours rejects.
      const { ffmpegProc } = command as unknown as { ffmpegProc: ChildProcess };
      ffmpegProc.removeAllListeners('error').once('error', reject);
      if (isStopped()) command.kill('SIGKILL');
    });
    command.on('error', (error: Error, _stdout, stderr?: string | null) => {
      reject(new Error([error.message, stderr].filter(Boolean).join('\n'), { cause: error }));
    });
    command.on('end', () => resolve());
    command.run();
  });
}

/** The same pieces; a failing source stops ffmpeg before it could take the end of its input for a good one. */
async function* guarded(
  stdin: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  stop: (reason: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of stdin) yield piece.length < SMALL_PIECE_BYTES ? piece.slice() : piece;
  } catch (error) {
    stop(error);
  }
}

function collector(onOutput: FfmpegIo['onOutput']): { stream: Writable; finished: Promise<void> } {
  // fluent-ffmpeg takes a stream's `close` for a consumer that went away.
  const stream = new Writable({
    emitClose: false,
    write(bytes: Uint8Array, _encoding, done) {
      onOutput?.(bytes);
      done();
    },
  });
  return { stream, finished: new Promise((resolve) => stream.once('finish', resolve)) };
}
