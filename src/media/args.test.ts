import { describe, expect, it } from 'vitest';
import { concatList, decodeCommand, encodeCommand, joinCommand, STDIN, STDOUT } from './args.ts';

const argument = (options: readonly string[], name: string): string | undefined => options[options.indexOf(name) + 1];

describe('encodeCommand', () => {
  const command = encodeCommand({
    ...{ width: 720, height: 480, fps: 25, audioPath: '/o/a.wav', outPath: '/o/v.mp4' },
    ...{ preset: 'superfast', crf: 24, matrix: 'bt709' },
  });

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
    expect(command.output).toBe('/o/v.mp4');
  });
});

describe('decodeCommand', () => {
  const args = {
    ...({ path: '/in/a b.mp4', container: 'mov', fps: 25, width: 640, height: 360, maxFrames: 10 } as const),
    ...{ maxPixels: 1e6, maxAlloc: 2e8, fullRange: true },
  };

  it('names the container and bounds protocols, pixels, memory and frames', () => {
    const { inputs, options, output } = decodeCommand({ ...args, matrix: 'bt709' });
    expect(inputs[0]!.source).toBe('file:/in/a b.mp4');
    expect(inputs[0]!.options.slice(0, 4)).toEqual(['-f', 'mov', '-protocol_whitelist', 'file,pipe']);
    expect(argument(inputs[0]!.options, '-max_pixels')).toBe('1000000');
    expect(argument(options, '-max_alloc')).toBe('200000000');
    expect(argument(options, '-frames:v')).toBe('10');
    expect(output).toBe(STDOUT);
  });

  it('converts matrix and range to one kind; RGB has neither', () => {
    expect(argument(decodeCommand({ ...args, matrix: 'bt709' }).options, '-vf')).toMatch(
      /in_color_matrix=bt709:in_range=pc:out_color_matrix=bt601:out_range=tv/,
    );
    expect(argument(decodeCommand({ ...args, matrix: undefined }).options, '-vf')).not.toMatch(/in_/);
  });
});

describe('joinCommand', () => {
  it('copies the pictures and encodes the sound', () => {
    const { options } = joinCommand('/o/all.wav', '/o/all.mp4');
    expect(argument(options, '-c:v')).toBe('copy');
    expect(argument(options, '-c:a')).toBe('aac');
  });

  it('escapes quotes in the list of files', () => {
    expect(concatList(['/o/1.mp4', "/o/it's.mp4"])).toBe("file 'file:/o/1.mp4'\nfile 'file:/o/it'\\''s.mp4'\n");
  });
});
