import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { openSound, type SoundOptions } from '../../src/speech/remote-sound.ts';
import { hum, type WavOptions, wav } from '../fixtures/speech/hum.ts';
import { remoteTools } from '../fixtures/speech/tools.ts';

const { media } = remoteTools;
const TEXT = 'Двадцать пять букв, не более'; // 1.4 s
const SECONDS = TEXT.length * 0.05;
const unaborted = () => new AbortController().signal;

/** A sound as ffmpeg writes it; `-` stands for a file that cannot be sought in. */
function encoded(format: readonly string[], options: WavOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const ffmpeg = spawn(media.ffmpegPath, ['-v', 'error', '-f', 'wav', '-i', '-', ...format, '-']);
    const pieces: Buffer[] = [];
    ffmpeg.stdout.on('data', (piece) => pieces.push(piece));
    ffmpeg.once('error', reject).once('close', () => resolve(Buffer.concat(pieces)));
    ffmpeg.stdin.end(wav(hum({ text: TEXT, sampleRate: options.sampleRate }), options));
  });
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function heard(
  bytes: Uint8Array,
  { contentType = '', rawRate, size = 1000 }: Partial<SoundOptions> & { contentType?: string; size?: number } = {},
) {
  const answer = { contentType, body: inPieces(bytes, size) };
  const { sampleRate, pcm } = await openSound(answer, { server: 'test', media, rawRate }, unaborted());
  let samples = 0;
  let energy = 0;
  for await (const piece of pcm) {
    samples += piece.length;
    for (const sample of piece) energy += sample * sample;
  }
  return { sampleRate, seconds: samples / sampleRate, loudness: Math.sqrt(energy / samples) };
}

const LOUDNESS = 9000 / Math.SQRT2;

