import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { silentLog } from '../../src/log.ts';
import { createMedia } from '../../src/media/ffmpeg.ts';

const run = promisify(execFile);
export const { ffmpegPath: bundledFfmpeg, ffprobePath } = createMedia({ log: silentLog });

/** A compressed packet; seconds. */
export interface Packet {
  pts: number;
  duration: number;
}

interface Stream {
  codec_type: 'video' | 'audio';
  codec_name: string;
  duration: string;
  pix_fmt?: string;
  sample_rate?: string;
  channels?: number;
}

export interface Probed {
  format: { format_name: string; duration: string };
  streams: Stream[];
}

async function ffprobe<T>(path: string, ...args: string[]): Promise<T> {
  const { stdout } = await run(ffprobePath, ['-v', 'error', '-of', 'json', ...args, path], { maxBuffer: 1 << 24 });
  return JSON.parse(stdout) as T;
}

export const probe = (path: string): Promise<Probed> => ffprobe(path, '-show_format', '-show_streams');

/** The packets of a file's only video or audio track, as they are shown. */
export async function packets(path: string, track: 'v' | 'a'): Promise<Packet[]> {
  type Answer = { packets: { pts_time: string; duration_time: string }[] };
  const entries = 'packet=pts_time,duration_time';
  const answer = await ffprobe<Answer>(path, '-select_streams', track, '-show_packets', '-show_entries', entries);
  return answer.packets
    .map(({ pts_time, duration_time }) => ({ pts: Number(pts_time), duration: Number(duration_time) }))
    .sort((a, b) => a.pts - b.pts);
}
