import type { Matrix } from './colour.ts';
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

/** Where libx264 writes the colour tags itself; `-colorspace` would make newer ffmpeg convert. */
const X264_COLOUR: Record<Matrix, string> = {
  bt601: 'colorprim=bt709:transfer=bt709:colormatrix=smpte170m',
  bt709: 'colorprim=bt709:transfer=bt709:colormatrix=bt709',
};

/**
 * AAC at 48 kHz: its 1024 samples of priming are 21 ms there, and 64 ms at 16 kHz.
 * faststart: the index comes first, so that playing starts before the file is whole.
 */
const AAC_MP4 = ['-c:a', 'aac', '-ar', '48000', '-ac', '1', '-b:a', '96k', '-movflags', '+faststart', '-f', 'mp4'];

export interface EncodeArgs {
  width: number;
  height: number;
  fps: number;
  audioPath: string;
  outPath: string;
  preset: string;
  crf: number;
  matrix: Matrix;
}

/** I420 pictures on stdin + a WAV → H.264 + AAC in one MP4. */
export function encodeCommand(a: EncodeArgs): Command {
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-video_size', `${a.width}x${a.height}`];
  // One thread: a second one spends more core time than it saves, and the other core is busy with the lips.
  const x264 = ['-c:v', 'libx264', '-preset', a.preset, '-crf', `${a.crf}`, '-threads', '1', '-bf', '0'];
  return {
    inputs: [
      { source: STDIN, options: [...raw, '-framerate', `${a.fps}`] },
      { source: fileUrl(a.audioPath), options: ['-f', 'wav', ...LOCAL_ONLY] },
    ],
    options: [
      ...['-map', '0:v:0', '-map', '1:a:0', '-map_metadata', '-1'],
      ...[...x264, '-pix_fmt', 'yuv420p', '-x264-params', X264_COLOUR[a.matrix]],
      ...AAC_MP4,
    ],
    output: a.outPath,
  };
}

/** A concat list on stdin + the whole WAV → the pictures untouched, the sound encoded once. */
export function joinCommand(audioPath: string, outPath: string): Command {
  return {
    inputs: [
      { source: STDIN, options: ['-f', 'concat', '-safe', '0', ...LOCAL_ONLY] },
      { source: fileUrl(audioPath), options: ['-f', 'wav', ...LOCAL_ONLY] },
    ],
    options: ['-map', '0:v:0', '-map', '1:a:0', '-map_metadata', '-1', '-c:v', 'copy', ...AAC_MP4],
    output: outPath,
  };
}

/** The list `joinCommand` reads; a quote inside a path is closed, escaped and opened again. */
export const concatList = (paths: readonly string[]): string =>
  paths.map((path) => `file '${fileUrl(path).replaceAll("'", "'\\''")}'\n`).join('');

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
  return {
    inputs: [
      {
        source: fileUrl(a.path),
        options: ['-f', a.container, ...LOCAL_ONLY, '-max_pixels', `${a.maxPixels}`, '-threads', '1'],
      },
    ],
    options: [
      ...['-max_alloc', `${a.maxAlloc}`, '-map', '0:v:0', '-an', '-sn', '-dn'],
      ...['-vf', `fps=${a.fps},${scale},format=yuv420p`, '-frames:v', `${a.maxFrames}`],
      ...['-threads', '1', '-f', 'rawvideo', '-pix_fmt', 'yuv420p'],
    ],
    output: STDOUT,
  };
}
