import type { Container } from './sniff.ts';

/** One ffmpeg run as data. Pure, so that what ffmpeg is told can be tested without running it. */
export interface Command {
  inputs: readonly { source: string | typeof STDIN; options: readonly string[] }[];
  options: readonly string[];
  output: string | typeof STDOUT;
}

export const STDIN = Symbol('stdin');
export const STDOUT = Symbol('stdout');

/** Only local files and our own pipes: whatever a file points to elsewhere is not opened. */
export const LOCAL_ONLY = ['-protocol_whitelist', 'file,pipe'] as const;

/** `file:` keeps a path from being read as another protocol. */
export const fileUrl = (path: string): string => `file:${path}`;

export interface DecodeArgs {
  path: string;
  container: Container;
  fps: number;
  width: number;
  height: number;
  maxFrames: number;
  /** Largest coded picture that is decoded at all. */
  maxPixels: number;
  /** Largest single piece of memory ffmpeg may ask for, bytes. */
  maxAlloc: number;
  /** How the file's own pictures are coded; `undefined` for RGB. */
  matrix: string | undefined;
  fullRange: boolean;
  /** Behind transparent pictures comes this colour, `#rrggbb`; `undefined` where nothing is transparent. */
  behind: string | undefined;
  /** ffmpeg's name of the codec; the matte of VP8 and VP9 is read by libvpx alone. */
  codec: string;
}

/** A video → BT.601 limited-range I420 pictures of one size on stdout, at a constant rate. */
export function decodeCommand(a: DecodeArgs): Command {
  const from = a.matrix ? [`in_color_matrix=${a.matrix}`, `in_range=${a.fullRange ? 'pc' : 'tv'}`] : [];
  const scale = [
    `scale=${a.width}:${a.height}`,
    'flags=bicubic+accurate_rnd+full_chroma_int',
    ...from,
    'out_color_matrix=bt601',
    'out_range=tv',
  ].join(':');
  const decoder = a.behind && LIBVPX[a.codec] ? ['-c:v', LIBVPX[a.codec]!] : [];
  return {
    inputs: [
      {
        source: fileUrl(a.path),
        options: ['-f', a.container, ...decoder, ...LOCAL_ONLY, '-max_pixels', `${a.maxPixels}`, '-threads', '1'],
      },
    ],
    options: [
      ...['-max_alloc', `${a.maxAlloc}`, ...picturesOf(a, `fps=${a.fps},${scale}`), '-an', '-sn', '-dn'],
      ...['-frames:v', `${a.maxFrames}`],
      ...['-threads', '1', '-f', 'rawvideo', '-pix_fmt', 'yuv420p'],
    ],
    output: STDOUT,
  };
}

const LIBVPX: Record<string, string> = { vp8: 'libvpx', vp9: 'libvpx-vp9' };

/** The file's pictures as they are, or before a colour. */
function picturesOf({ behind, width, height, fps }: DecodeArgs, filters: string): string[] {
  if (!behind) return ['-map', '0:v:0', '-vf', `${filters},format=yuv420p`];
  const colour = `color=c=0x${behind.slice(1)}:s=${width}x${height}:r=${fps}[behind]`;
  const over = '[behind][seen]overlay=shortest=1:format=yuv420,format=yuv420p[v]';
  return ['-filter_complex', `${colour};[0:v:0]${filters},format=yuva420p[seen];${over}`, '-map', '[v]'];
}
