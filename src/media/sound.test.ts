import { describe, expect, it } from 'vitest';
import { silentLog } from '../log.ts';
import { STDIN, STDOUT } from './args.ts';
import { createMedia } from './ffmpeg.ts';
import { encodeSound, encodeSoundCommand, encodeSoundFile } from './sound.ts';

const media = createMedia({ log: silentLog });
const { signal } = new AbortController();

async function* sound(...pieces: number[][]): AsyncGenerator<Int16Array> {
  for (const piece of pieces) yield Int16Array.from(piece);
}

describe('encodeSoundCommand', () => {
  it.each([
    ['mp3', 'libmp3lame', 'mp3'],
    ['opus', 'libopus', 'ogg'],
    ['aac', 'aac', 'adts'],
    ['flac', 'flac', 'flac'],
    ['pcm', 'pcm_s16le', 's16le'],
  ] as const)('makes %s of bare samples, flushed as it grows', (format, codec, container) => {
    const { inputs, options, output } = encodeSoundCommand(format, 22_050);
    expect(inputs).toEqual([{ source: STDIN, options: expect.arrayContaining(['-f', 's16le', '-ar', '22050']) }]);
    expect(options.join(' ')).toMatch(new RegExp(`-c:a ${codec} .*-f ${container} .*-flush_packets 1`));
    expect(output).toBe(STDOUT);
  });
});

describe('encodeSound', () => {
  it('writes a WAV of unknown length piece by piece, without ffmpeg', async () => {
    const pieces: number[][] = [];
    for await (const piece of encodeSound(media, { sampleRate: 8000, pcm: sound([1, -2], [3]) }, 'wav', signal)) {
      pieces.push([...piece]);
    }
    expect(pieces.map(({ length }) => length)).toEqual([44, 4, 2]);
    expect(pieces.slice(1)).toEqual([
      [1, 0, 254, 255],
      [3, 0],
    ]);
  });

  it('leaves samples of the right rate as they are', async () => {
    const file = await encodeSoundFile(media, { sampleRate: 24_000, pcm: sound([1, 2], [3]) }, 'pcm', signal);
    expect([...file]).toEqual([1, 0, 2, 0, 3, 0]);
  });

  it('asks for no more than is read, and loses nothing', async () => {
    const seconds = 200;
    const spoken = { held: 0, read: 0 };
    async function* speech(whose: keyof typeof spoken) {
      for (; spoken[whose] < seconds; spoken[whose]++) yield new Int16Array(16_000);
    }
    const held = encodeSound(media, { sampleRate: 16_000, pcm: speech('held') }, 'pcm', signal);
    let bytes = (await held.next()).value?.length ?? 0;
    // Meanwhile the same is read to its end, twice.
    for (let turn = 0; turn < 2; turn++) {
      spoken.read = 0;
      await encodeSoundFile(media, { sampleRate: 16_000, pcm: speech('read') }, 'pcm', signal);
    }
    expect(spoken.read).toBe(seconds);
    expect(spoken.held).toBeLessThan(seconds / 4);
    for await (const piece of held) bytes += piece.length;
    expect(bytes).toBe(seconds * 24_000 * 2);
  });

  it('ends a sound that is held back when it is left', async () => {
    let ended = false;
    const asked = { pieces: 0 };
    async function* endless() {
      try {
        for (;;) {
          asked.pieces++;
          yield new Int16Array(16_000);
        }
      } finally {
        ended = true;
      }
    }
    const held = encodeSound(media, { sampleRate: 16_000, pcm: endless() }, 'pcm', signal);
    await held.next();
    await expect.poll(() => asked.pieces).toBeGreaterThan(1);
    await held.return(undefined);
    await expect.poll(() => ended).toBe(true);
  });

  it('ends the sound when it is left', async () => {
    let ended = false;
    async function* endless() {
      try {
        for (;;) yield new Int16Array(24_000);
      } finally {
        ended = true;
      }
    }
    for (const format of ['wav', 'mp3'] as const) {
      ended = false;
      let pieces = 0;
      for await (const _ of encodeSound(media, { sampleRate: 24_000, pcm: endless() }, format, signal)) {
        // The first piece of a WAV is its header, before which nothing has been asked of the sound.
        if (++pieces === 2) break;
      }
      await expect.poll(() => ended).toBe(true);
    }
  });

  it('rejects with what the sound threw, and with the reason of an abort', async () => {
    async function* broken() {
      yield new Int16Array(10);
      throw new RangeError('hoarse');
    }
    for (const format of ['wav', 'flac'] as const) {
      const file = encodeSoundFile(media, { sampleRate: 16_000, pcm: broken() }, format, signal);
      await expect(file).rejects.toThrow('hoarse');
    }
    const reason = new Error('enough');
    const aborted = encodeSoundFile(media, { sampleRate: 16_000, pcm: sound([1]) }, 'mp3', AbortSignal.abort(reason));
    await expect(aborted).rejects.toBe(reason);
  });
});

describe('encodeSoundFile', () => {
  it('says how long its WAV is', async () => {
    const file = await encodeSoundFile(media, { sampleRate: 48_000, pcm: sound([1], [2]) }, 'wav', signal);
    const view = new DataView(file.buffer);
    expect([view.getUint32(4, true), view.getUint32(24, true), view.getUint32(28, true)]).toEqual([40, 48_000, 96_000]);
    expect([view.getUint32(40, true), file.length]).toEqual([4, 48]);
  });

  it('makes a short silence of nothing', async () => {
    const file = await encodeSoundFile(media, { sampleRate: 16_000, pcm: sound() }, 'wav', signal);
    expect(file.length).toBe(44 + 2 * 3200);
    expect(file.subarray(44).every((byte) => byte === 0)).toBe(true);
  });
});
