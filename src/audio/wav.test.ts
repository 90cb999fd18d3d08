import { describe, expect, it } from 'vitest';
import { encodeWav, parseWav, WavError } from './wav.ts';

const speech = Int16Array.of(0, 1, -1, 32_767, -32_768, 256, -12_345);

interface Parts {
  format?: number;
  channels?: number;
  rate?: number;
  bits?: number;
  data: Uint8Array;
  dataSize?: number;
  riffSize?: number;
  before?: Uint8Array;
  after?: Uint8Array;
}

/** A WAV built by hand, chunk by chunk. */
function wav({ format = 1, channels = 1, rate = 16_000, bits = 16, ...parts }: Parts): Uint8Array {
  const fmt = Buffer.alloc(16);
  fmt.writeUInt16LE(format, 0);
  fmt.writeUInt16LE(channels, 2);
  fmt.writeUInt32LE(rate, 4);
  fmt.writeUInt32LE((rate * channels * bits) / 8, 8);
  fmt.writeUInt16LE((channels * bits) / 8, 12);
  fmt.writeUInt16LE(bits, 14);
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    parts.before ?? new Uint8Array(),
    chunk('fmt ', fmt),
    chunk('data', parts.data, parts.dataSize),
    parts.after ?? new Uint8Array(),
  ]);
  return chunk('RIFF', body, parts.riffSize);
}

function chunk(id: string, body: Uint8Array, size = body.length): Buffer {
  const head = Buffer.from(`${id}\0\0\0\0`, 'latin1');
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

const bytesOf = (array: Int16Array | Int32Array | Float32Array) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

describe('encodeWav', () => {
  it('writes the canonical 44-byte header', () => {
    const header = Buffer.from(encodeWav(Int16Array.of(1, -2)).subarray(0, 44)).toString('hex');
    expect(header).toBe(
      '52494646' +
        '28000000' +
        '57415645' +
        '666d7420' +
        '10000000' +
        '0100' +
        '0100' +
        '803e0000' +
        '007d0000' +
        '0200' +
        '1000' +
        '64617461' +
        '04000000',
    );
  });

  it.each([speech, new Int16Array(0), speech.subarray(2, 5)])('comes back as it was', (pcm) => {
    const bytes = encodeWav(pcm);
    expect(bytes).toHaveLength(44 + 2 * pcm.length);
    expect(parseWav(bytes)).toEqual({ sampleRate: 16_000, channels: 1, pcm: Int16Array.from(pcm) });
  });
});

describe('parseWav', () => {
  it.each([
    ['8-bit', { bits: 8, data: Uint8Array.of(128, 0, 255, 192) }, [0, -32_768, 32_512, 16_384]],
    ['16-bit', { data: bytesOf(speech) }, [...speech]],
    ['24-bit', { bits: 24, data: Uint8Array.of(0, 0, 0x80, 0xff, 0xff, 0x7f, 0, 1, 0) }, [-32_768, 32_767, 1]],
    ['32-bit', { bits: 32, data: bytesOf(Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 2 ** 16)) }, [-32_768, 32_767, 1]],
    [
      'float',
      { format: 3, bits: 32, data: bytesOf(Float32Array.of(-0.5, 1, -7, Number.NaN)) },
      [-16_384, 32_767, -32_768, 0],
    ],
    ['stereo', { channels: 2, data: bytesOf(Int16Array.of(100, 300, -32_768, -32_768)) }, [200, -32_768]],
    ['a torn last frame of', { channels: 2, data: bytesOf(Int16Array.of(100, 300, 500)) }, [200]],
  ])('reads %s samples', (_, parts, expected) => {
    expect([...parseWav(wav(parts)).pcm]).toEqual(expected);
  });

  it('reads the rate and the channels', () => {
    const parsed = parseWav(wav({ rate: 44_100, channels: 2, data: bytesOf(speech) }));
    expect(parsed).toMatchObject({ sampleRate: 44_100, channels: 2 });
  });

  it('reads the extensible format', () => {
    const fields = 'feff 0100 803e0000 007d0000 0200 1000 1600 1000 04000000';
    const guid = '01000000 0000 1000 8000 00aa00389b71';
    const fmt = chunk('fmt ', Buffer.from((fields + guid).replaceAll(' ', ''), 'hex'));
    const bytes = chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), fmt, chunk('data', bytesOf(speech))]));
    expect(parseWav(bytes)).toEqual({ sampleRate: 16_000, channels: 1, pcm: speech });
  });

  it('skips other chunks, of odd size too, around the data', () => {
    const extra = chunk('LIST', Buffer.from('abc'));
    expect(parseWav(wav({ data: bytesOf(speech), before: extra, after: extra })).pcm).toEqual(speech);
  });

  it.each([
    [0, 0],
    [0xffff_ffff, 0xffff_ffff],
    [0xffff_ffff, 0],
    [0x7fff_f024, 0x7fff_f000],
  ])('reads a stream to its end (RIFF size %i, data size %i)', (riffSize, dataSize) => {
    expect(parseWav(wav({ data: bytesOf(speech), riffSize, dataSize })).pcm).toEqual(speech);
  });

  it('believes an empty data chunk of a finished file', () => {
    expect(parseWav(wav({ data: new Uint8Array(), after: chunk('LIST', Buffer.from('abcd')) })).pcm).toHaveLength(0);
  });

  it('reads from the middle of a larger buffer', () => {
    const whole = Buffer.concat([Buffer.from('x'), encodeWav(speech)]);
    expect(parseWav(whole.subarray(1)).pcm).toEqual(speech);
  });

  const data = bytesOf(speech);
  it.each([
    ['nothing', new Uint8Array(), 'Not a WAV file'],
    ['an MP3', Buffer.from('ID3\u0004 and something more'), 'Not a WAV file'],
    ['a header alone', Buffer.from('RIFF\0\0\0\0WAVE'), 'WAV has no data'],
    ['data before its format', wav({ data, before: chunk('data', data) }), 'WAV has its data before its format'],
    ['a torn format', encodeWav(speech).subarray(0, 30), 'WAV format is cut short'],
    ['A-law', wav({ format: 6, bits: 8, data }), 'WAV of format 6 with 8 bits is not supported'],
    ['12-bit', wav({ bits: 12, data }), 'WAV of format 1 with 12 bits is not supported'],
    ['no channels', wav({ channels: 0, data }), 'WAV has no channels'],
    ['no rate', wav({ rate: 0, data }), 'WAV has a sample rate of 0 Hz'],
    ['an absurd rate', wav({ rate: 2_000_000_000, bits: 8, data }), 'WAV has a sample rate of 2000000000 Hz'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseWav(bytes)).toThrow(new WavError(message));
  });
});
