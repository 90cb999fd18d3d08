import { expect, it } from 'vitest';
import { remoteTools } from '../../test/fixtures/speech/tools.ts';
import { openSound } from './remote-sound.ts';

const NOISE = Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251));
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const MP4 = Buffer.from('00000020667479704d344120000000004d3441206d70343269736f6d00000000', 'hex');
const WEBM = Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d', 'hex');
const RAW_RATE = 24_000;

function open(contentType: string, head: Uint8Array = Buffer.alloc(0)) {
  async function* body() {
    yield Buffer.concat([head, NOISE]);
  }
  const options = { server: 'test', media: remoteTools.media, rawRate: RAW_RATE };
  return openSound({ contentType, body: body() }, options, new AbortController().signal);
}

it.each([
  ['image/png', PNG],
  ['audio/pcm', PNG],
  ['audio/mp4', MP4],
  ['', MP4],
  ['application/octet-stream', WEBM],
  ['audio/mpeg', undefined],
  ['audio/aac', undefined],
  ['audio/webm; codecs=opus', undefined],
  ['video/mp2t', undefined],
  ['application/zip', undefined],
])('does not take %s for raw samples', async (contentType, head) => {
  await expect(open(contentType, head)).rejects.toMatchObject({ code: 'speech_failed', retryable: false });
});

it.each(['audio/pcm', 'audio/x-raw', 'audio/wav', 'application/octet-stream', ''])(
  'takes %j for raw samples where the server may send them',
  async (contentType) => {
    const { sampleRate, pcm } = await open(contentType);
    let samples = 0;
    for await (const piece of pcm) samples += piece.length;
    expect([sampleRate, samples]).toEqual([RAW_RATE, NOISE.length / 2]);
  },
);
