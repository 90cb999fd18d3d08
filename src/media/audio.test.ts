import { describe, expect, it } from 'vitest';
import { STDIN, STDOUT } from './args.ts';
import { decodeAudioCommand } from './audio.ts';

describe('decodeAudioCommand', () => {
  it.each(['wav', 'mp3', 'ogg', 'flac'] as const)(
    'tells ffmpeg that it is %s, and to open nothing else',
    (container) => {
      const { inputs, options, output } = decodeAudioCommand(container);
      expect(inputs.map(({ source }) => source)).toEqual([STDIN]);
      expect(inputs[0]?.options.join(' ')).toMatch(new RegExp(`^-f ${container} -protocol_whitelist file,pipe `));
      expect(options.join(' ')).toMatch(/-map 0:a:0 .*-t 1800 -fs 172800000 .*-ac 1 -c:a pcm_s16le .*-f wav$/);
      expect(output).toBe(STDOUT);
    },
  );
});
