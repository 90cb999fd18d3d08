import type { VideoFormat } from '../types.ts';
import { type Command, fileUrl, LOCAL_ONLY, STDIN } from './args.ts';
import type { Matrix } from './colour.ts';

/** Where libx264 writes the colour tags itself; `-colorspace` would make newer ffmpeg convert. */
const X264_COLOUR: Record<Matrix, string> = {
  bt601: 'colorprim=bt709:transfer=bt709:colormatrix=smpte170m',
  bt709: 'colorprim=bt709:transfer=bt709:colormatrix=bt709',
};

/**
 * Of a still picture only the mouth moves: to look between pixels for where the rest came from takes x264 a quarter of
 * its time and gains nothing (1920×1080: .1 dB around the mouth, no bytes; 1280×720 that moves: half of all bytes).
 */
const STILL = 'subme=0';

/**
 * AAC at 48 kHz: its 1024 samples of priming are 21 ms there, and 64 ms at 16 kHz.
 * faststart: the index comes first, so that playing starts before the file is whole.
 */
const AAC_MP4 = ['-c:a', 'aac', '-ar', '48000', '-ac', '1', '-b:a', '96k', '-movflags', '+faststart', '-f', 'mp4'];

const OPUS_WEBM = ['-c:a', 'libopus', '-ar', '48000', '-ac', '1', '-b:a', '64k', '-f', 'webm'];
/** Tells players that the pictures carry their matte (Matroska's AlphaMode). */
const ALPHA_WEBM = ['-metadata:s:v:0', 'alpha_mode=1'];
/** About the quality and size of x264 at 21, as quick as libvpx can be; one packet a picture. */
const VP9 = [
  ...[
    '-c:v',
    'libvpx-vp9',
    '-pix_fmt',
    'yuv420p',
    '-crf',
    '30',
    '-b:v',
    '0',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
  ],
  ...['-lag-in-frames', '0', '-auto-alt-ref', '0', '-row-mt', '1', '-threads', '2'],
];
const VP9_COLOUR: Record<Matrix, string> = { bt601: 'smpte170m', bt709: 'bt709' };

export interface EncodeArgs {
  /** Of the pictures on stdin. */
  width: number;
  height: number;
  fps: number;
  audioPath: string;
  outPath: string;
  preset: string;
  crf: number;
  /** Of x264. */
  threads: number;
  /** Nothing moves but the mouth. */
  still?: boolean;
  matrix: Matrix;
  format: VideoFormat;
  /** A matte of 8 bits, 255 = seen, follows every picture. */
  alpha: boolean;
  /** Size of the video where it is another one. */
  scaled?: { width: number; height: number };
}

/** I420 pictures on stdin, perhaps with mattes, + a WAV → H.264 + AAC in one MP4, or VP9 + Opus in one WebM. */
export function encodeCommand(a: EncodeArgs): Command {
  const raw = ['-f', 'rawvideo', '-pix_fmt', a.alpha ? 'yuva420p' : 'yuv420p', '-video_size', `${a.width}x${a.height}`];
  return {
    inputs: [
      { source: STDIN, options: [...raw, '-framerate', `${a.fps}`] },
      { source: fileUrl(a.audioPath), options: ['-f', 'wav', ...LOCAL_ONLY] },
    ],
    options: [
      ...[...pictureOf(a), '-map', '1:a:0', '-map_metadata', '-1'],
      ...(a.format === 'webm' ? webmOf(a) : mp4Of(a)),
    ],
    output: a.outPath,
  };
}

/** Which pictures are encoded: those on stdin, scaled, with their matte below where it has to be a part of the picture. */
function pictureOf(a: EncodeArgs): string[] {
  const scale = scaleOf(a);
  if (a.format === 'stacked-mp4') {
    // Limited range, which browsers show as black and white.
    const graph = [...splitOff('scale=in_range=pc:out_range=tv', scale), '[colour][matte]vstack[v]'];
    return ['-filter_complex', graph.join(';'), '-map', '[v]'];
  }
  return [...(scale ? ['-vf', scale] : []), '-map', '0:v:0'];
}

const scaleOf = ({ scaled }: EncodeArgs): string | undefined =>
  scaled && `scale=${scaled.width}:${scaled.height}:flags=bicubic+accurate_rnd`;

/** Filters that part pictures on stdin into [colour] and [matte]. */
const splitOff = (range: string, scale = 'null'): string[] => [
  `[0:v]${scale},format=yuva420p,split[seen][whole]`,
  `[whole]alphaextract,format=gray,${range},format=yuv420p[matte]`,
  '[seen]format=yuv420p[colour]',
];

function mp4Of({ preset, crf, threads, matrix, still }: EncodeArgs): string[] {
  // A second thread spends more core time than it saves.
  const x264 = ['-c:v', 'libx264', '-preset', preset, '-crf', `${crf}`, '-threads', `${threads}`, '-bf', '0'];
  const params = [X264_COLOUR[matrix], ...(still ? [STILL] : [])].join(':');
  return [...x264, '-pix_fmt', 'yuv420p', '-x264-params', params, ...AAC_MP4];
}

const webmOf = ({ matrix }: EncodeArgs): string[] => [...VP9, '-colorspace', VP9_COLOUR[matrix], ...OPUS_WEBM];

/**
 * The same pictures twice: VP9 + Opus in a WebM without mattes, and the mattes alone as grey VP9 in an IVF file.
 * ffmpeg of 2018 lets libvpx encode an alpha plane at its slowest setting, which takes longer than all the rest.
 */
export function encodeMattesCommand(a: EncodeArgs, mattePath: string): Command {
  const graph = splitOff('scale=in_range=pc:out_range=pc', scaleOf(a)).join(';');
  const { inputs, output } = encodeCommand(a);
  return {
    inputs,
    options: [
      ...['-filter_complex', graph, '-map', '[matte]', ...VP9, '-f', 'ivf', mattePath],
      ...['-map', '[colour]', '-map', '1:a:0', '-map_metadata', '-1', ...webmOf(a)],
    ],
    output,
  };
}

export type JoinArgs = Pick<EncodeArgs, 'audioPath' | 'outPath' | 'format' | 'alpha'>;

/** A concat list on stdin + the whole WAV → the pictures untouched, the sound encoded once. */
export function joinCommand({ audioPath, outPath, format, alpha }: JoinArgs): Command {
  return {
    inputs: [
      { source: STDIN, options: ['-f', 'concat', '-safe', '0', ...LOCAL_ONLY] },
      { source: fileUrl(audioPath), options: ['-f', 'wav', ...LOCAL_ONLY] },
    ],
    options: [
      ...['-map', '0:v:0', '-map', '1:a:0', '-map_metadata', '-1', '-c:v', 'copy'],
      ...(format === 'webm' ? [...(alpha ? ALPHA_WEBM : []), ...OPUS_WEBM] : AAC_MP4),
    ],
    output: outPath,
  };
}

/**
 * The list `joinCommand` reads; a quote inside a path is closed, escaped and opened again. Each file lasts as long as it
 * says itself unless `partsMs` knows better.
 */
export const concatList = (paths: readonly string[], partsMs: readonly number[] = []): string =>
  paths
    .map((path, index) => {
      const file = `file '${fileUrl(path).replaceAll("'", "'\\''")}'\n`;
      const ms = partsMs[index];
      return ms === undefined ? file : `${file}duration ${ms / 1000}\n`;
    })
    .join('');
