import { describe, expect, it } from 'vitest';
import { decodeCommand, STDOUT } from './args.ts';

const argument = (options: readonly string[], name: string): string | undefined => options[options.indexOf(name) + 1];

describe('decodeCommand', () => {
  const args = {
    ...({ path: '/in/a b.mp4', container: 'mov', fps: 25, width: 640, height: 360, maxFrames: 10 } as const),
    ...{ maxPixels: 1e6, maxAlloc: 2e8, fullRange: true, codec: 'h264', behind: undefined },
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

describe('decodeCommand of transparent pictures', () => {
  const args = {
    ...({ path: '/in/a.webm', container: 'matroska', fps: 25, width: 640, height: 360, maxFrames: 10 } as const),
    ...{ maxPixels: 1e6, maxAlloc: 2e8, fullRange: false, matrix: 'bt601', behind: '#00b140' },
  };

  it('puts a colour behind them', () => {
    const { inputs, options } = decodeCommand({ ...args, codec: 'prores' });
    expect(argument(options, '-filter_complex')).toMatch(/^color=c=0x00b140:s=640x360:r=25.*overlay=shortest=1/);
    expect(argument(options, '-map')).toBe('[v]');
    expect(inputs[0]!.options).not.toContain('-c:v');
  });

  it('has VP9 and VP8 decoded by those who read their matte', () => {
    const decoder = (codec: string) => argument(decodeCommand({ ...args, codec }).inputs[0]!.options, '-c:v');
    expect([decoder('vp9'), decoder('vp8')]).toEqual(['libvpx-vp9', 'libvpx']);
  });
});
