import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeSpeech, fakeStudio, poses, untilAborted, WORD_FRAMES } from '../test/fixtures/studio.ts';
import { missingQuietStart, QUIET_START } from './audio/chunk-sound.ts';
import { parseWav } from './audio/wav.ts';
import { type ErrorCode, SoyleError } from './errors.ts';
import type { LipSync } from './lipsync/lipsync.ts';
import { type BrokenChunk, makeChunk, renderChunk } from './render.ts';
import { type Chunk, type ChunkText, SAMPLE_RATE, SAMPLES_PER_FRAME } from './types.ts';

const forever = new AbortController().signal;
const text: ChunkText = { index: 3, text: 'раз два', offset: 17 };

function whole(chunk: Chunk | BrokenChunk): Chunk {
  if ('error' in chunk) throw chunk.error;
  return chunk;
}
const soundOf = async (chunk: Chunk) => parseWav(await readFile(chunk.audioPath)).pcm;

describe('renderChunk', () => {
  it('makes an MP4 and a WAV of one length, beginning at the pose asked for', async () => {
    const studio = await fakeStudio();
    const speech = fakeSpeech(text.text);
    const chunk = whole(await renderChunk(text, speech, { pose: 7 }, studio.scene, studio, forever));
    expect(chunk).toMatchObject({ ...text, frames: 4, durationMs: 160, words: speech.words });
    expect(await soundOf(chunk)).toEqual(speech.pcm);
    expect(await poses(chunk.videoPath)).toEqual([2, 3, 4, 0]);
    expect(await studio.files()).toHaveLength(2);
  });

  it('tells what of the request went unheeded, by the voice and by the scene', async () => {
    const studio = await fakeStudio();
    const speech = { ...fakeSpeech(text.text), warnings: ['rate_limited'] };
    const scene = { ...studio.scene, warnings: ['pads_ignored'] };
    const chunk = whole(await renderChunk(text, speech, { pose: 0 }, scene, studio, forever));
    expect(chunk.warnings).toEqual(['rate_limited', 'pads_ignored']);
    const plain = await renderChunk(text, fakeSpeech(text.text), { pose: 0 }, studio.scene, studio, forever);
    expect(whole(plain).warnings).toBeUndefined();
  });

  it('tells that a model which knows no intensity was asked for one', async () => {
    const studio = await fakeStudio();
    const warningsOf = async (kind: LipSync['kind'], intensity?: number) => {
      const scene = { ...studio.scene, lips: { ...studio.scene.lips, kind } };
      const acting = { pose: 0, intensity };
      return whole(await renderChunk(text, fakeSpeech(text.text), acting, scene, studio, forever)).warnings;
    };
    expect(await warningsOf('wav2lip', 1.2)).toEqual(['intensity_ignored']);
    expect(await warningsOf('wav2lip', 1)).toBeUndefined();
    expect(await warningsOf('wav2lip')).toBeUndefined();
    expect(await warningsOf('soyle', 1.2)).toBeUndefined();
  });

  it('pads the sound with silence to whole frames', async () => {
    const studio = await fakeStudio();
    const { pcm } = fakeSpeech(text.text);
    const chunk = whole(
      await renderChunk(text, { pcm: pcm.subarray(0, -1) }, { pose: 0 }, studio.scene, studio, forever),
    );
    expect(chunk).toMatchObject({ frames: 2 * WORD_FRAMES, words: [] });
    const sound = await soundOf(chunk);
    expect(sound.subarray(0, -1)).toEqual(pcm.subarray(0, -1));
    expect(sound.at(-1)).toBe(0);
  });

  it('puts quiet before a sudden start and moves the words with the sound', async () => {
    const studio = await fakeStudio();
    const pcm = new Int16Array(SAMPLES_PER_FRAME).fill(5000);
    const words = [{ text: 'два', startMs: 10, endMs: 40, textOffset: 4 }];
    const chunk = whole(await renderChunk(text, { pcm, words }, { pose: 0 }, studio.scene, studio, forever));
    const shiftMs = (QUIET_START / SAMPLE_RATE) * 1000;
    expect(chunk.words).toEqual([{ text: 'два', startMs: 10 + shiftMs, endMs: 40 + shiftMs, textOffset: 4 }]);
    expect(words[0]!.startMs).toBe(10);
    const sound = await soundOf(chunk);
    expect(chunk.frames).toBe(2);
    expect(missingQuietStart(sound)).toBe(0);
    expect(sound.subarray(QUIET_START, QUIET_START + pcm.length)).toEqual(pcm);
  });

  it('makes a silent chunk of empty speech without asking the lips model', async () => {
    const studio = await fakeStudio();
    studio.steps.lips = () => {
      throw new Error('silence needs no inference');
    };
    const chunk = whole(await renderChunk(text, { pcm: new Int16Array() }, { pose: 0 }, studio.scene, studio, forever));
    expect(chunk.durationMs).toBe(480);
    expect((await soundOf(chunk)).every((sample) => sample === 0)).toBe(true);
  });

  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  it.each<[string, unknown, ErrorCode]>([
    ['an error of the catalogue', new SoyleError('encode_failed'), 'encode_failed'],
    ['a full disk', full, 'storage_full'],
    ['anything else', new TypeError('a bug'), 'internal'],
  ])('answers %s with its code and leaves no file', async (_, thrown, code) => {
    const studio = await fakeStudio();
    studio.steps.encode = () => {
      throw thrown;
    };
    const chunk = await renderChunk(text, fakeSpeech(text.text), { pose: 0 }, studio.scene, studio, forever);
    expect(chunk).toMatchObject({ ...text, error: { code } });
    expect(await studio.files()).toEqual([]);
  });

  it('answers a lips model that fails in the middle of a chunk', async () => {
    const studio = await fakeStudio();
    studio.steps.lips = () => {
      throw new SoyleError('lipsync_failed');
    };
    const chunk = await renderChunk(text, fakeSpeech(text.text), { pose: 0 }, studio.scene, studio, forever);
    expect(chunk).toMatchObject({ error: { code: 'lipsync_failed' } });
    expect(await studio.files()).toEqual([]);
  });

  it('answers a folder that is gone', async () => {
    const studio = await fakeStudio();
    const gone = { ...studio, scratch: async (extension: string) => join(await studio.scratch('d'), `a.${extension}`) };
    const chunk = await renderChunk(text, fakeSpeech(text.text), { pose: 0 }, studio.scene, gone, forever);
    expect(chunk).toMatchObject({ error: { code: 'internal', cause: { code: 'ENOENT' } } });
  });

  it('throws the reason of an abort, not what the abort broke, and leaves no file', async () => {
    const studio = await fakeStudio();
    const client = new AbortController();
    const reason = new Error('client left');
    studio.steps.encode = async (_, signal) => {
      client.abort(reason);
      await untilAborted(signal).catch(() => {
        throw new SoyleError('encode_failed');
      });
    };
    await expect(
      renderChunk(text, fakeSpeech(text.text), { pose: 0 }, studio.scene, studio, client.signal),
    ).rejects.toBe(reason);
    expect(await studio.files()).toEqual([]);
  });
});

describe('makeChunk', () => {
  it('answers scratch space that cannot be had as a broken chunk', async () => {
    const full = async () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    const text = { index: 3, offset: 0, text: 'а' };
    const never = () => Promise.reject(new Error('there is nowhere to write to'));
    const made = await makeChunk(text, 'mp4', { scratch: full }, new AbortController().signal, never);
    expect(made).toMatchObject({ index: 3, error: { code: 'storage_full' } });
  });

  it('throws away a chunk that was finished only after the abort', async () => {
    const studio = await fakeStudio();
    const client = new AbortController();
    const made = makeChunk(text, 'mp4', studio, client.signal, async ({ videoPath, audioPath }) => {
      await Promise.all([videoPath, audioPath].map((path) => writeFile(path, 'done')));
      client.abort(new Error('too late'));
      return { frames: 1, endPose: 1, words: [] };
    });
    await expect(made).rejects.toThrow('too late');
    expect(await studio.files()).toEqual([]);
  });
});
