import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { silentLog } from '../../src/log.ts';
import { createMedia, type Media } from '../../src/media/ffmpeg.ts';

const run = promisify(execFile);

const bundled = createMedia({ log: silentLog });
const system = createMedia({ ffmpegPath: '/usr/bin/ffmpeg', ffprobePath: '/usr/bin/ffprobe', log: silentLog });

/** The programs npm brought, and the operating system's where there are any; a full run must have both. */
export const programs: [string, Media][] = [['bundled', bundled]];
if (process.env.CI || (existsSync(system.ffmpegPath) && existsSync(system.ffprobePath)))
  programs.push(['system', system]);

/** Runs a program and answers its stdout. */
export async function outputOf(program: string, args: string[]): Promise<Buffer> {
  const { stdout, stderr } = await run(program, args, { encoding: 'buffer', maxBuffer: 1 << 28 });
  if (stderr.length) throw new Error(stderr.toString());
  return stdout;
}

interface Shown {
  format: Record<string, string>;
  streams: Record<string, string>[];
  packets: Record<string, string>[];
}

/** What ffprobe shows of a file, as it words it. */
export async function shown(media: Media, path: string, ...what: string[]): Promise<Shown> {
  return JSON.parse(`${await outputOf(media.ffprobePath, ['-v', 'error', '-of', 'json', ...what, path])}`);
}

/** Numbers of one packet field, in the order of the file. */
export async function packets(media: Media, path: string, stream: 'v' | 'a', field: string): Promise<number[]> {
  const answer = await shown(media, path, '-select_streams', stream, '-show_packets');
  return answer.packets.map((packet) => Number(packet[field]));
}

/** A humming voice of `length` samples at 16 kHz that begins after `silence` samples. */
export const hum = (length: number, silence: number): Int16Array =>
  Int16Array.from({ length }, (_, i) =>
    i < silence
      ? 0
      : 6000 * Math.sin((2 * Math.PI * 220 * i) / 16_000) * (1 + Math.sin((2 * Math.PI * 3 * i) / 16_000)),
  );

/** Mean over the frames of the peak signal-to-noise ratio of their luma, dB, and the worst frame's. */
export function lumaPsnr(one: readonly Uint8Array[], two: readonly Uint8Array[], pixels: number) {
  const values = one.map((frame, index) => {
    let sum = 0;
    for (let i = 0; i < pixels; i++) sum += (frame[i]! - two[index]![i]!) ** 2;
    return 10 * Math.log10((255 * 255 * pixels) / Math.max(sum, 1));
  });
  return { mean: values.reduce((sum, value) => sum + value) / values.length, worst: Math.min(...values) };
}

/** Signal-to-noise ratio of `heard` against `meant`, dB. */
export function soundToNoise(meant: Int16Array, heard: Int16Array): number {
  let signal = 0;
  let noise = 1;
  for (const [i, value] of meant.entries()) {
    signal += value ** 2;
    noise += (value - (heard[i] ?? 0)) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}
