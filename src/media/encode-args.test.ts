import { describe, expect, it } from 'vitest';
import { STDIN } from './args.ts';
import { concatList, encodeCommand, encodeMattesCommand, joinCommand } from './encode-args.ts';

const argument = (options: readonly string[], name: string): string | undefined => options[options.indexOf(name) + 1];

describe('encodeCommand', () => {
  const args = {
    ...{ width: 720, height: 480, fps: 25, audioPath: '/o/a.wav', outPath: '/o/v.mp4' },
    ...({ preset: 'superfast', crf: 24, threads: 3, matrix: 'bt709', format: 'mp4', alpha: false } as const),
  };
  const command = encodeCommand(args);

  it('reads raw pictures from stdin and the sound from a local file', () => {
    expect(command.inputs[0]!.source).toBe(STDIN);
    expect(argument(command.inputs[0]!.options, '-video_size')).toBe('720x480');
    expect(command.inputs[1]!.source).toBe('file:/o/a.wav');
    expect(argument(command.inputs[1]!.options, '-protocol_whitelist')).toBe('file,pipe');
  });

  it('tags the colours it is given', () => {
    expect(argument(command.options, '-x264-params')).toContain('colormatrix=bt709');
  });

  it('makes a file that plays while it is loaded, without B-frames', () => {
    expect(argument(command.options, '-movflags')).toBe('+faststart');
    expect(argument(command.options, '-bf')).toBe('0');
    expect(argument(command.options, '-threads')).toBe('3');
    expect(command.output).toBe('/o/v.mp4');
  });

  it('does not look between pixels where nothing moves but a mouth', () => {
    const paramsOf = (of: Parameters<typeof encodeCommand>[0]) => argument(encodeCommand(of).options, '-x264-params');
    expect(paramsOf(args)).not.toContain('subme');
    expect(paramsOf({ ...args, still: true })).toBe(`${paramsOf(args)}:subme=0`);
  });

  it('scales only what is wanted in another size', () => {
    expect(command.options).not.toContain('-vf');
    const { options } = encodeCommand({ ...args, scaled: { width: 360, height: 240 } });
    expect(argument(options, '-vf')).toMatch(/^scale=360:240:/);
  });

  it('makes WebM of VP9 and Opus', () => {
    const opaque = encodeCommand({ ...args, format: 'webm' });
    expect(argument(opaque.options, '-c:v')).toBe('libvpx-vp9');
    expect(argument(opaque.options, '-c:a')).toBe('libopus');
    expect(argument(opaque.options, '-pix_fmt')).toBe('yuv420p');
    expect(opaque.options).not.toContain('alpha_mode=1');
  });

  it('encodes the mattes of a transparent WebM by themselves', () => {
    const { inputs, options, output } = encodeMattesCommand({ ...args, format: 'webm', alpha: true }, '/o/v.ivf');
    expect(argument(inputs[0]!.options, '-pix_fmt')).toBe('yuva420p');
    expect(options.indexOf('/o/v.ivf')).toBeLessThan(options.indexOf('[colour]'));
    expect(argument(options, '-filter_complex')).toMatch(/alphaextract.*\[matte\]/);
    expect(options.filter((option) => option === 'libvpx-vp9')).toHaveLength(2);
    expect(output).toBe('/o/v.mp4');
  });

  it('stacks the matte below the colours, both scaled before they touch', () => {
    const scaled = { width: 360, height: 240 };
    const { options } = encodeCommand({ ...args, format: 'stacked-mp4', alpha: true, scaled });
    const graph = argument(options, '-filter_complex')!;
    expect(graph.indexOf('scale=360:240')).toBeLessThan(graph.indexOf('vstack'));
    expect(argument(options, '-map')).toBe('[v]');
    expect(argument(options, '-c:v')).toBe('libx264');
  });
});

describe('joinCommand', () => {
  it('copies the pictures and encodes the sound', () => {
    const args = { audioPath: '/o/all.wav', outPath: '/o/all.mp4', alpha: false };
    const { options } = joinCommand({ ...args, format: 'mp4' });
    expect(argument(options, '-c:v')).toBe('copy');
    expect(argument(options, '-c:a')).toBe('aac');
    expect(argument(joinCommand({ ...args, format: 'webm' }).options, '-c:a')).toBe('libopus');
    expect(joinCommand({ ...args, format: 'webm', alpha: true }).options).toContain('alpha_mode=1');
  });

  it('escapes quotes in the list of files', () => {
    expect(concatList(['/o/1.mp4', "/o/it's.mp4"])).toBe("file 'file:/o/1.mp4'\nfile 'file:/o/it'\\''s.mp4'\n");
    expect(concatList(['/o/1.webm'], [480])).toBe("file 'file:/o/1.webm'\nduration 0.48\n");
  });
});