describe('openSound', () => {
  it.each([
    { sampleRate: 8000 },
    { sampleRate: 16_000, channels: 2 },
    { sampleRate: 22_050, sizes: 'zero' },
    { sampleRate: 24_000, sizes: 'unknown' },
    { sampleRate: 44_100, channels: 2, sizes: 'unknown' },
    { sampleRate: 48_000, sizes: 'empty' },
  ] as const)('reads WAV %j, however it is cut', async (options) => {
    const bytes = wav(hum({ text: TEXT, sampleRate: options.sampleRate }), options);
    for (const size of [7, 1000, bytes.length]) {
      const sound = await heard(bytes, { size });
      expect(sound.sampleRate).toBe(options.sampleRate);
      expect(sound.seconds).toBeCloseTo(SECONDS, 3);
      expect(sound.loudness).toBeCloseTo(LOUDNESS, -2);
    }
  });

  it.each([
    ['MP3', ['-c:a', 'libmp3lame', '-f', 'mp3'], 44_100],
    ['MP3 with a picture before it', ['-metadata', `comment=${'x'.repeat(100_000)}`, '-f', 'mp3'], 24_000],
    ['Ogg Vorbis', ['-c:a', 'libvorbis', '-f', 'ogg'], 22_050],
    ['FLAC', ['-c:a', 'flac', '-f', 'flac'], 24_000],
    ['WAV in µ-law', ['-c:a', 'pcm_mulaw', '-f', 'wav'], 8000],
    ['WAV in 24 bits', ['-c:a', 'pcm_s24le', '-f', 'wav'], 48_000],
    ['WAV in float', ['-c:a', 'pcm_f32le', '-f', 'wav'], 24_000],
  ] as const)('reads %s, mono and stereo', async (_, format, sampleRate) => {
    for (const channels of [1, 2]) {
      const sound = await heard(await encoded(format, { sampleRate, channels }));
      expect(sound.sampleRate).toBe(sampleRate);
      expect(Math.abs(sound.seconds - SECONDS)).toBeLessThan(0.1);
      expect(sound.loudness / LOUDNESS).toBeGreaterThan(0.8);
      expect(sound.loudness / LOUDNESS).toBeLessThan(1.2);
    }
  });

  it('reads Opus at the 48 kHz it always has', async () => {
    const bytes = await encoded(['-c:a', 'libopus', '-f', 'ogg'], { sampleRate: 24_000 });
    expect(await heard(bytes)).toMatchObject({ sampleRate: 48_000 });
  });

  it('takes raw samples at the rate that is known or said', async () => {
    const bytes = new Uint8Array(hum({ text: TEXT, sampleRate: 24_000 }).buffer);
    const known = await heard(bytes, { rawRate: 24_000, size: 333 });
    expect(known.sampleRate).toBe(24_000);
    expect(known.seconds).toBeCloseTo(SECONDS);
    const said = await heard(bytes, { rawRate: 24_000, contentType: 'audio/l16; rate=48000; channels=1' });
    expect(said.sampleRate).toBe(48_000);
    expect(said.seconds).toBeCloseTo(SECONDS / 2);
    await expect(heard(bytes)).rejects.toMatchObject({ code: 'speech_failed', retryable: false });
  });

  it.each([
    ['text in place of raw samples', 'Something went terribly wrong on the server, please try again later, sorry.', ''],
    ['JSON in place of raw samples', `{"ошибка":"${'ы'.repeat(100)}"}`, 'application/json'],
    ['a picture', '\x89PNG\r\n\x1a\n'.repeat(20), 'audio/wav'],
    ['a playlist', `#EXTM3U\n${'file:///etc/passwd\n'.repeat(9)}`, 'audio/mpeg'],
    ['a broken FLAC', `fLaC\0\0\0\x22${'x'.repeat(500)}`, 'audio/flac'],
  ])('refuses %s', async (_, text, contentType) => {
    const bytes = Buffer.from(text, 'latin1');
    const rawRate = text.startsWith('\x89') ? undefined : 24_000;
    await expect(heard(bytes, { rawRate, contentType })).rejects.toMatchObject({
      code: 'speech_failed',
      retryable: false,
    });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a WAV without samples', wav(new Int16Array(0), { sampleRate: 24_000, sizes: 'unknown' })],
  ])('takes %s for a failure that may pass', async (_, bytes) => {
    await expect(heard(bytes)).rejects.toMatchObject({ code: 'speech_failed', retryable: true });
  });

  it('gives the first samples of a WAV and of an MP3 before the last have come', async () => {
    for (const bytes of [
      wav(hum({ text: TEXT, sampleRate: 24_000 }), { sampleRate: 24_000, sizes: 'unknown' }),
      await encoded(['-c:a', 'libmp3lame', '-b:a', '192k', '-f', 'mp3'], { sampleRate: 44_100 }),
    ]) {
      let ended = false;
      let heardFirst = (): void => undefined;
      const first = new Promise<void>((resolve) => {
        heardFirst = resolve;
      });
      async function* body(): AsyncGenerator<Uint8Array> {
        yield bytes.subarray(0, bytes.length * 0.75);
        await first;
        ended = true;
        yield bytes.subarray(bytes.length * 0.75);
      }
      const { pcm } = await openSound({ contentType: '', body: body() }, { server: 'test', media }, unaborted());
      expect(ended).toBe(false);
      heardFirst();
      for await (const piece of pcm) expect(piece.length).toBeGreaterThan(0);
      expect(ended).toBe(true);
    }
  });

  it('closes its source when nobody listens any more, and when it is aborted', async () => {
    const bytes = await encoded(['-f', 'mp3'], { sampleRate: 24_000 });
    let closed = 0;
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield bytes;
      } finally {
        closed++;
      }
    }
    const { pcm } = await openSound({ contentType: '', body: body() }, { server: 'test', media }, unaborted());
    for await (const _ of pcm) break;
    expect(closed).toBe(1);

    const leaving = new AbortController();
    const answer = { contentType: '', body: body() };
    const sound = await openSound(answer, { server: 'test', media }, leaving.signal);
    leaving.abort(new Error('the client left'));
    const rest = async () => {
      for await (const piece of sound.pcm) expect(piece.length).toBeGreaterThan(0);
    };
    await expect(rest()).rejects.toThrow('the client left');
    await expect.poll(() => closed).toBe(2);
  });
});
