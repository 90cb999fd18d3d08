import { describe, expect, it } from 'vitest';
import { encodeWav, WavError } from './wav.ts';
import { readWavHead, readWavSamples } from './wav-stream.ts';

const pcm = Int16Array.of(1, -2, 300, -32_768, 32_767);
const file = encodeWav(pcm);

/** The same file with other sizes in its header. */
function sized(riff: number, data: number): Uint8Array {
  const bytes = file.slice();
  new DataView(bytes.buffer).setUint32(4, riff, true);
  new DataView(bytes.buffer).setUint32(40, data, true);
  return bytes;
}

async function samples(bytes: Uint8Array, size: number): Promise<number[]> {
  const head = readWavHead(bytes)!;
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let at = head.length; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const heard: number[] = [];
  for await (const piece of readWavSamples(head, body())) heard.push(...piece);
  return heard;
}

describe('readWavHead', () => {
  it('asks for more until the samples begin', () => {
    for (let length = 0; length < 44; length++) expect(readWavHead(file.subarray(0, length))).toBeUndefined();
    expect(readWavHead(file)).toMatchObject({ sampleRate: 16_000, frameBytes: 2, dataBytes: 10, length: 44 });
  });

  it.each([
    ['zeros', 0, 0],
    ['the largest number', 0xffff_ffff, 0xffff_ffff],
    ['the largest signed number', 0x7fff_ffff, 0x7fff_ffff],
    ['an empty file', 36, 0],
  ])('takes %s in place of sizes for an open end', (_, riff, data) => {
    expect(readWavHead(sized(riff, data))?.dataBytes).toBe(Number.POSITIVE_INFINITY);
  });

  it('believes in no samples when something else follows them', () => {
    expect(readWavHead(sized(100, 0))?.dataBytes).toBe(0);
  });

  it('leaves its input alone', () => {
    const bytes = Buffer.from(file);
    readWavHead(bytes);
    expect(bytes.equals(file)).toBe(true);
  });

  it('throws for what is no WAV it can read', () => {
    expect(() => readWavHead(Buffer.from('OggS and so on'))).toThrow(WavError);
    const law = file.slice();
    law[20] = 7;
    expect(() => readWavHead(law)).toThrow(WavError);
    const endless = Buffer.concat([
      file.subarray(0, 36),
      Buffer.from('junk\xff\xff\xff\x7f', 'latin1'),
      Buffer.alloc(2_000_000),
    ]);
    expect(() => readWavHead(endless)).toThrow('no data');
  });
});

describe('readWavSamples', () => {
  it.each([1, 2, 3, 100])('puts samples together that come in pieces of %i bytes', async (size) => {
    expect(await samples(sized(0, 0), size)).toEqual([...pcm]);
  });

  it('ends where the header says', async () => {
    const tail = Buffer.concat([file, Buffer.from('LIST\x04\0\0\0abcd')]);
    expect(await samples(tail, 4)).toEqual([...pcm]);
    expect(await samples(sized(40, 4), 3)).toEqual([1, -2]);
  });
});
