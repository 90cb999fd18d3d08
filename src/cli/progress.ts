import { SingleBar } from 'cli-progress';

export interface Progress {
  /** Passes frames through and counts them on the bar. */
  count(frames: AsyncIterable<Uint8Array>, total: number): AsyncIterable<Uint8Array>;
  /** Prints a line on standard output, above the bar. */
  say(line: string): void;
  stop(): void;
}

/** A bar on standard error while a terminal is watching; silent in a pipe. */
export function createProgress(): Progress {
  const bar = new SingleBar({
    format: '{bar} {percentage}% | part {chunk} | {eta_formatted} left',
    stream: process.stderr,
    noTTYOutput: false,
    clearOnComplete: true,
    hideCursor: true,
  });
  let chunk = 0;
  return {
    async *count(frames, total) {
      chunk++;
      bar.start(total, 0, { chunk });
      for await (const frame of frames) {
        yield frame;
        bar.increment();
      }
    },
    say(line) {
      bar.stop();
      process.stdout.write(`${line}\n`);
    },
    stop() {
      bar.stop();
    },
  };
}
